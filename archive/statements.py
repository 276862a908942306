"""What runs statements: a session with its objects, or the bare connection, which costs a third of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.orm import Session

Statements = Connection | Session
"""One transaction. Over plain tables (`archive.tables.plain`) the statements of both are the same."""


def dialect_of(within: Statements) -> str:
    """`sqlite` or `postgresql`."""
    return (within.get_bind() if isinstance(within, Session) else within).dialect.name


@contextmanager
def objects(within: Statements) -> Iterator[Session]:
    """A session in that transaction; what its objects have become is written by the end, not committed."""
    if isinstance(within, Session):
        yield within
        within.flush()
        return
    with Session(within, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
        yield session
        session.flush()
