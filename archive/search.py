"""Full-text search over the latest revision of each notification and the pages of its attachments.

Derived: everything here can be built again from the notifications. One row per notification in each of two tables,
keyed so that the order of keys is the order of issue and newest-first can stop early: `search_entries` has the words,
in the way of each database, `search_keys` the number and the tokens of the filters, small enough to look up hit by hit.
Words are folded by `archive.words`, and filters are words of their own, so both databases answer alike.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from archive.facets import token_of
from archive.search_dialect import IndexedWords, prepared
from archive.search_scope import DIALECTS, Scope, key_of, moment_of, opened, scope_of
from archive.words import words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_COUNTED = 50_000
MANY_AT_ONCE = 10_000
"""So many numbers are fetched at once where all hits are wanted."""
AT_ONCE = 100
"""So many counts are one statement."""
NO_FACETS: Mapping[str, Sequence[str]] = {}

INSERT_KEY = text("INSERT INTO search_keys (search_key, notification_id, tokens) VALUES (:key, :number, :tokens)")
DELETE_KEY = text("DELETE FROM search_keys WHERE search_key = :key")
KEY_OF = text("SELECT search_key FROM search_keys WHERE notification_id = :number")
OWNER = text("SELECT notification_id FROM search_keys WHERE search_key = :key")
OWNERS = text(
    "SELECT notification_id, search_key FROM search_keys WHERE notification_id IN :numbers OR search_key IN :keys"
).bindparams(bindparam("numbers", expanding=True), bindparam("keys", expanding=True))


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What search knows of one notification. `issued_sort` must state its zone; `pages` are of all its attachments."""

    notification_id: int
    issued_sort: datetime
    title: str
    text: str
    pages: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Hit(NamedTuple):
    """A notification found. `search_key` continues a listing; `rank` is higher for the better, None where not asked."""

    notification_id: int
    search_key: int
    rank: float | None = None


def index(session: Session | Connection, entry: SearchEntry) -> int:
    """Put the entry in the place of what was known of its notification, and return its search key."""
    return index_all(session, [entry])[0]


def index_all(session: Session | Connection, entries: Sequence[SearchEntry]) -> list[int]:
    """Put entries of different notifications in the place of what was known of them; returns their search keys."""
    connection, dialect = opened(session)
    numbers = {entry.notification_id for entry in entries}
    wanted = [key_of(entry.issued_sort, entry.notification_id) for entry in entries]
    owners = {
        row.search_key: row.notification_id
        for row in connection.execute(OWNERS, {"numbers": sorted(numbers), "keys": wanted})
    }
    for key, number in sorted(owners.items()):
        if number in numbers:
            _forget(connection, key)
    taken = {key for key, number in owners.items() if number not in numbers}
    keys: dict[int, SearchEntry] = {}
    for key, entry in zip(wanted, entries, strict=True):
        keys[_free_key(connection, key, taken.union(keys)) if key in taken or key in keys else key] = entry
    if keys:
        words_by_key = {key: _words_of(keys[key]) for key in sorted(keys)}
        rows = [
            {"key": key, "number": keys[key].notification_id, "tokens": " ".join(found.facet_tokens)}
            for key, found in words_by_key.items()
        ]
        connection.execute(INSERT_KEY, rows)
        dialect.add(connection, words_by_key)
    return list(keys)


def _words_of(entry: SearchEntry) -> IndexedWords:
    tokens = [token_of(name, value) for name, values in entry.facets.items() for value in values]
    return IndexedWords(words(entry.title), words(entry.text), tuple(words(page) for page in entry.pages), tokens)


def unindex(session: Session | Connection, notification_id: int) -> None:
    """Forget the notification; nothing happens where it is not known."""
    connection, _ = opened(session)
    for key in connection.execute(KEY_OF, {"number": notification_id}).scalars().all():
        _forget(connection, key)


def _forget(connection: Connection, key: int) -> None:
    DIALECTS[connection.dialect.name].remove(connection, key)
    connection.execute(DELETE_KEY, {"key": key})


def merge_some(within: Session | Connection) -> bool:
    """A step, of some hundredths of a second, of making the index quicker to read; whether there may be more of them.

    Worth it after much was indexed. Changes no answer; the caller commits.
    """
    connection, dialect = opened(within)
    return dialect.merge(connection)


def find(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
    rank: bool = False,
    limit: int = 20,
    before: int | None = None,
) -> list[Hit]:
    """The hits, newest first, or with `rank` the best first; without a query all that pass the filters.

    Several values of one facet mean any of them, several facets mean all of them, a facet without values nothing.
    `since` is inclusive and `until` exclusive, to the second, with a zone. `before` is the last hit's search key and
    continues a newest-first listing. Raises BadQuery, and ValueError for a `before` with `rank`.
    """
    if rank and before is not None:
        raise ValueError("before: a listing by rank cannot be continued, expected a newest-first listing")
    if limit < 1:
        raise ValueError(f"limit: {limit}, expected at least 1")
    scope = scope_of(session, query, facets, since, until, before)
    if rank and scope.query:
        return _best(scope, limit)
    seen = scope.newest(limit)
    if seen is None:
        return _newest(scope, limit)
    hits = [Hit(number, key) for key, number in seen.hits]
    if seen.further is None or len(hits) == limit:
        return hits
    return hits + _newest(scope.below(seen.further), limit - len(hits))


