"""The documents that notifications cite: wanted, held, replaced, missing; and their text, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import Attachment, Document, DocumentPage, NotificationRow, Revision, Target
from archive.indexing import reindex
from archive.journal import close_capture
from archive.notifications import cited_by
from archive.tables import Capture
from archive.targets import ensure_target, lock_source, note_answer, note_missing, reread_at
from archive.upsert import insert_once


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page of a document, and how it was had."""

    page: int
    text: str
    how: str


def cite(session: Session, capture: Capture, notification_id: int) -> int:
    """Bring a notification's citations in line with its current revision; returns how many documents are new to us."""
    row = session.get_one(NotificationRow, notification_id)
    record = session.get_one(Revision, (row.id, row.revision)).record
    session.execute(update(Attachment).where(Attachment.notification_id == row.id).values(cited=False))
    met = 0
    for item in record["attachments"]:
        target, new = ensure_target(session, row.source, "attachment", item["url"], capture.fetched_at)
        met += new
        _cite_one(session, row.id, target.id, item["title"])
        if target.sha256:
            ensure_document(session, target.sha256)
    return met


def _cite_one(session: Session, notification_id: int, target_id: int, title: str) -> None:
    there = session.get(Attachment, (notification_id, target_id), populate_existing=True)
    if there is None:
        session.add(Attachment(notification_id=notification_id, target_id=target_id, title=title, cited=True))
    else:
        there.title, there.cited = title, True
    session.flush()


def settle_attachment(session: Session, slug: str, capture_id: int, now: datetime) -> bool | None:
    """Write what the arrival of a document changes; whether it was held, None if somebody else settled it.

    Its first arrival is no revision; other bytes than before are one of each notification that cites it.
    """
    lock_source(session, slug)
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is None or capture.state != "pending":
        return None
    target, _ = ensure_target(session, slug, "attachment", capture.target_url, capture.fetched_at)
    if capture.status != 200:
        return _miss(session, capture, target, f"{capture.url}: status {capture.status}, expected 200", now)
    if not capture.size:
        return _miss(session, capture, target, f"{capture.url}: an empty body, expected a document", now)
    _hold(session, capture, target, now)
    return True


def _miss(session: Session, capture: Capture, target: Target, reason: str, now: datetime) -> bool:
    note_missing(session, target, now, reason)
    target.last_status = capture.status
    session.flush()
    close_capture(session, capture.id, "failed", reason)
    return False


def _hold(session: Session, capture: Capture, target: Target, now: datetime) -> None:
    late = target.newest_at is not None and capture.fetched_at < target.newest_at
    changes = Changes(capture.cause, capture.fetched_at, capture.id)
    replaced = target.sha256 is not None and target.sha256 != capture.sha256 and not late
    if capture.sha256:
        ensure_document(session, capture.sha256)
    if not late:
        target.newest_at = target.confirmed_at = capture.fetched_at
        target.capture_id, target.sha256, target.state = capture.id, capture.sha256, "held"
        note_answer(session, target, now, capture.status, reread_at(target.first_seen_at, now))
    for number in cited_by(session, target.id):
        if replaced:
            _revise_for_bytes(session, number, capture, changes)
        elif not late:
            _note_bytes(session, number, capture)
        reindex(session, number)
    close_capture(session, capture.id, "done", healthy=True)
    changes.write(session)


def _note_bytes(session: Session, notification_id: int, capture: Capture) -> None:
    """The first arrival of a document completes the revision that cites it."""
    row = session.get_one(NotificationRow, notification_id)
    current = session.get_one(Revision, (row.id, row.revision))
    current.documents = dict(current.documents) | {capture.target_url: capture.sha256}
    session.flush()


def _revise_for_bytes(session: Session, notification_id: int, capture: Capture, changes: Changes) -> None:
    row = session.get_one(NotificationRow, notification_id)
    current = session.get_one(Revision, (row.id, row.revision))
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
    documents = dict(current.documents) | {capture.target_url: capture.sha256}
    session.add(
        Revision(
            notification_id=row.id,
            number=newest + 1,
            content_hash=current.content_hash,
            hash_version=current.hash_version,
            record=current.record,
            documents=documents,
            capture_id=capture.id,
            at=capture.fetched_at,
            cause=capture.cause,
            method="attachment",
            score=1.0,
            parser_version=current.parser_version,
        )
    )
    row.revision = newest + 1
    session.flush()
    changes.add("revised", row.id, row.revision)


def ensure_document(session: Session, sha256: str) -> None:
    """Note that a blob's text is wanted, once."""
    if session.get(Document, sha256) is None:
        insert_once(session, Document, sha256=sha256, state="waiting")


def waiting_documents(session: Session, extractor: str) -> list[str]:
    """The blobs whose text was never taken, or failed with another extractor."""
    failed_before: ColumnElement[bool] = and_(Document.state != "done", Document.extractor != extractor)
    return list(
        session.scalars(
            select(Document.sha256).where(or_(Document.state == "waiting", failed_before)).order_by(Document.sha256)
        )
    )


def store_text(
    session: Session, sha256: str, state: str, reason: str | None, extractor: str, pages: Sequence[Page]
) -> None:
    """Keep the text of a document and make it searchable with every notification that cites it."""
    document = session.get_one(Document, sha256)
    document.state, document.reason, document.extractor = state, reason, extractor
    session.execute(delete(DocumentPage).where(DocumentPage.sha256 == sha256))
    if pages:
        rows = [{"sha256": sha256, "page": page.page, "text": page.text, "how": page.how} for page in pages]
        session.execute(insert(DocumentPage), rows)
    session.flush()
    citing = (
        select(Attachment.notification_id)
        .join(Target, Target.id == Attachment.target_id)
        .where(Target.sha256 == sha256, Attachment.cited.is_(True))
        .distinct()
    )
    for number in session.scalars(citing).all():
        reindex(session, number)
