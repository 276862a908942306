"""The journal as a whole: its order, and its copy into an empty archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from archive.blobs import Blobs
from archive.store import Archive
from archive.tables import (
    Assignment,
    Capture,
    Check,
    Decision,
    Delta,
    History,
    HistorySearch,
    Identity,
    Run,
    Table,
)

BATCH_ROWS = 500
AFRESH: Mapping[str, Any] = {
    "state": "pending",
    "settled": None,
    "parser_version": None,
    "region_hash": None,
    "repeats": None,
    "healthy": None,
    "reason": None,
}
"""What settling gives to a capture, taken off again."""


def is_empty(session: Session) -> bool:
    """Whether an archive holds no capture."""
    return not session.scalar(select(func.count()).select_from(Capture))


def sources_of(session: Session) -> set[str]:
    """The sources that captures are kept of."""
    return set(session.scalars(select(Capture.source).distinct()))


def copy_journal(source: Session, blobs: Blobs, new: Archive) -> None:
    """Copy what is primary, captures as pending, so that settling them again derives the rest; bodies first."""
    for sha256 in source.scalars(select(Capture.sha256).where(Capture.sha256.is_not(None)).distinct()):
        if sha256 and blobs.holds(sha256):
            new.blobs.put(blobs.get(sha256))
    with new.writing() as target:
        for table in (Delta, Capture, Identity, Assignment, Run, History, HistorySearch):
            _copy_table(source, target, table, AFRESH if table is Capture else {})
    for sha256 in source.scalars(select(Delta.base_sha256).distinct()):
        new.blobs.put(blobs.get(sha256))


def _copy_table(source: Session, target: Session, table: type[Table], changed: Mapping[str, Any]) -> None:
    columns = table.__table__.columns
    rows = source.execute(select(*columns).order_by(*table.__table__.primary_key)).mappings()
    for batch in rows.partitions(BATCH_ROWS):
        target.execute(insert(table), [{**row, **changed} for row in batch])
    if target.get_bind().dialect.name == "postgresql":
        _move_sequence(target, table)


def _move_sequence(target: Session, table: type[Table]) -> None:
    """Rows that bring their own ids leave PostgreSQL's sequence behind; the next row must not clash with them."""
    keys = list(table.__table__.primary_key)
    if len(keys) == 1 and keys[0].name in ("id", "notification_id"):
        name, last = table.__tablename__, func.max(keys[0])
        sequence = func.pg_get_serial_sequence(name, keys[0].name)
        target.execute(select(func.setval(sequence, func.coalesce(select(last).scalar_subquery(), 1))))


def journal(session: Session) -> Iterator[tuple[int, str, int]]:
    """Every settled entry of the journal in its order: place, kind (capture, check, decision) and row id."""
    queries = {
        "capture": select(Capture.settled, Capture.id).order_by(Capture.settled),
        "check": select(Check.settled, Check.id).order_by(Check.settled),
        "decision": select(Decision.settled, Decision.id).order_by(Decision.settled),
    }
    lists = [
        [(place, kind, number) for place, number in session.execute(query) if place is not None]
        for kind, query in queries.items()
    ]
    return merge(*lists)


def captures_to_reparse(session: Session, slug: str, since: Any = None) -> list[int]:
    """The listing captures of a source in the journal's order; repeats say nothing more than what they repeat."""
    query = (
        select(Capture.id)
        .where(
            Capture.source == slug,
            Capture.role != "attachment",
            Capture.repeats.is_(None),
            Capture.state.in_(("done", "failed")),
            Capture.parser_version.is_not(None),
            Capture.status.in_((200, 203, 304)),
        )
        .order_by(Capture.settled)
    )
    return list(session.scalars(query.where(Capture.fetched_at >= since) if since else query))


def take_up_again(session: Session, capture_id: int) -> None:
    """A capture that had failed waits again: another parser can read it. It gets a new place in the journal."""
    session.execute(update(Capture).where(Capture.id == capture_id).values(state="pending", reason=None, settled=None))
