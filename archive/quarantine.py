"""Entries and documents that could not be parsed: kept once each with the reason, until a parser can read them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from archive.derived import Quarantined
from archive.presence import SourceFacts
from archive.records import RefusedEntry
from archive.tables import Capture, plain

RAW_CHARACTERS = 20_000
"""How much of an entry's own text stands in its row; the whole of it is in the capture."""

_QUARANTINE = plain(Quarantined)
_LIFT = (
    update(_QUARANTINE)
    .where(
        _QUARANTINE.c.source == bindparam("of"),
        _QUARANTINE.c.entry_hash.in_(bindparam("names", expanding=True)),
        _QUARANTINE.c.state == "waiting",
    )
    .values(state="read")
)


def hold(session: Session, facts: SourceFacts, capture: Capture, refused: Sequence[RefusedEntry]) -> int:
    """Keep the refused entries of a capture, one row for each different entry; returns how many there are."""
    for entry in refused:
        _hold(session, facts, capture, "entry", entry.raw, entry.reason, entry.position)
    return len(refused)


def hold_document(session: Session, facts: SourceFacts, capture: Capture, reason: str) -> None:
    """Keep a document that could not be read as a whole."""
    _hold(session, facts, capture, "document", _document(capture), reason, None)


def lift_document(session: Session, facts: SourceFacts, capture: Capture) -> None:
    """Mark a document as read that used to be quarantined as a whole."""
    lift(session, facts, [_name(_document(capture))])


def _document(capture: Capture) -> str:
    return f"{capture.url} {capture.sha256}"


def _name(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def _hold(
    session: Session, facts: SourceFacts, capture: Capture, what: str, raw: str, reason: str, position: int | None
) -> None:
    name = _name(raw)
    row = session.scalar(select(Quarantined).where(Quarantined.source == facts.slug, Quarantined.entry_hash == name))
    if row is None:
        row = Quarantined(
            source=facts.slug, entry_hash=name, what=what, raw=raw[:RAW_CHARACTERS], capture_id=capture.id
        )
        session.add(row)
    row.reason, row.position, row.last_capture_id = reason, position, capture.id
    row.parser_version, row.state = facts.parser_version, "waiting"
    session.flush()


def lift(session: Session, facts: SourceFacts, entry_hashes: Collection[str]) -> None:
    """Mark entries as read that used to be quarantined."""
    if entry_hashes:
        session.flush()
        session.execute(_LIFT, {"of": facts.slug, "names": list(entry_hashes)})


def list_quarantine(
    session: Session, source: str | None = None, *, all_states: bool = False
) -> Iterator[dict[str, Any]]:
    """The rows that wait (or all of them), oldest first, with the address and time of the capture that has them."""
    query = (
        select(Quarantined, Capture.url, Capture.fetched_at)
        .join(Capture, Capture.id == Quarantined.capture_id)
        .order_by(Quarantined.id)
    )
    if source:
        query = query.where(Quarantined.source == source)
    if not all_states:
        query = query.where(Quarantined.state == "waiting")
    for row, url, at in session.execute(query):
        yield _as_row(row, url, at)


def _as_row(row: Quarantined, url: str, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "what": row.what,
        "state": row.state,
        "reason": row.reason,
        "position": row.position,
        "capture": row.capture_id,
        "last_capture": row.last_capture_id,
        "url": url,
        "at": at,
        "raw": row.raw,
    }
