"""What of a notification is searchable: its current revision and the pages of the documents it cites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import Session

from archive.derived import Attachment, DocumentPage, NotificationRow, Revision, Target
from archive.facet_values import note_values
from archive.search import SearchEntry, index_all
from archive.tables import plain

_ROWS, _REVISIONS, _TARGETS = plain(NotificationRow), plain(Revision), plain(Target)
_ATTACHMENTS, _DOCUMENT_PAGES = plain(Attachment), plain(DocumentPage)
_CURRENT = (
    select(*(_ROWS.c[name] for name in ("id", "source", "state", "issued_sort", "issued_stated")), _REVISIONS.c.record)
    .join(_REVISIONS, and_(_REVISIONS.c.notification_id == _ROWS.c.id, _REVISIONS.c.number == _ROWS.c.revision))
    .where(_ROWS.c.id.in_(bindparam("numbers", expanding=True)))
    .order_by(_ROWS.c.id)
)
_PAGES = (
    select(_ATTACHMENTS.c.notification_id, _TARGETS.c.url, _DOCUMENT_PAGES.c.page, _DOCUMENT_PAGES.c.text)
    .join(_TARGETS, _TARGETS.c.id == _ATTACHMENTS.c.target_id)
    .join(_DOCUMENT_PAGES, _DOCUMENT_PAGES.c.sha256 == _TARGETS.c.sha256)
    .where(_ATTACHMENTS.c.notification_id.in_(bindparam("numbers", expanding=True)), _ATTACHMENTS.c.cited.is_(True))
    .order_by(_ATTACHMENTS.c.notification_id, _TARGETS.c.id, _DOCUMENT_PAGES.c.page)
)

_RECOGNISED = select(_ATTACHMENTS.c.notification_id, _ATTACHMENTS.c.recognised).where(
    _ATTACHMENTS.c.notification_id.in_(bindparam("numbers", expanding=True)),
    _ATTACHMENTS.c.cited.is_(True),
    _ATTACHMENTS.c.recognised.is_not(None),
)


STATED = {"attachment": "attachments", "threat-level": "threat_levels"}
"""What `has:` asks for, and the field of the record that is not empty then."""


def current_revisions(session: Session, notification_ids: Collection[int]) -> list[Row[Any]]:
    """Notifications with their current records, by number: `id, source, state, issued_sort, issued_stated, record`."""
    session.flush()
    return list(session.execute(_CURRENT, {"numbers": sorted(notification_ids)})) if notification_ids else []


def reindex(session: Session, notification_ids: Collection[int]) -> None:
    """Bring the search index in line with the present state of notifications; the caller commits."""
    index_current(session, current_revisions(session, notification_ids))


def index_current(session: Session, current: Sequence[Row[Any]]) -> None:
    """The same for notifications whose current records are at hand."""
    if not current:
        return
    pages: dict[int, list[str]] = {}
    for number, _url, _page, text in _pages(session, [row.id for row in current]):
        pages.setdefault(number, []).append(text)
    series: dict[int, set[str]] = {}
    for number, recognised in session.execute(_RECOGNISED, {"numbers": [row.id for row in current]}):
        series.setdefault(number, set()).add(recognised["series"])
    entries = [_entry(row, pages.get(row.id, []), sorted(series.get(row.id, ()))) for row in current]
    note_values(session, entries, {row.record["region"] for row in current if row.record["region"]})
    index_all(session, entries)


def _entry(row: Row[Any], pages: Sequence[str], series: Sequence[str]) -> SearchEntry:
    record = row.record
    facets = {
        "source": [row.source],
        "state": [row.state],
        "level": [record["level"]] if record["level"] else [],
        "region": [record["region"].casefold()] if record["region"] else [],
        "issuer": record["issuers"],
        "topic": record["topics"],
        "series": series,
        "year": [f"{row.issued_sort:%Y}"] if row.issued_stated else [],
        "has": [name for name, field in STATED.items() if record[field]],
    }
    return SearchEntry(row.id, row.issued_sort, record["title"] or "", record["text"], pages, facets)


def all_pages_of(session: Session, notification_ids: Collection[int]) -> dict[int, list[tuple[str, int, str]]]:
    """Address, page number and text of every page of the documents that notifications cite, by notification."""
    found: dict[int, list[tuple[str, int, str]]] = {}
    for number, url, page, text in _pages(session, notification_ids):
        found.setdefault(number, []).append((url, page, text))
    return found


def _pages(session: Session, notification_ids: Collection[int]) -> list[tuple[int, str, int, str]]:
    found = session.execute(_PAGES, {"numbers": sorted(notification_ids)})
    return [(number, url, page, text) for number, url, page, text in found]
