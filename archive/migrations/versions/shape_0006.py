"""The sixth shape: when sources publish, how often their feeds say to be asked, how often a target was gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.versions.shape_0001 import serial

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Widen sources and targets; what was published before is not looked up, the rhythm is learnt from now on."""
    op.add_column("sources", sa.Column("published", sa.Text(), server_default="", nullable=False))
    op.add_column("targets", sa.Column("stated_minutes", serial(), nullable=True))
    op.add_column("targets", sa.Column("gone_looks", serial(), server_default="0", nullable=False))
