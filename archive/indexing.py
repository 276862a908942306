"""What of a notification is searchable: its current revision and the pages of the documents it cites."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.derived import Attachment, DocumentPage, NotificationRow, Revision, Target
from archive.search import SearchEntry, index_all


def current_revisions(session: Session, notification_ids: Collection[int]) -> list[tuple[NotificationRow, Revision]]:
    """Notifications with their current revisions, by number."""
    query = (
        select(NotificationRow, Revision)
        .join(
            Revision,
            (Revision.notification_id == NotificationRow.id) & (Revision.number == NotificationRow.revision),
        )
        .where(NotificationRow.id.in_(sorted(notification_ids)))
        .order_by(NotificationRow.id)
    )
    return [(row, revision) for row, revision in session.execute(query)] if notification_ids else []


def reindex(session: Session, notification_ids: Collection[int]) -> None:
    """Bring the search index in line with the present state of notifications; the caller commits."""
    if not notification_ids:
        return
    pages: dict[int, list[str]] = {}
    for number, _, _, text in _pages(session, notification_ids):
        pages.setdefault(number, []).append(text)
    current = current_revisions(session, notification_ids)
    index_all(session, [_entry(row, revision.record, pages.get(row.id, [])) for row, revision in current])


def _entry(row: NotificationRow, record: Mapping[str, Any], pages: Sequence[str]) -> SearchEntry:
    facets = {
        "source": [row.source],
        "state": [row.state],
        "level": [record["level"]] if record["level"] else [],
        "region": [record["region"].casefold()] if record["region"] else [],
        "issuer": record["issuers"],
    }
    return SearchEntry(row.id, row.issued_sort, record["title"] or "", record["text"], pages, facets)


def pages_of(session: Session, notification_id: int) -> list[tuple[str, int, str]]:
    """Address, page number and text of every page of the documents that a notification cites."""
    return [(url, page, text) for _, url, page, text in _pages(session, [notification_id])]


def _pages(session: Session, notification_ids: Collection[int]) -> list[tuple[int, str, int, str]]:
    found = session.execute(
        select(Attachment.notification_id, Target.url, DocumentPage.page, DocumentPage.text)
        .join(Target, Target.id == Attachment.target_id)
        .join(DocumentPage, DocumentPage.sha256 == Target.sha256)
        .where(Attachment.notification_id.in_(sorted(notification_ids)), Attachment.cited.is_(True))
        .order_by(Attachment.notification_id, Target.id, DocumentPage.page)
    )
    return [(number, url, page, text) for number, url, page, text in found]
