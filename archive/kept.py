"""What is kept as it came, for readers: captures by number, and who cites a blob."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.derived import AccountRow, Attachment, DocumentPage, Quarantined, Revision, Target
from archive.tables import Capture, Identity

SHOWN = (
    *("source", "role", "target_url", "url", "fetched_at", "archived_at", "via", "cause", "status", "headers"),
    *("sha256", "size", "state", "reason", "parser_version", "redirected_from", "repeats"),
)
BOOKS = ("seen", "new", "revised", "unchanged", "repeated", "quarantined", "withdrawn", "attachments")
MOST_GIVEN = 500
"""So many of the revisions, and of the entries in quarantine, that a capture gave are named."""


def captures(session: Session, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """Captures by number: `id` and the fields of SHOWN; headers as they came, in their order."""
    rows = session.scalars(select(Capture).where(Capture.id.in_(sorted(set(numbers)))))
    return {row.id: {"id": row.id, **{name: getattr(row, name) for name in SHOWN}} for row in rows}


def outcome(session: Session, number: int) -> dict[str, Any]:
    """What a capture gave: its books (`accounts`, None where it was not settled), `revisions`, `quarantine`.

    A revision has `notification`, `revision`, `cause` and its `title`; an entry that a parser could not read, in this
    capture first or last, `what`, `reason` and `state`. Each at most MOST_GIVEN, in the order in which they were kept;
    `more` names those of which there are more.
    """
    books = session.get(AccountRow, number)
    revisions = (
        select(Identity.public_id, Revision.number, Revision.cause, Revision.record)
        .join(Identity, Identity.notification_id == Revision.notification_id)
        .where(Revision.capture_id == number)
        .order_by(Revision.notification_id, Revision.number)
        .limit(MOST_GIVEN + 1)
    )
    held = (
        select(Quarantined.what, Quarantined.reason, Quarantined.state)
        .join(Capture, Capture.id == number)
        .where(Quarantined.source == Capture.source)
        .where(or_(Quarantined.capture_id == number, Quarantined.last_capture_id == number))
        .order_by(Quarantined.id)
        .limit(MOST_GIVEN + 1)
    )
    gave = {
        "revisions": [
            {"notification": public_id, "revision": revision, "cause": cause, "title": record["title"]}
            for public_id, revision, cause, record in session.execute(revisions)
        ],
        "quarantine": [dict(row._mapping) for row in session.execute(held)],
    }
    return {
        "accounts": books and {name: getattr(books, name) for name in BOOKS},
        **{name: rows[:MOST_GIVEN] for name, rows in gave.items()},
        "more": [name for name, rows in gave.items() if len(rows) > MOST_GIVEN],
    }


def attachment_url(session: Session, sha256: str) -> str | None:
    """An address of a document with these bytes that a bulletin cites or has cited; None where none does.

    Bytes that were replaced since are had by the capture that brought them.
    """
    citing = select(Target.url).join(Attachment, Attachment.target_id == Target.id).where(Target.sha256 == sha256)
    return session.scalar(citing.order_by(Target.id).limit(1))


def has_page(session: Session, sha256: str, number: int) -> bool:
    """Whether the text of that page of a document is held, which is so for every page that was found in it."""
    found = select(DocumentPage.page).where(DocumentPage.sha256 == sha256, DocumentPage.page == number)
    return session.scalar(found) is not None
