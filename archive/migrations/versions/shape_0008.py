"""The eighth shape: that what a listing points to waits stands in a column of its own, not in its last error."""

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
    """Add the column, and take the reasons over that were told by how they began."""
    op.add_column("targets", sa.Column("links_wait", sa.Text(), nullable=True))
    op.get_bind().execute(MOVE, {"after": len(SAID) + 1, "so": f"{SAID}%"})
