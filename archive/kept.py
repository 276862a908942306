"""What is kept as it came, for readers: captures by number, and who cites a blob."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.derived import Attachment, DocumentPage, Target
from archive.tables import Capture

SHOWN = (
    *("source", "role", "target_url", "url", "fetched_at", "archived_at", "via", "cause", "status", "headers"),
    *("sha256", "size", "state", "reason", "parser_version", "redirected_from", "repeats"),
)


def captures(session: Session, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """Captures by number: `id` and the fields of SHOWN; headers as they came, in their order."""
    rows = session.scalars(select(Capture).where(Capture.id.in_(sorted(set(numbers)))))
    return {row.id: {"id": row.id, **{name: getattr(row, name) for name in SHOWN}} for row in rows}


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
