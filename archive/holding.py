"""What the arrival of documents changes: held, replaced or missing, and what that makes of the bulletins citing them.

Documents arrive by the hundred, so rows are read and written by prebuilt statements, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from archive.attachments import ensure_documents
from archive.changes import Changes
from archive.derived import Attachment, DocumentPage, NotificationRow, Revision, Target
from archive.indexing import reindex
from archive.journal import take
from archive.tables import Capture, plain
from archive.targets import asked_at, ensure_targets, lock_source, note_missing, reread_at

_CAPTURES, _TARGETS, _ATTACHMENTS = plain(Capture), plain(Target), plain(Attachment)
_ROWS, _REVISIONS, _PAGES = plain(NotificationRow), plain(Revision), plain(DocumentPage)
_ARRIVED = (
    select(*(_CAPTURES.c[name] for name in "id url target_url status size sha256 fetched_at cause".split()))
    .where(_CAPTURES.c.id.in_(bindparam("numbers", expanding=True)), _CAPTURES.c.state == "pending")
    .order_by(_CAPTURES.c.id)
)
_CITING = (
    select(_ATTACHMENTS.c.target_id, _ROWS.c.id, _ROWS.c.revision, _REVISIONS.c.documents)
    .join(_ROWS, _ROWS.c.id == _ATTACHMENTS.c.notification_id)
    .join(_REVISIONS, and_(_REVISIONS.c.notification_id == _ROWS.c.id, _REVISIONS.c.number == _ROWS.c.revision))
    .where(_ATTACHMENTS.c.target_id.in_(bindparam("numbers", expanding=True)), _ATTACHMENTS.c.cited.is_(True))
    .order_by(_ATTACHMENTS.c.target_id, _ROWS.c.id)
)
_WITH_PAGES = select(_PAGES.c.sha256).where(_PAGES.c.sha256.in_(bindparam("blobs", expanding=True))).distinct()
_HOLD = (
    update(_TARGETS)
    .where(_TARGETS.c.id == bindparam("number"))
    .values(
        newest_at=bindparam("at"),
        confirmed_at=bindparam("at"),
        capture_id=bindparam("capture"),
        sha256=bindparam("body"),
        state="held",
        failures=0,
        gone_looks=0,
        confirmed_polls=0,
        last_error=None,
        last_status=bindparam("status"),
        last_tried_at=bindparam("tried_at"),
        next_check_at=bindparam("again_at"),
    )
)
_NAME_DOCUMENTS = (
    update(_REVISIONS)
    .where(_REVISIONS.c.notification_id == bindparam("notification"), _REVISIONS.c.number == bindparam("place"))
    .values(documents=bindparam("held"))
)
_CLOSE = (
    update(_CAPTURES)
    .where(_CAPTURES.c.id == bindparam("capture"))
    .values(
        state=bindparam("end"), reason=bindparam("why"), healthy=bindparam("is_healthy"), settled=bindparam("place")
    )
)


ASKED = "capture"
"""The cause of what we asked for ourselves: what archives and files say of an address is not what it answers now."""


@dataclass(slots=True)
class _Citing:
    """A notification that cites an arrived document: its current revision and the blobs behind its addresses."""

    notification_id: int
    revision: int
    documents: dict[str, Any]


@dataclass(slots=True)
class _Held:
    """A document's target: the blob that is held and the newest capture's time, as far as this batch has come."""

    id: int
    first_seen_at: datetime
    newest_at: datetime | None
    sha256: str | None
    citing: list[_Citing] = field(default_factory=list)

    def is_late(self, capture: Row[Any]) -> bool:
        return self.newest_at is not None and capture.fetched_at < self.newest_at


def settle_attachments(
    session: Session, slug: str, capture_ids: Sequence[int], now: datetime, faults: Mapping[int, str] | None = None
) -> dict[int, str | None]:
    """Write what the arrival of documents changes; why each was not held, without those somebody else settled.

    `faults` says by capture why what came is no document. A first arrival is no revision; other bytes than before are
    one of each notification that cites it.
    """
    lock_source(session, slug)
    captures = session.execute(_ARRIVED, {"numbers": list(capture_ids)}).all()
    if not captures:
        return {}
    targets = _targets(session, slug, captures)
    found = {capture.id: _problem(capture) or (faults or {}).get(capture.id) for capture in captures}
    problems = {number: problem for number, problem in found.items() if problem}
    arrived = [capture for capture in captures if capture.id not in problems]
    ensure_documents(session, {capture.sha256 for capture in arrived if capture.sha256})
    changes = _hold(session, arrived, targets, now)
    for capture in captures:
        met = targets[capture.target_url]
        if capture.id in problems and capture.cause == ASKED and not met.is_late(capture):
            target = session.get_one(Target, met.id, populate_existing=True)
            note_missing(session, target, now, problems[capture.id], capture.status)
            session.flush()
    _close(session, captures, problems)
    for each in changes:
        each.write(session)
    return {capture.id: problems.get(capture.id) for capture in captures}


def _targets(session: Session, slug: str, captures: Sequence[Row[Any]]) -> dict[str, _Held]:
    """The targets of these captures by address, each with the notifications whose current revision cites it."""
    at = min(capture.fetched_at for capture in captures)
    rows, _ = ensure_targets(session, slug, "attachment", [capture.target_url for capture in captures], at)
    targets = {url: _Held(row.id, row.first_seen_at, row.newest_at, row.sha256) for url, row in rows.items()}
    held = {target.id: target for target in targets.values()}
    met: dict[int, _Citing] = {}
    for target_id, *found in session.execute(_CITING, {"numbers": list(held)}):
        citing = _Citing(*found)
        held[target_id].citing.append(met.setdefault(citing.notification_id, citing))
    return targets


def _problem(capture: Row[Any]) -> str | None:
    if capture.status != 200:
        return f"{capture.url}: status {capture.status}, expected 200"
    return None if capture.size else f"{capture.url}: an empty body, expected a document"


def _hold(session: Session, captures: Sequence[Row[Any]], targets: Mapping[str, _Held], now: datetime) -> list[Changes]:
    """Hold the documents that these captures brought; returns the changes that they make."""
    read = _with_pages(session, {capture.sha256 for capture in captures if capture.sha256})
    held: dict[int, dict[str, Any]] = {}
    named: dict[tuple[int, int], dict[str, Any]] = {}
    made: list[Changes] = []
    stale: set[int] = set()
    for capture in captures:
        target = targets[capture.target_url]
        late = target.is_late(capture)
        replaced = target.sha256 is not None and target.sha256 != capture.sha256 and not late
        if not late:
            held[target.id] = _note_held(target, capture, now)
        changes = Changes(capture.cause, capture.fetched_at, capture.id)
        for each in () if late else target.citing:
            is_other = each.documents.get(capture.target_url, capture.sha256) != capture.sha256
            each.documents = each.documents | {capture.target_url: capture.sha256}
            if replaced or is_other:
                _revise_for_bytes(session, each, capture, changes)
            else:
                named[each.notification_id, each.revision] = each.documents
        if replaced or capture.sha256 in read:
            stale.update(each.notification_id for each in target.citing)
        made.append(changes)
    _write(session, held, named)
    reindex(session, stale)
    return made


def _note_held(target: _Held, capture: Row[Any], now: datetime) -> dict[str, Any]:
    """What is to be written of a target whose document has come."""
    target.newest_at, target.sha256 = capture.fetched_at, capture.sha256
    return {
        "number": target.id,
        "at": capture.fetched_at,
        "capture": capture.id,
        "body": capture.sha256,
        "status": capture.status,
        "tried_at": now,
        "again_at": asked_at(capture.target_url, reread_at(target.first_seen_at, now)),
    }


def _write(
    session: Session, held: Mapping[int, dict[str, Any]], named: Mapping[tuple[int, int], dict[str, Any]]
) -> None:
    if held:
        session.execute(_HOLD, list(held.values()))
    if named:
        rows = [
            {"notification": number, "place": revision, "held": documents}
            for (number, revision), documents in named.items()
        ]
        session.execute(_NAME_DOCUMENTS, rows)


def _with_pages(session: Session, blobs: Collection[str]) -> set[str]:
    """Those of the blobs whose text is known already."""
    return set(session.scalars(_WITH_PAGES, {"blobs": list(blobs)}))


def _revise_for_bytes(session: Session, citing: _Citing, capture: Row[Any], changes: Changes) -> None:
    row = session.get_one(NotificationRow, citing.notification_id)
    current = session.get_one(Revision, (row.id, row.revision))
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
    session.add(
        Revision(
            notification_id=row.id,
            number=newest + 1,
            content_hash=current.content_hash,
            hash_version=current.hash_version,
            record=current.record,
            documents=citing.documents,
            capture_id=capture.id,
            at=capture.fetched_at,
            cause=capture.cause,
            method="attachment",
            score=1.0,
            parser_version=current.parser_version,
        )
    )
    row.revision = citing.revision = newest + 1
    session.flush()
    changes.add("revised", row.id, row.revision)


def _close(session: Session, captures: Sequence[Row[Any]], problems: Mapping[int, str]) -> None:
    """Done or failed, each with its place in the journal; the places are taken last."""
    first = take(session, "journal", len(captures))
    rows = [
        {
            "capture": capture.id,
            "end": "failed" if capture.id in problems else "done",
            "why": problems.get(capture.id),
            "is_healthy": None if capture.id in problems else True,
            "place": place,
        }
        for place, capture in enumerate(captures, start=first)
    ]
    session.execute(_CLOSE, rows)