def _newest(scope: Scope, limit: int) -> list[Hit]:
    rows = scope.rows()
    statement = prepared(f"SELECT {scope.number}, {scope.key}{rows.sql} ORDER BY {scope.key} DESC LIMIT :limit")
    return [Hit(*row) for row in scope.connection.execute(statement, {**rows.values, "limit": limit}).all()]


def _best(scope: Scope, limit: int) -> list[Hit]:
    rows, order = scope.rows(), "rank DESC, hit_key DESC"
    hits = f"SELECT {scope.key} AS hit_key, {scope.dialect.RANK} AS rank{rows.sql} ORDER BY {order} LIMIT :limit"
    statement = prepared(
        f"SELECT notification_id, hit_key, rank FROM ({hits}) hits"
        f" JOIN search_keys ON search_key = hit_key ORDER BY {order}"
    )
    return [Hit(*row) for row in scope.connection.execute(statement, {**rows.values, "limit": limit}).all()]


def find_all(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[int]:
    """The numbers of all hits, by public id, a part at a time. Raises BadQuery before the first."""
    scope = scope_of(session, query, facets, since, until)
    rows = scope.rows()
    statement = prepared(
        f"SELECT found.notification_id FROM (SELECT {scope.key} AS hit_key{rows.sql}) hits"
        " JOIN search_keys found ON found.search_key = hit_key"
        " JOIN identities ON identities.notification_id = found.notification_id ORDER BY public_id"
    )
    found = scope.connection.execute(statement, rows.values, execution_options={"yield_per": MANY_AT_ONCE})
    return iter(found.scalars())


def count(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST_COUNTED,
) -> tuple[int, bool]:
    """How many hits there are, and whether there are more than `most`, in which case `most` is the number given."""
    return count_each(session, [{"query": query, "facets": facets, "since": since, "until": until}], most)[0]


def count_each(
    session: Session | Connection, searches: Iterable[Mapping[str, Any]], most: int = MOST_COUNTED
) -> list[tuple[int, bool]]:
    """The same of several searches, each of which states `query, facets, since, until`: a statement for a hundred."""
    scopes = [scope_of(session, **search) for search in searches]
    parts = [(scope.rows().numbered(place % AT_ONCE), scope.connection) for place, scope in enumerate(scopes)]
    found: list[int] = []
    for first in range(0, len(parts), AT_ONCE):
        some = parts[first : first + AT_ONCE]
        counts = [
            f"SELECT {place} AS place, count(*) AS found FROM (SELECT 1{rows.sql} LIMIT :limit) counted_{place}"
            for place, (rows, _) in enumerate(some)
        ]
        values = {name: value for rows, _ in some for name, value in rows.values.items()}
        statement = text(f"{' UNION ALL '.join(counts)} ORDER BY place")
        found += [row.found for row in some[0][1].execute(statement, {**values, "limit": most + 1})]
    return [(min(each, most), each > most) for each in found]


def keys_of(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> Sequence[int]:
    """The search keys of the newest hits. Raises BadQuery."""
    scope = scope_of(session, query, facets, since, until)
    rows = scope.rows()
    statement = prepared(f"SELECT {scope.key}{rows.sql} ORDER BY {scope.key} DESC LIMIT :limit")
    return scope.connection.execute(statement, {**rows.values, "limit": limit}).scalars().all()


def tokens_counted(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> Iterator[tuple[Sequence[str], int]]:
    """The different sets of tokens that the newest hits have, and how many of these have each. Raises BadQuery."""
    scope = scope_of(session, query, facets, since, until)
    rows = scope.rows()
    newest = f"SELECT {scope.key} AS hit_key{rows.sql} ORDER BY {scope.key} DESC LIMIT :limit"
    statement = prepared(
        f"SELECT tokens, count(*) FROM ({newest}) hits JOIN search_keys ON search_key = hit_key GROUP BY tokens"
    )
    found = scope.connection.execute(statement, {**rows.values, "limit": limit}).all()
    return ((tokens.split(), number) for tokens, number in found)


def span(
    session: Session | Connection,
    query: str | None,
    *,
    facets: Mapping[str, Sequence[str]] = NO_FACETS,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[datetime, datetime] | None:
    """When the oldest and the newest hit were issued, to the second; None where there is none."""
    scope = scope_of(session, query, facets, since, until)
    rows = scope.rows()
    ends: list[datetime] = []
    for order in ("ASC", "DESC"):
        statement = prepared(f"SELECT {scope.key}{rows.sql} ORDER BY {scope.key} {order} LIMIT 1")
        key = scope.connection.execute(statement, rows.values).scalar()
        if key is None:
            return None
        ends.append(moment_of(key))
    return ends[0], ends[1]


def _free_key(connection: Connection, wanted: int, taken: Container[int]) -> int:
    """The wanted key or the next one that no other notification has (ids 16,777,216 apart may want the same)."""
    while wanted in taken or connection.execute(OWNER, {"key": wanted}).first():
        wanted += 1
    return wanted
