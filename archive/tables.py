"""The primary tables: the journal, which backups hold and from which everything else is derived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Table as PlainTable
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

PRIMARY = {"kind": "primary"}
DERIVED = {"kind": "derived"}

LOADED = "loaded"
"""The role of a capture that is a line of another archive's export, and of the pages that such lines name: these are
never asked, and what they showed is never missed."""

Serial = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; a naive one is refused, since its zone would be invented."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return _in_utc(value).replace(tzinfo=None) if dialect.name == "sqlite" else _in_utc(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite the text that its dialect would store, made at once: every row has several times."""
        return _as_stored_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"time {value.isoformat()}: no zone, expected an aware datetime")
    return value.astimezone(UTC)


def _as_stored_text(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


class Table(DeclarativeBase):
    """Base of all tables. Times are UTC; every `…_at` is our clock or the capture's, never the publisher's."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime,
        int: Serial,
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def plain(mapped: type[Table]) -> PlainTable:
    """The plain table of a mapped class, for the statements of hot paths: built once, run without the ORM.

    Objects of the class that a session has loaded do not notice what such a statement writes.
    """
    return Table.metadata.tables[mapped.__tablename__]


class Capture(Table):
    """One response as it came. `settled` is its place in the journal, given when it is done or failed."""

    __tablename__ = "captures"
    __table_args__ = (
        Index(None, "source", "state"),
        Index(None, "source", "target_url", "fetched_at"),
        Index(None, "settled", unique=True),
        {"info": PRIMARY},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    role: Mapped[str]
    target_url: Mapped[str]
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    archived_at: Mapped[datetime]
    via: Mapped[str]
    cause: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[list[Any]]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    redirected_from: Mapped[int | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    parser_version: Mapped[str | None]
    region_hash: Mapped[str | None]
    repeats: Mapped[int | None]
    healthy: Mapped[bool | None]
    settled: Mapped[int | None]


class Check(Table):
    """Asked, unchanged: a slim row that says `capture_id` still held at `at` (304 or an identical body)."""

    __tablename__ = "checks"
    __table_args__ = (Index(None, "capture_id", "at"), {"info": PRIMARY})
    id: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    cause: Mapped[str]
    settled: Mapped[int]


class Delta(Table):
    """A body kept as a zstd frame against a blob it differs little from; its address is still its own SHA-256."""

    __tablename__ = "deltas"
    __table_args__ = ({"info": PRIMARY},)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    base_sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    frame: Mapped[bytes]


class Identity(Table):
    """A notification's number, public id and ref, assigned once and for good."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("source", "ref"),
        UniqueConstraint("public_id"),
        Index(None, "ref"),
        {"info": PRIMARY},
    )
    notification_id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str]
    source: Mapped[str]
    ref: Mapped[str]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))


class Assignment(Table):
    """Which notification an entry of a capture was taken for, how and how surely, where it was not word for word.

    The entry is named by its own text: another parser may count entries differently, but that stays.
    """

    __tablename__ = "assignments"
    __table_args__ = ({"info": PRIMARY},)
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    entry_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    notification_id: Mapped[int] = mapped_column(ForeignKey("identities.notification_id"))
    method: Mapped[str]
    score: Mapped[float]


class Decision(Table):
    """What a human settled, in the journal's order."""

    __tablename__ = "decisions"
    __table_args__ = ({"info": PRIMARY},)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]
    settled: Mapped[int]


class Run(Table):
    """The log of one run of one source; ours alone, nothing is derived from it."""

    __tablename__ = "runs"
    __table_args__ = (Index(None, "source", "started_at"), {"info": PRIMARY})
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    accounts: Mapped[dict[str, Any]]


class History(Table):
    """One capture that an archive or a WARC file lists of an address: waiting for its turn, or what became of it.

    `holding` names the archive or the files. The state is `waiting`, `done`, `passed` (it says nothing) or `gap` (it
    was not given, `reason` says why); `indexed` rows only say what files hold and have no target. `rank` orders what
    was captured at one moment as a run would have asked it.
    """

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("source", "holding", "key"),
        Index(None, "source", "holding", "state", "at", "rank", "id"),
        Index(None, "source", "holding", "url_key"),
        Index(None, "source", "holding", "digest", "target_url"),
        {"info": PRIMARY},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    holding: Mapped[str]
    key: Mapped[str] = mapped_column(String(64))
    url_key: Mapped[str] = mapped_column(String(64))
    role: Mapped[str]
    rank: Mapped[int]
    target_url: Mapped[str]
    url: Mapped[str]
    at: Mapped[datetime]
    digest: Mapped[str]
    status: Mapped[int | None]
    media_type: Mapped[str]
    file: Mapped[str | None]
    position: Mapped[int | None]
    length: Mapped[int | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    capture_id: Mapped[int | None]


class HistorySearch(Table):
    """An address that an archive was searched for, from `since` until `until`, and how far the answers have come."""

    __tablename__ = "history_searches"
    __table_args__ = (UniqueConstraint("source", "holding", "key"), {"info": PRIMARY})
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    holding: Mapped[str]
    key: Mapped[str] = mapped_column(String(64))
    url: Mapped[str]
    since: Mapped[datetime | None]
    until: Mapped[datetime]
    through: Mapped[datetime | None]
    state: Mapped[str]
    found: Mapped[int]
    reason: Mapped[str | None]
