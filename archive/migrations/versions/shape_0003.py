"""The third shape: what archives list of past captures, and which addresses they were searched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.versions.shape_0001 import serial
from archive.tables import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables, and indexes by which a tick finds what is due without reading every target."""
    op.create_index(op.f("ix_targets_last_tried_at"), "targets", ["last_tried_at"], unique=False)
    op.create_index(op.f("ix_targets_role_source"), "targets", ["role", "source"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("rank", serial(), nullable=False),
        sa.Column("target_url", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", serial(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("position", serial(), nullable=True),
        sa.Column("length", serial(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("capture_id", serial(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("source", "holding", "key", name=op.f("uq_history_source_holding_key")),
        info={"kind": "primary"},
    )
    op.create_index(
        op.f("ix_history_source_holding_state_at_rank_id"),
        "history",
        ["source", "holding", "state", "at", "rank", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_history_source_holding_url_key"), "history", ["source", "holding", "url_key"], unique=False
    )
    op.create_table(
        "history_searches",
        sa.Column("id", serial(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=True),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("through", UtcTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found", serial(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_searches")),
        sa.UniqueConstraint("source", "holding", "key", name=op.f("uq_history_searches_source_holding_key")),
        info={"kind": "primary"},
    )
