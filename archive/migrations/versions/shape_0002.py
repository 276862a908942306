"""The second shape: one address in several roles, the details that a listing points to, further ids of a bulletin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.versions.shape_0001 import serial
from archive.tables import UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the key of targets, and make the two new tables."""
    if op.get_bind().dialect.name == "sqlite":
        _make_targets_anew()
    else:
        op.drop_constraint(op.f("uq_targets_source_url"), "targets", type_="unique")
        op.create_unique_constraint(op.f("uq_targets_source_url_role"), "targets", ["source", "url", "role"])
    op.create_table(
        "listed",
        sa.Column("listing_id", serial(), nullable=False),
        sa.Column("target_id", serial(), nullable=False),
        sa.Column("missed_at", UtcTime(), nullable=True),
        sa.Column("absent_at", UtcTime(), nullable=True),
        sa.Column("gone_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["targets.id"], name=op.f("fk_listed_listing_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_listed_target_id")),
        sa.PrimaryKeyConstraint("listing_id", "target_id", name=op.f("pk_listed")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_listed_target_id"), "listed", ["target_id"], unique=False)
    op.create_table(
        "aliases",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("notification_id", serial(), nullable=False),
        sa.Column("capture_id", serial(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["identities.notification_id"], name=op.f("fk_aliases_notification_id")
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_aliases_capture_id")),
        sa.PrimaryKeyConstraint("source", "ref", name=op.f("pk_aliases")),
        info={"kind": "derived"},
    )
    op.create_index(op.f("ix_aliases_notification_id"), "aliases", ["notification_id"], unique=True)


def _make_targets_anew() -> None:
    """SQLite cannot change a key: the rows wait in a table of their own while theirs is made again.

    Foreign keys are looked at when the transaction ends: a row that is put back settles what its removal left open.
    """
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE waiting_targets AS SELECT * FROM targets")
    op.drop_table("targets")
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
        sa.UniqueConstraint("source", "url", "role", name=op.f("uq_targets_source_url_role")),
        info={"kind": "derived"},
    )
    op.execute("INSERT INTO targets SELECT * FROM waiting_targets")
    op.drop_table("waiting_targets")
    op.create_index(op.f("ix_targets_next_check_at"), "targets", ["next_check_at"], unique=False)
    op.create_index(op.f("ix_targets_sha256"), "targets", ["sha256"], unique=False)
