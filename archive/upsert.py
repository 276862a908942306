"""INSERTs that meet a row which somebody else wrote at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from archive.statements import Statements, dialect_of
from archive.tables import Table, plain


@cache
def _once(dialect: str, table: type[Table]) -> Insert:
    """An INSERT that leaves a row alone which has its key."""
    rows = postgresql.insert(plain(table)) if dialect == "postgresql" else sqlite.insert(plain(table))
    return rows.on_conflict_do_nothing()


def insert_once(within: Statements, table: type[Table], **values: Any) -> None:
    """Insert a row unless there is one with its key, also one that another transaction is about to commit."""
    insert_all_once(within, table, [values])


def insert_all_once(within: Statements, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, in this order, unless there are ones with their keys; all state the same columns."""
    if rows:
        within.execute(_once(dialect_of(within), table), rows)
