"""Search in SQLite: one FTS5 table whose rowid is the search key."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Connection, text

from archive.search_dialect import BREAK, IndexedWords
from archive.search_looking import newest
from archive.search_match import matching

__all__ = ["KEY", "RANK", "add", "matching", "merge", "newest", "remove"]

KEY = "search_entries.rowid"
RANK = "-bm25(search_entries, 10.0, 3.0, 1.0, 0.0)"

INSERT = text(
    "INSERT INTO search_entries (rowid, title, body, documents, tokens)"
    " VALUES (:key, :title, :body, :documents, :tokens)"
)
MERGE_PAGES = 500
MERGE = text(f"INSERT INTO search_entries (search_entries, rank) VALUES ('merge', {MERGE_PAGES})")
DELETE = text("DELETE FROM search_entries WHERE rowid = :key")


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


def merge(connection: Connection) -> bool:
    """Merge segments of like size by about MERGE_PAGES pages, which takes some hundredths of a second.

    Each transaction leaves a segment, and a search looks into all of them. Whether that did something is told by
    how many rows changed (https://sqlite.org/fts5.html#the_merge_command).
    """
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    before = driver.total_changes
    connection.execute(MERGE)
    return driver.total_changes - before >= 2
