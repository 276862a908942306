"""What of a notification is searchable: its current revision and the pages of the documents it cites."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.derived import Attachment, DocumentPage, NotificationRow, Revision, Target
from archive.search import SearchEntry, index


def reindex(session: Session, notification_id: int) -> None:
    """Bring the search index in line with a notification's present state; the caller commits."""
    row = session.get_one(NotificationRow, notification_id)
    record = session.get_one(Revision, (row.id, row.revision)).record
    facets = {
        "source": [row.source],
        "state": [row.state],
        "level": [record["level"]] if record["level"] else [],
        "region": [record["region"].casefold()] if record["region"] else [],
        "issuer": record["issuers"],
    }
    pages = [text for _, _, text in pages_of(session, notification_id)]
    index(session, SearchEntry(row.id, row.issued_sort, record["title"] or "", record["text"], pages, facets))


def pages_of(session: Session, notification_id: int) -> list[tuple[str, int, str]]:
    """Address, page number and text of every page of the documents that a notification cites."""
    found = session.execute(
        select(Target.url, DocumentPage.page, DocumentPage.text)
        .join(Attachment, Attachment.target_id == Target.id)
        .join(DocumentPage, DocumentPage.sha256 == Target.sha256)
        .where(Attachment.notification_id == notification_id, Attachment.cited.is_(True))
        .order_by(Target.id, DocumentPage.page)
    )
    return [(url, page, text) for url, page, text in found]
