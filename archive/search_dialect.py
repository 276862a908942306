"""What the search of each database has to offer, and what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from archive.query import Query

BREAK = "§"
"""Stands between fields and between pages so that no phrase runs across; never part of a word."""
PARAMETER = re.compile(r":(\w+)")


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """The folded words of one notification, field by field, and the tokens of its filters."""

    title: Sequence[str]
    body: Sequence[str]
    pages: Sequence[Sequence[str]]
    facet_tokens: Sequence[str]

    def fields(self) -> Iterator[Sequence[str]]:
        yield self.title
        yield self.body
        yield from self.pages


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause with the values of its named parameters."""

    sql: str
    values: Mapping[str, Any]

    def numbered(self, place: int) -> Condition:
        """The same with parameters of its own, for a statement that holds several."""
        sql = PARAMETER.sub(rf":\1_{place}", self.sql)
        return Condition(sql, {f"{name}_{place}": value for name, value in self.values.items()})


@dataclass(frozen=True, slots=True)
class Newest:
    """The keys of the hits among the newest rows, in order; more may be below the key `further`, None: nowhere."""

    keys: Sequence[int]
    further: int | None


class Dialect(Protocol):
    """One module per database. `KEY` is the search key's column, `RANK` an expression, higher for the better.

    `TOKENS` is the expression of the tokens of a row's filters, with spaces between them.
    """

    KEY: str
    RANK: str
    TOKENS: str

    def create(self, connection: Connection) -> None:
        """Create the table `search_entries`."""

    def add(self, connection: Connection, words_by_key: Mapping[int, IndexedWords]) -> None:
        """Insert a row for each key; the keys come in rising order."""

    def remove(self, connection: Connection, key: int) -> None:
        """Delete the row of `key`."""

    def matching(self, query: Query | None, facets: Sequence[Sequence[str]]) -> Condition:
        """Rows that match the query and have of each facet at least one token. Not both may be empty."""

    def newest(
        self, connection: Connection, query: Query, facets: Sequence[Sequence[str]], bounds: Condition, limit: int
    ) -> Newest | None:
        """Hits found by looking at the newest rows, at most `limit`; None where the index is as quick."""
