"""The seventh shape: search knows the year in which a bulletin says it was issued, and whether it has attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.facets import token_of
from archive.tables import UtcTime

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
    """Add the words of the two filters to what search holds, and list the values of the open ones."""
    connection = op.get_bind()
    op.create_table(
        "facet_values",
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", name=op.f("pk_facet_values")),
        info={"kind": "derived"},
    )
    _list_values(connection)
    years, of_year = (each.format(year=YEARS[connection.dialect.name]) for each in STATED)
    for (year,) in connection.execute(sa.text(years)).all():
        _add(connection, "year", year, of_year, year=year)
    _add(connection, "has", "attachment", CITING)


def _list_values(connection: sa.Connection) -> None:
    """The values that the present records have; what earlier ones had is nobody's choice any more."""
    statement = (
        "SELECT notifications.source, issued_sort, issued_stated, record FROM notifications"
        " JOIN revisions ON notification_id = notifications.id AND number = notifications.revision"
    )
    typed = sa.text(statement).columns(issued_sort=UtcTime(), record=sa.JSON())
    met: dict[tuple[str, str], str] = {}
    for source, issued, is_stated, record in connection.execute(typed):
        region = record["region"]
        found = [("source", source), *(("issuer", each) for each in record["issuers"])]
        found += [("topic", each) for each in record["topics"]] + ([("year", f"{issued:%Y}")] if is_stated else [])
        met |= {pair: pair[1] for pair in found if pair not in met}
        if region:
            met.setdefault(("region", region.casefold()), region)
    series = sa.text("SELECT recognised FROM attachments WHERE cited AND recognised IS NOT NULL")
    for (known,) in connection.execute(series.columns(recognised=sa.JSON())):
        met["series", known["series"]] = known["series"]
    rows = [{"facet": facet, "value": value, "label": label} for (facet, value), label in sorted(met.items())]
    if rows:
        connection.execute(sa.text("INSERT INTO facet_values VALUES (:facet, :value, :label)"), rows)


def _add(connection: sa.Connection, facet: str, value: str, keys: str, **values: str) -> None:
    token = token_of(facet, value)
    written = f" {token}" if connection.dialect.name == "sqlite" else f"'={token}'"
    connection.execute(sa.text(ADDED[connection.dialect.name].format(keys=keys)), {"token": written, **values})
