"""The fourth shape: hosts and their robots.txt, addresses that moved, polls that showed nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.versions.shape_0001 import serial
from archive.tables import UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widen targets, and make the three tables."""
    op.add_column("targets", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("targets", sa.Column("confirmed_polls", serial(), server_default="0", nullable=False))
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_at", UtcTime(), nullable=False),
        sa.Column("failures", serial(), nullable=False),
        sa.Column("closed_until", UtcTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
        info={"kind": "derived"},
    )
    op.create_table(
        "host_turns",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("slot", serial(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", "slot", name=op.f("pk_host_turns")),
        info={"kind": "derived"},
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("good_until", UtcTime(), nullable=False),
        sa.Column("had_at", UtcTime(), nullable=True),
        sa.Column("status", serial(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
        info={"kind": "derived"},
    )
