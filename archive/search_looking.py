"""Hits in SQLite that are found by looking at the newest rows, where the index would do more work before the first.

For a beginning of words FTS5 merges all rows of all its words first: there the rows are looked at that match the rest
of the query. For a filter it searches a row of the filter's in every segment of the index between two hits, which costs
ten times as much as to read the tokens of a hit: there the hits of the words alone are looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from functools import partial

from sqlalchemy import Connection

from archive.query import AllOf, AnyOf, Field, Phrase, Query, has_phrase, has_prefix
from archive.search_dialect import BREAK, Condition, Newest, prepared
from archive.search_match import at_least, matching

MOST_CHARACTERS = 4_000_000
"""As many are looked through. Few hits among them are few in the index, too."""
MOST_READ_ROWS = 500
MOST_FILTERED_ROWS = 1_000
"""How many of the newest rows are looked at, where their characters end no look before."""
AT_FIRST = 100
"""After so many rows a look for a beginning of words ends, where at that pace it would not find all that is wanted."""
MOST_VALUES = 10
"""A filter of more is left to the index: each is looked for in each row, and SQLite takes only 1,000 in one OR."""
AT_ONCE = 100

Seen = tuple[int, int, bool, int]
"""Of a row its search key, its number, whether it is a hit, and how many characters it counts for."""


def newest(
    connection: Connection, query: Query, facets: Sequence[Sequence[str]], bounds: Condition, limit: int
) -> Newest | None:
    """What a look at the newest rows finds; None where the index is as quick."""
    words, filters = _apart(query, facets)
    is_quick = filters and max(map(len, filters)) <= MOST_VALUES
    words = words if words and is_quick and not has_phrase(words) else None
    if not has_prefix(query):
        return _first(limit, _filtered(connection, words, filters, bounds)) if words else None
    enough = -(-limit * AT_FIRST // MOST_READ_ROWS)
    seen = _first(limit, _read(connection, query, facets, bounds), enough)
    if seen.further is None or len(seen.hits) == limit or words is None:
        return seen
    below = Condition(f"{bounds.sql} AND search_entries.rowid < :seen", {**bounds.values, "seen": seen.further})
    rest = _first(limit - len(seen.hits), _filtered(connection, words, filters, below))
    return Newest([*seen.hits, *rest.hits], rest.further)


def _first(limit: int, rows: Generator[Seen, None, None], enough_at_first: int = 0) -> Newest:
    """The hits; where the first rows have fewer than `enough_at_first`, the look ends there."""
    hits: list[tuple[int, int]] = []
    characters = 0
    with closing(rows):
        for count, (key, number, is_hit, counts_for) in enumerate(rows, 1):
            characters += counts_for
            if is_hit:
                hits.append((key, number))
            is_vain = count == AT_FIRST and len(hits) < enough_at_first
            if is_vain or len(hits) == limit or characters >= MOST_CHARACTERS:
                return Newest(hits, key)
    return Newest(hits, None)


def _apart(query: Query, facets: Sequence[Sequence[str]]) -> tuple[Query | None, Sequence[Sequence[str]]]:
    """What of the query is about words, and its filters, which are the facets and those that it asks for itself."""
    if isinstance(query, Field):
        return None, [*facets, [query.token]]
    if not isinstance(query, AllOf):
        return query, facets
    fields = [part for part in query.wanted if isinstance(part, Field)]
    words = tuple(part for part in query.wanted if not isinstance(part, Field))
    return (AllOf(words, query.unwanted) if words else None), [*facets, *([field.token] for field in fields)]


def _filtered(
    connection: Connection, words: Query, filters: Sequence[Sequence[str]], bounds: Condition
) -> Generator[Seen, None, None]:
    matches = matching(words, ())
    names = [[f"token_{place}_{nth}" for nth in range(len(each))] for place, each in enumerate(filters)]
    values = dict(zip(itertools.chain(*names), (f" {token} " for token in itertools.chain(*filters)), strict=True))
    has_each = (
        "(" + " OR ".join(f"instr(' ' || search_keys.tokens || ' ', :{name})" for name in each) + ")" for each in names
    )
    statement = prepared(
        f"SELECT search_key, notification_id, {' AND '.join(has_each)} FROM search_entries"
        f" CROSS JOIN search_keys ON search_key = search_entries.rowid WHERE {matches.sql} AND {bounds.sql}"
        f" ORDER BY search_entries.rowid DESC"
    )
    with connection.execute(statement, {**matches.values, **values, **bounds.values}) as rows:
        for row in itertools.chain.from_iterable(rows.partitions(AT_ONCE)):
            yield row[0], row[1], bool(row[2]), MOST_CHARACTERS // MOST_FILTERED_ROWS


def _read(
    connection: Connection, query: Query, facets: Sequence[Sequence[str]], bounds: Condition
) -> Generator[Seen, None, None]:
    rest = at_least(query)
    matches = matching(rest, facets) if rest or facets else Condition("1 = 1", {})
    statement = prepared(
        "SELECT search_key, notification_id, search_entries.tokens, title, body, documents FROM search_entries"
        f" CROSS JOIN search_keys ON search_key = search_entries.rowid WHERE {matches.sql} AND {bounds.sql}"
        f" ORDER BY search_entries.rowid DESC"
    )
    with connection.execute(statement, {**matches.values, **bounds.values}) as rows:
        for key, number, tokens, *fields in rows:
            content = f" {f' {BREAK} '.join(fields)} "
            counts_for = max(len(content), MOST_CHARACTERS // MOST_READ_ROWS)
            yield key, number, _holds(query, content, tokens.split()), counts_for


def _holds(query: Query, content: str, tokens: Collection[str]) -> bool:
    """Whether words between spaces, with a break between fields, and the words of filters match the query."""
    match query:
        case Phrase(words=words, prefix=prefix):
            return f" {' '.join(words)}{'' if prefix else ' '}" in content
        case Field(token=token):
            return token in tokens
        case AnyOf(choices=choices):
            return any(_holds(choice, content, tokens) for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            holds = partial(_holds, content=content, tokens=tokens)
            return all(map(holds, wanted)) and not any(map(holds, unwanted))
