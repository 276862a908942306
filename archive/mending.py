"""A quarantined entry or document with the capture that has it: what a maintainer needs to mend its parser."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from archive.blobs import Blobs
from archive.derived import Quarantined
from archive.journal import body_of
from archive.tables import Capture


def failing(session: Session, number: int) -> dict[str, Any] | None:
    """The quarantine row of that number and its latest capture, None where there is no such row.

    `capture` is the latest that shows it, `first_capture` the one that it was met in.
    """
    row = session.get(Quarantined, number)
    if row is None:
        return None
    capture = session.get_one(Capture, row.last_capture_id)
    return {
        "id": row.id,
        "source": row.source,
        "what": row.what,
        "state": row.state,
        "reason": row.reason,
        "entry": None if row.position is None else row.position + 1,
        "url": capture.url,
        "at": capture.fetched_at,
        "capture": capture.id,
        "first_capture": row.capture_id,
        "role": capture.role,
        "status": capture.status,
        "headers": capture.headers,
        "facts": capture.facts,
        "size": capture.size,
        "sha256": capture.sha256,
        "parser": row.parser_version,
        "raw": row.raw,
    }


def capture_as_saved(session: Session, blobs: Blobs, number: int) -> tuple[Capture, bytes] | None:
    """A capture with its body, None where there is no such capture or no body. Raises CorruptBlob."""
    capture = session.get(Capture, number)
    if capture is None or capture.sha256 is None:
        return None
    return capture, body_of(session, blobs, capture.sha256)
