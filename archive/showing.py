"""One notification with all that is known of it, for reading and citing."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from archive.reading import documents, history, notification, number_of, sightings


def shown(session: Session, public_id: str) -> dict[str, Any]:
    """The record, its revisions, its sightings and its attachments. Raises NotFound."""
    number = number_of(session, public_id)
    return {
        **notification(session, number),
        "revisions": history(session, number),
        "sightings": sightings(session, number),
        "documents": documents(session, number),
    }
