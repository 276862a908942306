"""What a source's listings and bulletins point to: which is to be asked, whose text is to be taken, and the books."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from archive.derived import Attachment, Document, Target
from archive.statements import Statements
from archive.tables import plain
from archive.targets import is_due

_TARGETS, _ATTACHMENTS, _DOCUMENTS = plain(Target), plain(Attachment), plain(Document)
_OURS = _TARGETS.c.source == bindparam("source")
_IS_DOCUMENT = _TARGETS.c.role == "attachment"
_IS_PAGE = _TARGETS.c.role.in_(("detail", "older"))
_OUR_LINKS = and_(_OURS, _TARGETS.c.role != "listing")
_DUE = is_due(bindparam("now"))
_CITED = or_(
    _TARGETS.c.role == "detail",
    exists().where(_ATTACHMENTS.c.target_id == _TARGETS.c.id, _ATTACHMENTS.c.cited.is_(True)),
)
_FAILED_BEFORE = and_(_DOCUMENTS.c.state != "done", _DOCUMENTS.c.extractor != bindparam("extractor"))
_WAITING = (
    select(_DOCUMENTS.c.sha256)
    .join(_TARGETS, _TARGETS.c.sha256 == _DOCUMENTS.c.sha256)
    .where(_OURS, or_(_DOCUMENTS.c.state == "waiting", _FAILED_BEFORE))
)
_TO_FETCH = (
    select(*(_TARGETS.c[name] for name in "id source role url moved_to facts sha256 confirmed_polls".split()))
    .where(_OURS, _IS_DOCUMENT, _DUE)
    .order_by(_TARGETS.c.next_check_at, _TARGETS.c.id)
    .limit(bindparam("most"))
)
_PAGES = (
    select(_TARGETS.c.id)
    .where(_OURS, _IS_PAGE, _DUE)
    .order_by(_TARGETS.c.role.desc(), _TARGETS.c.newest_at.is_not(None), _TARGETS.c.next_check_at, _TARGETS.c.id)
    .limit(bindparam("most"))
)
_TO_READ = _WAITING.distinct().order_by(_DOCUMENTS.c.sha256)
_GIVEN_UP = and_(_TARGETS.c.sha256.is_(None), _TARGETS.c.next_check_at.is_(None))
_COUNTED = (
    func.count().filter(_CITED).label("links"),
    func.count(_TARGETS.c.sha256).filter(_CITED).label("held"),
    func.count().filter(_CITED, _GIVEN_UP).label("given_up"),
)
_LINKS = select(*_COUNTED).where(_OUR_LINKS)
_WORK = select(
    *_COUNTED,
    func.count().filter(_IS_DOCUMENT, _DUE).label("to_fetch"),
    func.count().filter(_IS_PAGE, _DUE).label("pages_due"),
    _WAITING.exists().label("to_read"),
).where(_OUR_LINKS)
_LINKS_WAIT = exists().where(
    _TARGETS.c.id.in_(bindparam("listings", expanding=True)), _TARGETS.c.links_wait.is_not(None)
)
_LAST_TURNS = select(
    func.max(_TARGETS.c.last_tried_at).filter(_IS_DOCUMENT).label("of_documents"),
    func.max(_TARGETS.c.last_tried_at).filter(_IS_PAGE).label("of_pages"),
).where(_OURS, _LINKS_WAIT)
_SOME_LINKS = select(_TARGETS.c.id, _TARGETS.c.sha256, _GIVEN_UP).where(
    _OURS, _CITED, _TARGETS.c.id.in_(bindparam("ids", expanding=True))
)


_CITING = select(_ATTACHMENTS.c.notification_id).where(
    _ATTACHMENTS.c.target_id.in_(bindparam("ids", expanding=True)), _ATTACHMENTS.c.cited.is_(True)
)
_PLACES = (
    select(
        _ATTACHMENTS.c.target_id,
        func.row_number()
        .over(partition_by=_ATTACHMENTS.c.notification_id, order_by=_ATTACHMENTS.c.target_id)
        .label("place"),
    )
    .where(_ATTACHMENTS.c.cited.is_(True), _ATTACHMENTS.c.notification_id.in_(_CITING))
    .subquery()
)
_BEYOND = (
    select(_PLACES.c.target_id)
    .where(_PLACES.c.target_id.in_(bindparam("ids", expanding=True)))
    .group_by(_PLACES.c.target_id)
    .having(func.min(_PLACES.c.place) > bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class LinkWork:
    """Whether pages or documents of a source are to be fetched, texts to be taken, and the books before that."""

    pages_due: bool
    to_fetch: bool
    to_read: bool
    links: dict[str, int]


@dataclass(frozen=True, slots=True)
class DueDocument:
    """The target of a document that is to be asked; `sha256` is the blob that is held of it, if any."""

    id: int
    source: str
    role: str
    url: str
    moved_to: str | None
    facts: Mapping[str, str]
    sha256: str | None
    confirmed_polls: int


def link_work(within: Statements, source: str, now: datetime, extractor: str) -> LinkWork:
    """What there is to do for what a source points to."""
    found = within.execute(_WORK, {"source": source, "now": now, "extractor": extractor}).one()
    books = _books(found.links, found.held, found.given_up)
    return LinkWork(bool(found.pages_due), bool(found.to_fetch), bool(found.to_read), books)


def documents_go_first(session: Session, source: str, listing_ids: Collection[int]) -> bool:
    """Whether what these listings point to waits for its host, where a page of the source was asked last."""
    last = session.execute(_LAST_TURNS, {"source": source, "listings": list(listing_ids)}).one()
    return last.of_pages is not None and (last.of_documents is None or last.of_documents < last.of_pages)


def due_pages(session: Session, source: str, now: datetime, most: int) -> list[int]:
    """The older pages and the details of a source that are to be asked: older pages, then what was never read."""
    return list(session.scalars(_PAGES, {"source": source, "now": now, "most": most}))


def due_attachments(session: Session, source: str, now: datetime, most: int) -> list[DueDocument]:
    """At most so many documents of a source that are to be asked now, longest overdue first."""
    return [DueDocument(*row) for row in session.execute(_TO_FETCH, {"source": source, "now": now, "most": most})]


def beyond_most(session: Session, target_ids: Collection[int], most: int) -> set[int]:
    """Those of the documents that every bulletin which cites them cites only after `most` others."""
    return set(session.scalars(_BEYOND, {"ids": sorted(target_ids), "most": most})) if target_ids else set()


def waiting_documents(session: Session, source: str, extractor: str) -> list[str]:
    """The documents of a source whose text was never taken, or failed with another extractor."""
    return list(session.scalars(_TO_READ, {"source": source, "extractor": extractor}))


def link_books(session: Session, source: str, read: Collection[int], failed: Collection[int]) -> dict[str, int]:
    """The books of the links: cited = known + read + waiting + failed. `read` and `failed` are this run's targets.

    What is not held and not asked any more, gone for good or passed over, has failed in every run.
    """
    books = _books(*session.execute(_LINKS, {"source": source}).one())
    asked = sorted({*read, *failed})
    for number, sha256, is_given_up in session.execute(_SOME_LINKS, {"source": source, "ids": asked}):
        books["known" if sha256 else "failed" if is_given_up else "waiting"] -= 1
        books["failed" if number in failed else "read"] += 1
    return books


def _books(links: int, held: int, given_up: int) -> dict[str, int]:
    return {"links": links, "known": held, "read": 0, "waiting": links - held - given_up, "failed": given_up}
