"""INSERTs that meet a row which somebody else wrote at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.tables import Table


def insert_into(session: Session, table: type[Table]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in the dialect of the session's database, which knows ON CONFLICT."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_once(session: Session, table: type[Table], **values: Any) -> None:
    """Insert a row unless there is one with its key, also one that another transaction is about to commit."""
    session.execute(insert_into(session, table).values(**values).on_conflict_do_nothing())


def insert_all_once(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, in this order, unless there are ones with their keys."""
    if rows:
        session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)
