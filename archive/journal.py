"""The journal: captures, checks and decisions, in the order in which they were settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from zstandard import ZstdError

from archive.blobs import Blobs, CorruptBlob, deflate, inflate, name_of, unpack
from archive.derived import Counter
from archive.statements import Statements, dialect_of
from archive.tables import Capture, Check, Decision, Delta, plain
from archive.upsert import insert_once

DELTA_FROM_BYTES = 4_096
"""Bodies below this size are cheaper as a blob of their own."""
DELTA_SAVES = 0.8
"""A delta is kept when it needs less than this share of what the packed body would need."""

_CAPTURES, _CHECKS, _COUNTERS = plain(Capture), plain(Check), plain(Counter)
_PENDING = (
    select(_CAPTURES.c.id)
    .where(_CAPTURES.c.source == bindparam("source"), _CAPTURES.c.state == "pending")
    .order_by(_CAPTURES.c.id)
)
_CHECKED = select(_CHECKS.c.id).where(_CHECKS.c.capture_id == bindparam("capture_id"), _CHECKS.c.at == bindparam("at"))
_CHECK = insert(_CHECKS)
_SETTLED = select(_CAPTURES.c.id).where(
    _CAPTURES.c.source == bindparam("source"),
    _CAPTURES.c.target_url == bindparam("url"),
    _CAPTURES.c.role == bindparam("role"),
    _CAPTURES.c.sha256 == bindparam("sha256"),
    _CAPTURES.c.fetched_at == bindparam("fetched_at"),
    _CAPTURES.c.state.in_(("done", "failed")),
)
_CONFIRMED = (
    select(_CHECKS.c.capture_id)
    .join(_CAPTURES, _CAPTURES.c.id == _CHECKS.c.capture_id)
    .where(
        _CAPTURES.c.source == bindparam("source"),
        _CAPTURES.c.target_url == bindparam("url"),
        _CAPTURES.c.role == bindparam("role"),
        _CAPTURES.c.sha256 == bindparam("sha256"),
        _CHECKS.c.at == bindparam("at"),
    )
    .limit(1)
)
_RECORD = insert(_CAPTURES).returning(_CAPTURES.c.id, sort_by_parameter_order=True)


def _taking(row: postgresql.Insert | sqlite.Insert) -> Executable:
    """Add `places` to a counter row, made where there is none, and give its value."""
    row = row.values(name=bindparam("counter"), value=bindparam("places"))
    further = {"value": _COUNTERS.c.value + bindparam("places")}
    return row.on_conflict_do_update(index_elements=["name"], set_=further).returning(_COUNTERS.c.value)


_TAKE = {"sqlite": _taking(sqlite.insert(_COUNTERS)), "postgresql": _taking(postgresql.insert(_COUNTERS))}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One response that is to be recorded. Times are UTC; `headers` are raw pairs in the order they came."""

    source: str
    role: str
    target_url: str
    url: str
    fetched_at: datetime
    via: str
    cause: str
    status: int | None
    headers: Sequence[tuple[str, str]]
    body: bytes
    facts: Mapping[str, str] = field(default_factory=dict)


def take(within: Statements, counter: str, places: int = 1) -> int:
    """The first of `places` numbers from a counter row; the row stays locked until the transaction ends."""
    last = within.scalar(_TAKE[dialect_of(within)], {"counter": counter, "places": places})
    if last is None:
        raise RuntimeError(f"counter {counter}: the database returned no number, expected one")
    return int(last) - places + 1


def keep_body(session: Session, blobs: Blobs, body: bytes, near: str | None = None) -> str:
    """Make a body durable: as a delta against the blob `near` where that is much smaller, else as a blob.

    A delta is durable when the caller commits, a blob at once.
    """
    sha256 = name_of(body)
    if near and near != sha256 and len(body) >= DELTA_FROM_BYTES and not blobs.holds(sha256):
        if session.get(Delta, sha256):
            return sha256
        frame = _small_frame(session, blobs, body, near)
        if frame is not None:
            base = _base_of(session, near)
            insert_once(session, Delta, sha256=sha256, base_sha256=base, size=len(body), frame=frame)
            return sha256
    return blobs.put(body)


def _base_of(session: Session, sha256: str) -> str:
    delta = session.get(Delta, sha256)
    return delta.base_sha256 if delta else sha256


def _small_frame(session: Session, blobs: Blobs, body: bytes, near: str) -> bytes | None:
    try:
        frame = deflate(body, blobs.get(_base_of(session, near)))
    except CorruptBlob:
        return None
    return frame if len(frame) < DELTA_SAVES * len(deflate(body, b"")) else None


def restore_body(session: Session, blobs: Blobs, body: bytes) -> None:
    """Make sure that a body which came again is still whole in the archive."""
    sha256 = name_of(body)
    try:
        body_of(session, blobs, sha256)
    except CorruptBlob:
        session.execute(delete(Delta).where(Delta.sha256 == sha256))
        blobs.put(body)


def body_of(session: Session, blobs: Blobs, sha256: str) -> bytes:
    """The body of that name; raises CorruptBlob or MissingBlob."""
    delta = session.get(Delta, sha256)
    if delta is None:
        return blobs.get(sha256)
    try:
        return unpack(sha256, "", inflate(delta.frame, blobs.get(delta.base_sha256)))
    except ZstdError as problem:
        raise CorruptBlob(f"delta {sha256}: {problem}, expected a whole zstd frame") from problem


