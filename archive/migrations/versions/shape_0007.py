"""The seventh shape: search knows the year in which a bulletin says it was issued, what it has, and all values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from archive.facets import token_of
from archive.tables import UtcTime

revision = "0007"
down_revision = "0006"

AT_ONCE = 1_000
PRESENT = sa.text(
    "SELECT search_key, notifications.source, issued_sort, issued_stated, record FROM notifications"
    " JOIN revisions ON revisions.notification_id = notifications.id AND number = notifications.revision"
    " JOIN search_keys ON search_keys.notification_id = notifications.id"
    f" WHERE search_key > :after ORDER BY search_key LIMIT {AT_ONCE}"
).columns(issued_sort=UtcTime(), record=sa.JSON())
RECOGNISED = sa.text("SELECT recognised FROM attachments WHERE cited AND recognised IS NOT NULL").columns(
    recognised=sa.JSON()
)
ADD = {
    "sqlite": "UPDATE search_entries SET tokens = tokens || ' ' || :tokens WHERE rowid = :key",
    "postgresql": "UPDATE search_entries SET tsv = tsv || CAST(:tokens AS tsvector) WHERE search_key = :key",
}
SIGN = {"sqlite": "", "postgresql": "="}
"""What stands before a filter's word, so that it is no word of a text."""
HAS = (("attachment", "attachments"), ("threat-level", "threat_levels"))


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
    met: dict[tuple[str, str], str] = {}
    for (known,) in connection.execute(RECOGNISED):
        met["series", known["series"]] = known["series"]
    for rows in _batches(connection):
        added = []
        for row in rows:
            new = [("year", f"{row.issued_sort:%Y}")] if row.issued_stated else []
            met |= {pair: pair[1] for pair in (*_values(row), *new)}
            if row.record["region"]:
                met.setdefault(("region", row.record["region"].casefold()), row.record["region"])
            new += [("has", name) for name, field in HAS if row.record[field]]
            sign = SIGN[connection.dialect.name]
            added.append({"key": row.search_key, "tokens": " ".join(sign + token_of(*each) for each in new)})
        connection.execute(sa.text(ADD[connection.dialect.name]), added)
    if met:
        listed = [{"facet": facet, "value": value, "label": label} for (facet, value), label in sorted(met.items())]
        connection.execute(sa.text("INSERT INTO facet_values VALUES (:facet, :value, :label)"), listed)


def _values(row: Any) -> Iterator[tuple[str, str]]:
    yield "source", row.source
    yield from (("issuer", each) for each in row.record["issuers"])
    yield from (("topic", each) for each in row.record["topics"])


def _batches(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    """The present records by search key, so many at once that memory does not grow with the archive."""
    after = -1
    while batch := connection.execute(PRESENT, {"after": after}).all():
        yield batch
        after = batch[-1].search_key
