"""One archive: its database, opened the same way by everyone, and its blobs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError, StatementError
from sqlalchemy.orm import Session

from archive.blobs import ArchiveUnusable, Blobs, BucketBlobs, FolderBlobs
from archive.records import UNKEPT

BUSY_TIMEOUT_MS = 30_000
NOT_KEPT = (StatementError, ValueError, OverflowError)
"""What writing raises, where it is not `ArchiveUnusable`, of what the database does not keep; `said_of` says why."""
VALUE_STATES = ("22", "23", "54")
"""Classes of SQLSTATE that are about what is written: data exceptions, broken constraints, limits of the program."""
STEPS = 50_000
"""So many steps of SQLite's machine, some milliseconds, lie between two looks at the clock."""


class TookTooLong(ArchiveUnusable):
    """What was asked of the archive takes longer than the one who asked has time for."""


class Archive:
    """A database and the blobs that belong to it. Sessions come from `reading()` and `writing()` only."""

    def __init__(self, database_url: str, blobs: Blobs) -> None:
        self.database_url = database_url
        self.engine = open_engine(database_url)
        self.blobs = blobs
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        options = {} if self._is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**options)
        self._seconds: float | None = None

    def within(self, seconds: float) -> Archive:
        """The same archive, of which readings (on PostgreSQL: statements) that take longer raise TookTooLong."""
        same = copy(self)
        same._seconds = seconds
        return same

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction: committed at the end, rolled back on any error. On SQLite it begins IMMEDIATE."""
        with (
            _plain_errors(self.database_url),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            self._begin(session.connection, "BEGIN IMMEDIATE")
            yield session

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """The same without objects, for what runs so often that a session would cost more than its work."""
        with _plain_errors(self.database_url), self.engine.begin() as connection:
            self._begin(lambda: connection, "BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view, never committed."""
        plain_errors = _plain_errors(self.database_url, writes=False)
        with plain_errors, Session(self._reader, expire_on_commit=False) as session:
            self._begin(session.connection, "BEGIN")
            with nullcontext() if self._seconds is None else self._ending_after(self._seconds, session):
                yield session

    @contextmanager
    def _ending_after(self, seconds: float, session: Session) -> Iterator[None]:
        until = time.monotonic() + seconds
        sqlite = self._driver(session.connection()) if self._is_sqlite else None
        if sqlite is not None:
            sqlite.set_progress_handler(lambda: time.monotonic() > until, STEPS)
        else:
            session.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000:.0f}"))
        try:
            yield
        except OperationalError as problem:
            if time.monotonic() < until:
                raise
            raise TookTooLong(f"took longer than {seconds:g} s, expected a narrower search") from problem
        finally:
            if sqlite is not None:
                sqlite.set_progress_handler(None, 0)

    def _begin(self, connection: Callable[[], Connection], words: str) -> None:
        """Begin the transaction in SQLite's own words, as its driver is kept from beginning any (`_prepare_sqlite`).

        A listener of SQLAlchemy's event `begin` would do the same and make every statement look for listeners.
        """
        if self._is_sqlite:
            self._driver(connection()).execute(words)

    def _driver(self, connection: Connection) -> sqlite3.Connection:
        return cast(sqlite3.Connection, connection.connection.driver_connection)

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_blobs(place: str) -> Blobs:
    """The blob store at a folder or at an `s3://` address."""
    return BucketBlobs(place) if place.startswith("s3://") else FolderBlobs(Path(place))


def open_engine(database_url: str) -> Engine:
    """An engine with durable commits; on SQLite it begins no transaction: `Archive` does."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise ArchiveUnusable(f"database {url.get_backend_name()}: not supported, expected sqlite or postgresql")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
        "cache_size=-16384",
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _plain_errors(database_url: str, *, writes: bool = True) -> Iterator[None]:
    """Tells what is amiss with the database in a sentence. What is only read brings no value that could be at fault."""
    try:
        yield
    except (DatabaseError, sqlite3.OperationalError) as problem:
        if not _is_about_the_store(problem) and (writes or not isinstance(problem, OperationalError)):
            raise
        place = make_url(database_url).render_as_string(hide_password=True)
        what = problem.orig if isinstance(problem, DatabaseError) else problem
        raise ArchiveUnusable(f"archive {place}: {what}, expected a database that can be written") from problem


def _is_about_the_store(problem: DatabaseError | sqlite3.OperationalError) -> bool:
    """Whether the database itself is amiss, and not what was to be written (SQLSTATE, or how SQLite names it)."""
    cause = problem.orig if isinstance(problem, DatabaseError) else problem
    state, words = str(getattr(cause, "sqlstate", None) or ""), str(cause).lower()
    if state[:2] in VALUE_STATES or "string or blob too big" in words:
        return False
    if isinstance(problem, OperationalError | sqlite3.OperationalError):
        return True
    return any(sign in words for sign in ("readonly", "read-only", "full", "malformed", "not a database", "disk"))


def said_of(problem: BaseException) -> str:
    """What was wrong with what is not kept, in one line that can be kept."""
    cause = problem.orig if isinstance(problem, StatementError) and problem.orig else problem
    return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}")


__all__ = [
    "NOT_KEPT",
    "Archive",
    "ArchiveUnusable",
    "Session",
    "TookTooLong",
    "open_blobs",
    "open_engine",
    "said_of",
]
