"""The documents that notifications cite: wanted, held, replaced, missing; and their text, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, insert, select, update
from sqlalchemy.orm import Session

from archive.derived import Attachment, Document, DocumentPage, Target
from archive.indexing import reindex
from archive.journal import record_check
from archive.tables import Capture, plain
from archive.targets import ensure_target, ensure_targets, lock_source
from archive.upsert import insert_all_once

_ATTACHMENTS, _DOCUMENTS, _TARGETS = plain(Attachment), plain(Document), plain(Target)
_NOTED = select(_DOCUMENTS.c.sha256).where(_DOCUMENTS.c.sha256.in_(bindparam("blobs", expanding=True)))
_KNOWN = select(_ATTACHMENTS).where(_ATTACHMENTS.c.notification_id.in_(bindparam("numbers", expanding=True)))
_CITE = insert(_ATTACHMENTS)
_CITE_ANEW = (
    update(_ATTACHMENTS)
    .where(
        _ATTACHMENTS.c.notification_id == bindparam("notification"),
        _ATTACHMENTS.c.target_id == bindparam("target"),
    )
    .values(title=bindparam("words"), cited=bindparam("is_cited"), recognised=bindparam("known_as"))
)


_IS_GIVEN_UP = (_TARGETS.c.next_check_at.is_(None), _TARGETS.c.gone_looks > 0)
_ASK_AGAIN = (
    update(_TARGETS)
    .where(_TARGETS.c.id.in_(bindparam("ids", expanding=True)), *_IS_GIVEN_UP)
    .values(
        next_check_at=bindparam("at"),
        failures=0,
        gone_looks=0,
        state=case((_TARGETS.c.sha256.is_(None), "wanted"), else_=_TARGETS.c.state),
    )
)
"""A document that was given up is asked as a new one is when another bulletin cites it: it may be there by now."""


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page of a document, and how it was had."""

    page: int
    text: str
    how: str


def cite(
    session: Session, capture: Capture, current: Sequence[Row[Any]], recognised: Mapping[str, Mapping[str, Any]]
) -> int:
    """Bring citations in line with these current revisions; returns how many documents are new to us.

    `recognised` says by address which of them are known by sight.
    """
    if not current:
        return 0
    cited = {row.id: row.record["attachments"] for row in current}
    urls = list(dict.fromkeys(item["url"] for items in cited.values() for item in items))
    targets, met = ensure_targets(session, capture.source, "attachment", urls, capture.fetched_at)
    ensure_documents(session, {target.sha256 for target in targets.values() if target.sha256})
    stated = {
        (number, targets[item["url"]].id): (item["title"], recognised.get(item["url"]))
        for number, items in cited.items()
        for item in items
    }
    anew = _write_citations(session, cited, stated)
    if anew and capture.cause == "capture":
        session.execute(_ASK_AGAIN, {"ids": sorted(anew), "at": capture.fetched_at})
    return met


def _write_citations(
    session: Session, numbers: Collection[int], stated: Mapping[tuple[int, int], tuple[str, Mapping[str, Any] | None]]
) -> set[int]:
    """The citations of these notifications: what is no longer cited stays, marked so. Gives what is cited anew.

    `stated` is the title and what is known by sight, by notification and target.
    """
    known = {(row.notification_id, row.target_id): row for row in session.execute(_KNOWN, {"numbers": sorted(numbers)})}
    fresh = [
        {"notification_id": number, "target_id": target_id, "title": title, "cited": True, "recognised": known_as}
        for (number, target_id), (title, known_as) in stated.items()
        if (number, target_id) not in known
    ]
    changed = [
        {"notification": row.notification_id, "target": row.target_id, "words": found[0]}
        | {"is_cited": pair in stated, "known_as": found[1]}
        for pair, row in known.items()
        if (found := stated.get(pair, (row.title, row.recognised))) != (row.title, row.recognised)
        or row.cited != (pair in stated)
    ]
    if fresh:
        session.execute(_CITE, fresh)
    if changed:
        session.execute(_CITE_ANEW, changed)
    return {
        target_id
        for number, target_id in stated
        if (number, target_id) not in known or not known[number, target_id].cited
    }


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
    there = set(session.scalars(_NOTED, {"blobs": list(blobs)}))
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
