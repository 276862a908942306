"""The ninth shape: a hit's tokens are found by its search key, the index is merged further, changes name states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEYED = {
    "sqlite": (
        "ALTER TABLE search_keys RENAME TO search_keys_before",
        # INTEGER PRIMARY KEY is the rowid: rows lie in order of their keys, and one look finds a row.
        "CREATE TABLE search_keys (search_key INTEGER NOT NULL PRIMARY KEY, notification_id BIGINT NOT NULL UNIQUE,"
        " tokens TEXT NOT NULL)",
        "INSERT INTO search_keys (search_key, notification_id, tokens)"
        " SELECT search_key, notification_id, tokens FROM search_keys_before"
        " CROSS JOIN search_entries ON search_entries.rowid = search_key ORDER BY search_key",
        "DROP TABLE search_keys_before",
        # From two segments of a size on they are merged, where somebody asks for it.
        "INSERT INTO search_entries (search_entries, rank) VALUES ('usermerge', 2)",
    ),
    "postgresql": (
        "ALTER TABLE search_keys ADD COLUMN tokens TEXT",
        "UPDATE search_keys SET tokens = (SELECT COALESCE(string_agg(substr(lexeme, 2), ' '), '')"
        " FROM search_entries CROSS JOIN unnest(tsvector_to_array(tsv)) lexeme"
        " WHERE search_entries.search_key = search_keys.search_key AND lexeme LIKE '=%' AND lexeme <> '=incomplete')",
        "ALTER TABLE search_keys ALTER COLUMN tokens SET NOT NULL",
    ),
}
NAMED = (
    "UPDATE changes SET state = (SELECT state FROM notifications WHERE notifications.id = notification_id)"
    " WHERE kind = 'state' AND cursor IN (SELECT max(cursor) FROM changes"
    " WHERE kind IN ('created', 'withdrawn', 'reinstated', 'state') GROUP BY notification_id)"
    " AND (SELECT state FROM notifications WHERE notifications.id = notification_id)"
    " IN ('ended', 'cancelled', 'superseded')"
)
"""The last change into a state was into the present one; what an earlier one was into is not known any more."""
COUNTED_BY = "ix_targets_source_role_sha256_next_check_at_last_tried_at"


def upgrade() -> None:
    """Give the keys of search the tokens that the index has, and changes the states that can be told.

    What a source points to is counted at each of its polls: now without reading the targets themselves. What became of
    one bulletin is found without reading all changes.
    """
    op.add_column("changes", sa.Column("state", sa.Text(), nullable=True))
    op.create_index("ix_changes_notification_id", "changes", ["notification_id"])
    op.execute(NAMED)
    op.create_index(COUNTED_BY, "targets", ["source", "role", "sha256", "next_check_at", "last_tried_at"])
    for statement in KEYED[op.get_bind().dialect.name]:
        op.execute(statement)
