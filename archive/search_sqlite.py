"""Search in SQLite: one FTS5 table whose rowid is the search key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from archive.query import AllOf, AnyOf, Phrase, Query
from archive.search_dialect import BREAK, Condition, IndexedWords

KEY = "search_entries.rowid"
RANK = "-bm25(search_entries, 10.0, 3.0, 1.0, 0.0)"

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
    """Insert a row for each key."""
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
    parts = [f"{{title body documents}} : ({_match(query)})"] if query else []
    parts += [f"tokens : ({' OR '.join(tokens)})" for tokens in facets]
    return Condition("search_entries MATCH :match", {"match": " AND ".join(f"({part})" for part in parts)})


def _match(query: Query) -> str:
    """The query in FTS5's own syntax. Words are letters and digits only, and quoted."""
    match query:
        case Phrase(words=words, prefix=prefix):
            return f'"{" ".join(words)}"{" *" if prefix else ""}'
        case AnyOf(choices=choices):
            return " OR ".join(f"({_match(choice)})" for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            found = " AND ".join(f"({_match(part)})" for part in wanted)
            left_out = " OR ".join(f"({_match(part)})" for part in unwanted)
            return f"({found}) NOT ({left_out})" if unwanted else found
