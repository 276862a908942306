"""The documents that notifications cite: wanted, held, replaced, missing; and their text, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import Attachment, Document, DocumentPage, NotificationRow, Revision, Target
from archive.indexing import current_revisions, reindex
from archive.journal import record_check, take
from archive.tables import Capture
from archive.targets import ensure_target, ensure_targets, lock_source, note_answer, note_missing, reread_at
from archive.upsert import insert_all_once


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page of a document, and how it was had."""

    page: int
    text: str
    how: str


def cite(session: Session, capture: Capture, notification_ids: Collection[int]) -> int:
    """Bring citations in line with current revisions; returns how many documents are new to us."""
    if not notification_ids:
        return 0
    cited = {row.id: revision.record["attachments"] for row, revision in current_revisions(session, notification_ids)}
    urls = list(dict.fromkeys(item["url"] for items in cited.values() for item in items))
    targets, met = ensure_targets(session, capture.source, "attachment", urls, capture.fetched_at)
    ensure_documents(session, {target.sha256 for target in targets.values() if target.sha256})
    there = session.scalars(select(Attachment).where(Attachment.notification_id.in_(sorted(cited))))
    known = {(each.notification_id, each.target_id): each for each in there}
    for each in known.values():
        each.cited = False
    for number, items in cited.items():
        for item in items:
            _cite_one(session, known, number, targets[item["url"]].id, item["title"])
    session.flush()
    return met


def _cite_one(
    session: Session, known: dict[tuple[int, int], Attachment], notification_id: int, target_id: int, title: str
) -> None:
    there = known.get((notification_id, target_id))
    if there is None:
        there = Attachment(notification_id=notification_id, target_id=target_id, title=title, cited=True)
        known[notification_id, target_id] = there
        session.add(there)
    else:
        there.title, there.cited = title, True


def settle_attachments(session: Session, slug: str, capture_ids: Sequence[int], now: datetime) -> dict[int, bool]:
    """Write what the arrival of documents changes; whether each was held, without those somebody else settled.

    A first arrival is no revision; other bytes than before are one of each notification that cites it.
    """
    lock_source(session, slug)
    captures = _still_pending(session, capture_ids)
    at = min((capture.fetched_at for capture in captures), default=now)
    targets, _ = ensure_targets(session, slug, "attachment", [capture.target_url for capture in captures], at)
    problems = {capture.id: problem for capture in captures if (problem := _problem(capture))}
    arrived = [capture for capture in captures if capture.id not in problems]
    ensure_documents(session, {capture.sha256 for capture in arrived if capture.sha256})
    changes = _hold(session, arrived, targets, now)
    for capture in captures:
        if capture.id in problems:
            note_missing(session, targets[capture.target_url], now, problems[capture.id])
            targets[capture.target_url].last_status = capture.status
    _close(session, captures, problems)
    for each in changes:
        each.write(session)
    return {capture.id: capture.id not in problems for capture in captures}


def _still_pending(session: Session, capture_ids: Sequence[int]) -> list[Capture]:
    query = select(Capture).where(Capture.id.in_(capture_ids), Capture.state == "pending").order_by(Capture.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _problem(capture: Capture) -> str | None:
    if capture.status != 200:
        return f"{capture.url}: status {capture.status}, expected 200"
    return None if capture.size else f"{capture.url}: an empty body, expected a document"


def _close(session: Session, captures: Sequence[Capture], problems: Mapping[int, str]) -> None:
    """Done or failed, each with its place in the journal; the places are taken last."""
    if not captures:
        return
    session.flush()
    first = take(session, "journal", len(captures))
    for place, capture in enumerate(captures, start=first):
        capture.settled, capture.reason = place, problems.get(capture.id)
        capture.state = "failed" if capture.reason else "done"
        capture.healthy = None if capture.reason else True
    session.flush()


def _hold(session: Session, captures: Sequence[Capture], targets: Mapping[str, Target], now: datetime) -> list[Changes]:
    """Hold the documents that these captures brought; returns the changes that they make."""
    citing = _citing(session, [targets[capture.target_url].id for capture in captures])
    read = _with_pages(session, {capture.sha256 for capture in captures if capture.sha256})
    made, stale = [], set()
    for capture in captures:
        target = targets[capture.target_url]
        late = target.newest_at is not None and capture.fetched_at < target.newest_at
        replaced = target.sha256 is not None and target.sha256 != capture.sha256 and not late
        if not late:
            _note_held(session, target, capture, now)
        changes = Changes(capture.cause, capture.fetched_at, capture.id)
        for row, revision in citing.get(target.id, ()):
            if replaced:
                _revise_for_bytes(session, row.id, capture, changes)
            elif not late:
                revision.documents = dict(revision.documents) | {capture.target_url: capture.sha256}
            if replaced or capture.sha256 in read:
                stale.add(row.id)
        made.append(changes)
    reindex(session, stale)
    return made


def _note_held(session: Session, target: Target, capture: Capture, now: datetime) -> None:
    target.newest_at = target.confirmed_at = capture.fetched_at
    target.capture_id, target.sha256, target.state = capture.id, capture.sha256, "held"
    note_answer(session, target, now, capture.status, reread_at(target.first_seen_at, now))


def _citing(session: Session, target_ids: Sequence[int]) -> dict[int, list[tuple[NotificationRow, Revision]]]:
    """The notifications whose current revision cites an attachment, by its target."""
    query = (
        select(Attachment.target_id, Attachment.notification_id)
        .where(Attachment.target_id.in_(target_ids), Attachment.cited.is_(True))
        .order_by(Attachment.target_id, Attachment.notification_id)
    )
    pairs = [(target_id, number) for target_id, number in session.execute(query)]
    current = {row.id: (row, revision) for row, revision in current_revisions(session, {number for _, number in pairs})}
    citing: dict[int, list[tuple[NotificationRow, Revision]]] = {}
    for target_id, number in pairs:
        citing.setdefault(target_id, []).append(current[number])
    return citing


def _with_pages(session: Session, blobs: Collection[str]) -> set[str]:
    """Those of the blobs whose text is known already."""
    return set(session.scalars(select(DocumentPage.sha256).where(DocumentPage.sha256.in_(list(blobs))).distinct()))


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


def confirm_document(session: Session, capture: Capture, at: datetime, kind: str, cause: str) -> Target:
    """A document still is what `capture` holds, asked at `at`: one slim row."""
    target, _ = ensure_target(session, capture.source, "attachment", capture.target_url, at)
    if target.newest_at is None or at >= target.newest_at:
        target.newest_at = target.confirmed_at = at
    session.flush()
    record_check(session, capture.id, at, kind, cause)
    return target


def ensure_documents(session: Session, blobs: Collection[str]) -> None:
    """Note that the text of these blobs is wanted, once."""
    if not blobs:
        return
    there = set(session.scalars(select(Document.sha256).where(Document.sha256.in_(list(blobs)))))
    wanted = [{"sha256": sha256, "state": "waiting"} for sha256 in sorted(set(blobs) - there)]
    insert_all_once(session, Document, wanted)


def store_text(
    session: Session, sha256: str, state: str, reason: str | None, extractor: str, pages: Sequence[Page]
) -> None:
    """Keep the text of a document and make it searchable with every notification that cites it.

    Under the locks of the sources that cite it: two processes may have read it at once.
    """
    citing_sources = select(Target.source).where(Target.sha256 == sha256).distinct().order_by(Target.source)
    for slug in session.scalars(citing_sources).all():
        lock_source(session, slug)
    document = session.get_one(Document, sha256, with_for_update=True)
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
    reindex(session, session.scalars(citing).all())
