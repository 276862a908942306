"""What the search of each database has to offer, and what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, TextClause, text

from archive.query import Query

BREAK = "§"
"""Stands between fields and between pages so that no phrase runs across; never part of a word."""
MOST_PREPARED = 256
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
    """Search keys and numbers of the hits among the newest rows, in order.

    More may be below the key `further`, None: nowhere.
    """

    hits: Sequence[tuple[int, int]]
    further: int | None


@lru_cache(MOST_PREPARED)
def prepared(sql: str) -> TextClause:
    """The statement of these words, which is read once."""
    return text(sql)


class Dialect(Protocol):
    """One module per database. `KEY` is the search key's column, `RANK` an expression, higher for the better."""

    KEY: str
    RANK: str

    def add(self, connection: Connection, words_by_key: Mapping[int, IndexedWords]) -> None:
        """Insert a row for each key; the keys come in rising order."""

    def remove(self, connection: Connection, key: int) -> None:
        """Delete the row of `key`."""

    def merge(self, connection: Connection) -> bool:
        """Make the index quicker to read by a bounded step of work; returns whether there may be more to do."""

    def matching(self, query: Query | None, facets: Sequence[Sequence[str]]) -> Condition:
        """Rows that match the query and have of each facet at least one token. Not both may be empty."""

    def newest(
        self, connection: Connection, query: Query, facets: Sequence[Sequence[str]], bounds: Condition, limit: int
    ) -> Newest | None:
        """Hits found by looking at the newest rows, at most `limit`; None where the index is as quick."""
