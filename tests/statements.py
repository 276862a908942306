"""Statements that are compiled once in a test process, not once for each of its thousands of archives.

An engine keeps what it has compiled by its dialect, and each engine makes a dialect of its own. Here those of one kind
are equal and share what their engines keep: they are all made alike, by `archive.store.open_engine`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS = 5_000
"""More than the program has, in any shape."""


class SQLite(SQLiteDialect_pysqlite):
    """SQLAlchemy's own, all of one kind."""

    supports_statement_cache = True
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = cls.compiled


class PostgreSQL(PGDialect_psycopg):
    """SQLAlchemy's own, all of one kind."""

    supports_statement_cache = True
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    __eq__ = SQLite.__eq__
    __hash__ = SQLite.__hash__

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = cls.compiled


registry.register("sqlite", __name__, "SQLite")
registry.register("postgresql.psycopg", __name__, "PostgreSQL")
