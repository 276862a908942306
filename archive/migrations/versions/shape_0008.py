"""The eighth shape: why what a listing points to waits, and what robots.txt forbids, are more than errors; refs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SAID = "what it points to waits: "
MOVE = sa.text(
    "UPDATE targets SET links_wait = substr(last_error, :after), last_error = NULL"
    " WHERE role = 'listing' AND failures = 0 AND last_error LIKE :so"
)


def upgrade() -> None:
    """Add the columns, and take the reasons over that were told by how they began; what is forbidden is asked anew.

    A bulletin is found by its publisher's id, and what is missing is counted, without reading all of them.
    """
    op.add_column("targets", sa.Column("links_wait", sa.Text(), nullable=True))
    op.add_column("targets", sa.Column("forbidden", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_identities_ref", "identities", ["ref"])
    op.create_index("ix_aliases_ref", "aliases", ["ref"])
    op.drop_index("ix_targets_role_source", "targets")
    op.create_index("ix_targets_role_source_state", "targets", ["role", "source", "state"])
    op.get_bind().execute(MOVE, {"after": len(SAID) + 1, "so": f"{SAID}%"})
