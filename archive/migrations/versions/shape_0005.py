"""The fifth shape: what an archive lists is found by its digest, however many captures an address has."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        op.f("ix_history_source_holding_digest_target_url"),
        "history",
        ["source", "holding", "digest", "target_url"],
        unique=False,
    )
