"""Search in SQLite: one FTS5 table whose rowid is the search key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from archive.query import AllOf, AnyOf, Field, Phrase, Query, has_prefix
from archive.search_dialect import BREAK, Condition, IndexedWords, Newest

KEY = "search_entries.rowid"
TOKENS = "tokens"
RANK = "-bm25(search_entries, 10.0, 3.0, 1.0, 0.0)"

NEWEST_ROWS = 500
NEWEST_CHARACTERS = 4_000_000
"""How much is looked through by itself before the index is asked for a beginning of words."""

# Words arrive folded. `ascii` splits at white space and ASCII punctuation alone, so it changes none of them.
CREATE = text("CREATE VIRTUAL TABLE search_entries USING fts5(title, body, documents, tokens, tokenize='ascii')")
INSERT = text(
    "INSERT INTO search_entries (rowid, title, body, documents, tokens)"
    " VALUES (:key, :title, :body, :documents, :tokens)"
)
DELETE = text("DELETE FROM search_entries WHERE rowid = :key")


def create(connection: Connection) -> None:
    """Create the FTS5 table."""
    connection.execute(CREATE)


def add(connection: Connection, words_by_key: Mapping[int, IndexedWords]) -> None:
    """Insert a row for each key; FTS5 writes all it holds whenever a key is lower than the one before."""
    connection.execute(INSERT, [_row(key, words) for key, words in words_by_key.items()])


def _row(key: int, words: IndexedWords) -> dict[str, int | str]:
    return {
        "key": key,
        "title": " ".join(words.title),
        "body": " ".join(words.body),
        "documents": f" {BREAK} ".join(" ".join(page) for page in words.pages),
        "tokens": " ".join(words.facet_tokens),
    }


def remove(connection: Connection, key: int) -> None:
    """Delete the row of `key`."""
    connection.execute(DELETE, {"key": key})


def matching(query: Query | None, facets: Sequence[Sequence[str]]) -> Condition:
    """One MATCH over all, so that FTS5 intersects query and filters and walks its rows in order of the key."""
    return _condition(_match(query) if query else None, facets)


def _condition(match: str | None, facets: Sequence[Sequence[str]]) -> Condition:
    parts = [match] if match else []
    parts += [f"tokens : ({' OR '.join(tokens)})" for tokens in facets]
    return Condition("search_entries MATCH :match", {"match": " AND ".join(f"({part})" for part in parts)})


def newest(
    connection: Connection, query: Query, facets: Sequence[Sequence[str]], bounds: Condition, limit: int
) -> Newest | None:
    """For a beginning of words FTS5 merges all rows of all its words first: where these are many, looking is quicker.

    The rows looked at are the newest that match the rest of the query. Few hits among them are few in the index, too.
    """
    if not has_prefix(query):
        return None
    rest = _without_prefixes(query)
    condition = _condition(rest, facets) if rest or facets else Condition("1 = 1", {})
    statement = (
        f"SELECT rowid, tokens, title, body, documents FROM search_entries WHERE {condition.sql} AND {bounds.sql}"
        f" ORDER BY rowid DESC LIMIT {NEWEST_ROWS}"
    )
    with connection.execute(text(statement), {**condition.values, **bounds.values}) as rows:
        return _looked_at(query, rows, limit)


def _looked_at(query: Query, rows: Iterable[Any], limit: int) -> Newest:
    keys: list[int] = []
    characters = 0
    for count, (key, tokens, *fields) in enumerate(rows, 1):
        content = f" {f' {BREAK} '.join(fields)} "
        characters += len(content)
        if _holds(query, content, tokens.split()):
            keys.append(key)
        if len(keys) == limit or characters > NEWEST_CHARACTERS or count == NEWEST_ROWS:
            return Newest(keys, key)
    return Newest(keys, None)


def _without_prefixes(query: Query) -> str | None:
    """What at least all rows of the query match, without any beginning of words; None where that is every row."""
    match query:
        case Phrase(words=words, prefix=prefix):
            whole = Phrase(words[:-1] if prefix else words)
            return _match(whole) if whole.words else None
        case Field():
            return _match(query)
        case AnyOf(choices=choices):
            parts = [_without_prefixes(choice) for choice in choices]
            return " OR ".join(f"({part})" for part in parts) if all(parts) else None
        case AllOf(wanted=wanted, unwanted=unwanted):
            found = " AND ".join(f"({part})" for part in map(_without_prefixes, wanted) if part)
            left_out = " OR ".join(f"({_match(part)})" for part in unwanted if not has_prefix(part))
            return f"({found}) NOT ({left_out})" if found and left_out else found or None


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


def _match(query: Query) -> str:
    """The query in FTS5's own syntax. Words are letters and digits only, and quoted."""
    match query:
        case Phrase(words=words, prefix=prefix):
            return f'{{title body documents}} : "{" ".join(words)}"{" *" if prefix else ""}'
        case Field(token=token):
            return f"tokens : {token}"
        case AnyOf(choices=choices):
            return " OR ".join(f"({_match(choice)})" for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            found = " AND ".join(f"({_match(part)})" for part in wanted)
            left_out = " OR ".join(f"({_match(part)})" for part in unwanted)
            return f"({found}) NOT ({left_out})" if unwanted else found