def record(
    session: Session, blobs: Blobs, hops: Sequence[Arrival], archived_at: datetime, near: str | None = None
) -> list[int]:
    """Record the hops of one fetch as pending captures, bodies first, and return their ids; the caller commits."""
    numbers: list[int] = []
    for arrival in hops:
        sha256 = keep_body(session, blobs, arrival.body, near)
        row = _capture_row(arrival, sha256, archived_at, numbers[-1] if numbers else None)
        numbers += session.scalars(_RECORD, [row])
    return numbers


def record_all(session: Session, arrivals: Sequence[tuple[Arrival, str]], archived_at: datetime) -> list[int]:
    """Record fetches without redirects, each with the blob that holds its body already; ids in the same order."""
    rows = [_capture_row(arrival, sha256, archived_at, None) for arrival, sha256 in arrivals]
    return list(session.scalars(_RECORD, rows))


def record_not_given(session: Session, arrival: Arrival, archived_at: datetime) -> int:
    """Record that a capture which an archive lists could not be had: a pending one without a body."""
    (number,) = session.scalars(_RECORD, [_capture_row(arrival, None, archived_at, None)])
    return int(number)


def _capture_row(
    arrival: Arrival, sha256: str | None, archived_at: datetime, redirected_from: int | None
) -> dict[str, object]:
    return {
        "source": arrival.source,
        "role": arrival.role,
        "target_url": arrival.target_url,
        "url": arrival.url,
        "fetched_at": arrival.fetched_at,
        "archived_at": archived_at,
        "via": arrival.via,
        "cause": arrival.cause,
        "status": arrival.status,
        "headers": [list(pair) for pair in arrival.headers],
        "sha256": sha256,
        "size": None if sha256 is None else len(arrival.body),
        "facts": dict(arrival.facts),
        "redirected_from": redirected_from,
        "state": "pending",
    }


def close_capture(session: Session, capture_id: int, state: str, reason: str | None = None, **found: Any) -> None:
    """Mark a capture done or failed and give it its place in the journal."""
    session.flush()
    closed = {"state": state, "reason": reason, "settled": take(session, "journal"), **found}
    session.execute(update(_CAPTURES).where(_CAPTURES.c.id == capture_id).values(closed))


def pending(within: Statements, source: str) -> list[int]:
    """The captures of a source that wait to be settled, oldest arrival first."""
    return list(within.scalars(_PENDING, {"source": source}))


def record_check(session: Session, capture_id: int, at: datetime, kind: str, cause: str) -> None:
    """Record that `capture_id` still held at `at`; once for one moment."""
    if session.scalar(_CHECKED, {"capture_id": capture_id, "at": at}) is None:
        add_check(session, capture_id, at, kind, cause)


def add_check(within: Statements, capture_id: int, at: datetime, kind: str, cause: str) -> None:
    """Record that `capture_id` still held at `at`, which is not recorded yet."""
    check = {"capture_id": capture_id, "at": at, "kind": kind, "cause": cause}
    within.execute(_CHECK, check | {"settled": take(within, "journal")})


def record_decision(session: Session, kind: str, source: str, at: datetime, detail: Mapping[str, Any]) -> None:
    """Record what a human settled."""
    place = take(session, "journal")
    session.execute(insert(Decision).values(kind=kind, source=source, at=at, detail=dict(detail), settled=place))


def last_done(session: Session, source: str, target_url: str, *further: ColumnElement[bool]) -> Capture | None:
    """The newest done capture of an address by its own time, among those that meet the further conditions."""
    return session.scalars(
        select(Capture)
        .where(Capture.source == source, Capture.target_url == target_url, Capture.state == "done", *further)
        .order_by(Capture.fetched_at.desc(), Capture.id.desc())
        .limit(1)
    ).first()


def held_document(session: Session, source: str, url: str) -> Capture | None:
    """The capture that a document was last had by."""
    return last_done(session, source, url, Capture.role == "attachment", Capture.status == 200)


def get_capture(session: Session, capture_id: int) -> Capture:
    """The capture with that id."""
    return session.get_one(Capture, capture_id)


def get_check(session: Session, check_id: int) -> Check:
    """The check with that id."""
    return session.get_one(Check, check_id)


def get_decision(session: Session, decision_id: int) -> Decision:
    """The decision with that id."""
    return session.get_one(Decision, decision_id)


def find_capture(session: Session, arrival: Arrival, sha256: str) -> int | None:
    """The settled capture of that address in that role that had this body at that moment."""
    wanted = {"source": arrival.source, "url": arrival.target_url, "role": arrival.role}
    found = {"sha256": sha256, "fetched_at": arrival.fetched_at}
    return session.scalar(_SETTLED, {**wanted, **found})


def first_capture(session: Session, source: str, url: str) -> Capture | None:
    """The capture that an address was first kept by, settled or not."""
    found = select(Capture).where(Capture.source == source, Capture.target_url == url).order_by(Capture.id).limit(1)
    return session.scalar(found)


def find_confirmed(session: Session, arrival: Arrival, sha256: str) -> int | None:
    """The capture of that address in that role with this body that a check at this moment confirmed."""
    wanted = {"source": arrival.source, "url": arrival.target_url, "role": arrival.role}
    return session.scalar(_CONFIRMED, {**wanted, "sha256": sha256, "at": arrival.fetched_at})
