"""Which rows of the search tables a search is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from archive import search_postgres, search_sqlite
from archive.facets import token_of
from archive.query import Query, parse
from archive.search_dialect import Condition, Dialect, Newest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
NUMBER_BITS = 24
LOWEST = (1 << NUMBER_BITS) - 1
NUMBER_OF = (
    f"CASE WHEN (SELECT max(notification_id) FROM identities) <= {LOWEST} THEN {{key}} & {LOWEST}"
    " ELSE (SELECT notification_id FROM search_keys WHERE search_key = {key}) END"
)
"""While no number has more bits than a key has room for, it is the lowest of them, and nothing has to be looked up."""
DIALECTS: Mapping[str, Dialect] = {"sqlite": search_sqlite, "postgresql": search_postgres}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a search is about; `bounds` are (parameter, comparison, search key)."""

    connection: Connection
    dialect: Dialect
    query: Query | None
    tokens: Sequence[Sequence[str]]
    bounds: Sequence[tuple[str, str, int]]

    @property
    def key(self) -> str:
        """The column of the search key in the rows."""
        return self.dialect.KEY if self.query or self.tokens else "search_keys.search_key"

    @property
    def number(self) -> str:
        """The expression of a row's number, for a few rows: a join is quicker for many."""
        if not self.query and not self.tokens:
            return "search_keys.notification_id"
        return NUMBER_OF.format(key=self.key)

    def rows(self) -> Condition:
        """The FROM and WHERE of the rows."""
        bounds = self._within()
        if not self.query and not self.tokens:
            return Condition(f" FROM search_keys WHERE {bounds.sql}", bounds.values)
        matching = self.dialect.matching(self.query, self.tokens)
        sql = f" FROM search_entries WHERE {matching.sql} AND {bounds.sql}"
        return Condition(sql, {**matching.values, **bounds.values})

    def newest(self, limit: int) -> Newest | None:
        """Hits that are found by looking, where that is quicker."""
        if not self.query:
            return None
        return self.dialect.newest(self.connection, self.query, self.tokens, self._within(), limit)

    def below(self, key: int) -> Scope:
        """The rows further down than a key."""
        others = [bound for bound in self.bounds if bound[0] != "before"]
        return replace(self, bounds=[*others, ("before", "<", key)])

    def _within(self) -> Condition:
        conditions = [f"{self.key} {sign} :{name}" for name, sign, _ in self.bounds]
        return Condition(" AND ".join(conditions) or "1 = 1", {name: key for name, _, key in self.bounds})


def scope_of(
    session: Session | Connection,
    query: str | None,
    facets: Mapping[str, Sequence[str]],
    since: datetime | None,
    until: datetime | None,
    before: int | None = None,
) -> Scope:
    tokens = [[token_of(name, value) for value in values] for name, values in facets.items() if values]
    parsed = None if query is None else parse(query)
    return Scope(*opened(session), parsed, tokens, list(_bounds(since, until, before)))


def _bounds(since: datetime | None, until: datetime | None, before: int | None) -> Iterable[tuple[str, str, int]]:
    if since is not None:
        yield "since", ">=", key_of(since, 0, "since")
    if until is not None:
        yield "until", "<", key_of(until, 0, "until")
    if before is not None:
        if not 0 <= before < 2**63:
            raise ValueError(f"before: {before}, expected the search key of a hit")
        yield "before", "<", before


def opened(session: Session | Connection) -> tuple[Connection, Dialect]:
    connection = session if isinstance(session, Connection) else session.connection()
    return connection, DIALECTS[connection.dialect.name]


def key_of(moment: datetime, number: int, where: str = "issued_sort") -> int:
    """Whole seconds since year 1 above the lowest 24 bits of the number."""
    if moment.tzinfo is None:
        raise ValueError(f"{where}: {moment} has no zone, expected one")
    since_year_one = moment - YEAR_ONE
    seconds = since_year_one.days * 86_400 + since_year_one.seconds
    return (seconds << NUMBER_BITS) | (number & LOWEST)


def moment_of(key: int) -> datetime:
    """When the notification of a search key was issued, to the second."""
    return YEAR_ONE + timedelta(seconds=key >> NUMBER_BITS)
