"""The first shape: the journal, what is derived from it, and the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.tables import UtcTime

revision = "0001"
down_revision = None


SEARCH_KEYS = (
    "CREATE TABLE search_keys (notification_id BIGINT NOT NULL PRIMARY KEY, search_key BIGINT NOT NULL UNIQUE)"
)
SEARCH_TABLES = {
    "sqlite": (
        SEARCH_KEYS,
        # Words arrive folded. `ascii` splits at white space and ASCII punctuation alone, so it changes none of them.
        "CREATE VIRTUAL TABLE search_entries USING fts5(title, body, documents, tokens, tokenize='ascii')",
    ),
    "postgresql": (
        SEARCH_KEYS,
        "CREATE TABLE search_entries (search_key BIGINT PRIMARY KEY, tsv TSVECTOR NOT NULL,"
        " complete BOOLEAN NOT NULL, content TEXT NOT NULL)",
        "CREATE INDEX search_entries_tsv ON search_entries USING gin (tsv)",
    ),
}


def serial() -> sa.types.TypeEngine[int]:
    """A 64-bit number; on SQLite an INTEGER, which alone may be a rowid."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "captures",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("target_url", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", UtcTime(), nullable=False),
        sa.Column("archived_at", UtcTime(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("status", serial(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", serial(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("redirected_from", serial(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("parser_version", sa.Text(), nullable=True),
        sa.Column("region_hash", sa.Text(), nullable=True),
        sa.Column("repeats", serial(), nullable=True),
        sa.Column("healthy", sa.Boolean(), nullable=True),
        sa.Column("settled", serial(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        info={"kind": "primary"},
    )
    op.create_index(op.f("ix_captures_settled"), "captures", ["settled"], unique=True)
    op.create_index(op.f("ix_captures_source_state"), "captures", ["source", "state"], unique=False)
    op.create_index(
        op.f("ix_captures_source_target_url_fetched_at"),
        "captures",
        ["source", "target_url", "fetched_at"],
        unique=False,
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", serial(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
        info={"kind": "derived"},
    )
    op.create_table(
        "decisions",
        sa.Column("id", serial(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("settled", serial(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        info={"kind": "primary"},
    )
    op.create_table(
        "deltas",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("base_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", serial(), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_deltas")),
        info={"kind": "primary"},
    )
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("extractor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_documents")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_documents_state"), "documents", ["state"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("accounts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        info={"kind": "primary"},
    )
    op.create_index(op.f("ix_runs_source_started_at"), "runs", ["source", "started_at"], unique=False)
    op.create_table(
        "sources",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("first_settled_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_sources")),
        info={"kind": "derived"},
    )
    op.create_table(
        "targets",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("next_check_at", UtcTime(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("newest_at", UtcTime(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("capture_id", serial(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("failures", serial(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_status", serial(), nullable=True),
        sa.Column("last_tried_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("source", "url", name=op.f("uq_targets_source_url")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_targets_next_check_at"), "targets", ["next_check_at"], unique=False)
    op.create_index(op.f("ix_targets_sha256"), "targets", ["sha256"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("capture_id", serial(), nullable=False),
        sa.Column("seen", serial(), nullable=False),
        sa.Column("new", serial(), nullable=False),
        sa.Column("revised", serial(), nullable=False),
        sa.Column("unchanged", serial(), nullable=False),
        sa.Column("repeated", serial(), nullable=False),
        sa.Column("quarantined", serial(), nullable=False),
        sa.Column("withdrawn", serial(), nullable=False),
        sa.Column("attachments", serial(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_accounts_capture_id")),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_accounts")),
        info={"kind": "derived"},
    )
    op.create_table(
        "checks",
        sa.Column("id", serial(), nullable=False),
        sa.Column("capture_id", serial(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("settled", serial(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_checks_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        info={"kind": "primary"},
    )
    op.create_index(op.f("ix_checks_capture_id_at"), "checks", ["capture_id", "at"], unique=False)
    op.create_table(
        "document_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", serial(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["documents.sha256"], name=op.f("fk_document_pages_sha256")),
        sa.PrimaryKeyConstraint("sha256", "page", name=op.f("pk_document_pages")),
        info={"kind": "derived"},
    )
    op.create_table(
        "gaps",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("capture_id", serial(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_gaps_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
        info={"kind": "derived"},
    )
    op.create_table(
        "identities",
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("capture_id", serial(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_identities_capture_id")),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_identities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_identities_public_id")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_identities_source_ref")),
        info={"kind": "primary"},
    )
    op.create_table(
        "quarantine",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("position", serial(), nullable=True),
        sa.Column("capture_id", serial(), nullable=False),
        sa.Column("last_capture_id", serial(), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_quarantine_capture_id")),
        sa.ForeignKeyConstraint(["last_capture_id"], ["captures.id"], name=op.f("fk_quarantine_last_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source", "entry_hash", name=op.f("uq_quarantine_source_entry_hash")),
        info={"kind": "derived"},
    )
    op.create_table(
        "assignments",
        sa.Column("capture_id", serial(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_assignments_capture_id")),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["identities.notification_id"], name=op.f("fk_assignments_notification_id")
        ),
        sa.PrimaryKeyConstraint("capture_id", "entry_hash", name=op.f("pk_assignments")),
        info={"kind": "primary"},
    )
    op.create_table(
        "notifications",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", serial(), nullable=False),
        sa.Column("target_id", serial(), nullable=False),
        sa.Column("issued_sort", UtcTime(), nullable=False),
        sa.Column("issued_stated", sa.Boolean(), nullable=False),
        sa.Column("absences", serial(), nullable=False),
        sa.Column("absent_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["identities.notification_id"], name=op.f("fk_notifications_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_notifications_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        info={"kind": "derived"},
    )
    op.create_index(
        op.f("ix_notifications_source_issued_sort"), "notifications", ["source", "issued_sort"], unique=False
    )
    op.create_index(op.f("ix_notifications_source_state"), "notifications", ["source", "state"], unique=False)
    op.create_index(op.f("ix_notifications_target_id_state"), "notifications", ["target_id", "state"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("target_id", serial(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cited", sa.Boolean(), nullable=False),
        sa.Column("recognised", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name=op.f("fk_attachments_notification_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_attachments_target_id")),
        sa.PrimaryKeyConstraint("notification_id", "target_id", name=op.f("pk_attachments")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_attachments_target_id"), "attachments", ["target_id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("cursor", serial(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("revision", serial(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("capture_id", serial(), nullable=True),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name=op.f("fk_changes_notification_id")),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_changes")),
        info={"kind": "derived"},
    )
    op.create_table(
        "revisions",
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("number", serial(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("hash_version", serial(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("capture_id", serial(), nullable=False),
        sa.Column("position", serial(), nullable=True),
        sa.Column("entry_hash", sa.String(length=64), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_revisions_capture_id")),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name=op.f("fk_revisions_notification_id")),
        sa.PrimaryKeyConstraint("notification_id", "number", name=op.f("pk_revisions")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_revisions_capture_id"), "revisions", ["capture_id"], unique=False)
    op.create_index(op.f("ix_revisions_content_hash"), "revisions", ["content_hash"], unique=False)
    op.create_index(op.f("ix_revisions_entry_hash"), "revisions", ["entry_hash"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("id", serial(), nullable=False),
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("target_id", serial(), nullable=False),
        sa.Column("first_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name=op.f("fk_sightings_notification_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_sightings_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        info={"kind": "derived"},
    )
    op.create_index(
        op.f("ix_sightings_notification_id_first_at"), "sightings", ["notification_id", "first_at"], unique=False
    )
    for statement in SEARCH_TABLES[op.get_bind().dialect.name]:
        op.execute(statement)
