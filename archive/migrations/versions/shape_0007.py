"""The seventh shape: search knows the year in which a bulletin says it was issued, and whether it has attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.facets import token_of

revision = "0007"
down_revision = "0006"

STATED = (
    "SELECT DISTINCT {year} FROM notifications WHERE issued_stated",
    "SELECT search_key FROM search_keys JOIN notifications ON notifications.id = search_keys.notification_id"
    " WHERE issued_stated AND {year} = :year",
)
YEARS = {"sqlite": "strftime('%Y', issued_sort)", "postgresql": "to_char(issued_sort AT TIME ZONE 'UTC', 'YYYY')"}
CITING = (
    "SELECT search_key FROM search_keys JOIN attachments ON attachments.notification_id = search_keys.notification_id"
    " WHERE attachments.cited GROUP BY search_key"
)
ADDED = {
    "sqlite": "UPDATE search_entries SET tokens = tokens || :token WHERE rowid IN ({keys})",
    "postgresql": "UPDATE search_entries SET tsv = tsv || CAST(:token AS tsvector) WHERE search_key IN ({keys})",
}


def upgrade() -> None:
    """Add the words of the two filters to what search holds."""
    connection = op.get_bind()
    years, of_year = (each.format(year=YEARS[connection.dialect.name]) for each in STATED)
    for (year,) in connection.execute(sa.text(years)).all():
        _add(connection, "year", year, of_year, year=year)
    _add(connection, "has", "attachment", CITING)


def _add(connection: sa.Connection, facet: str, value: str, keys: str, **values: str) -> None:
    token = token_of(facet, value)
    written = f" {token}" if connection.dialect.name == "sqlite" else f"'={token}'"
    connection.execute(sa.text(ADDED[connection.dialect.name].format(keys=keys)), {"token": written, **values})
