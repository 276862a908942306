"""A human's word that what a held listing does not show is really gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import NotificationRow, Sighting, Target
from archive.indexing import reindex
from archive.listed import accept_missing
from archive.presence import SourceFacts, count_absence, day_of, missing_of, shown_by
from archive.tables import Capture
from archive.targets import ensure_target, lock_source


def accept_absences(session: Session, facts: SourceFacts, capture_id: int, at: datetime) -> int:
    """A human's word that what a held capture does not show is really gone; returns how many were withdrawn."""
    lock_source(session, facts.slug)
    capture = session.get_one(Capture, capture_id)
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, at)
    shown = shown_by(session, target.id)
    absent = [row for row in shown if _was_absent(session, row, target)]
    oldest = _oldest_of([row for row in shown if row not in absent])
    changes = Changes("human", capture.fetched_at, capture.id)
    count = count_absence(facts, missing_of(absent, (), oldest), oldest, capture.fetched_at, changes, at_once=True)
    left = accept_missing(session, facts, target.id, changes)
    target.held_reason, target.state = None, "read"
    capture.healthy = True
    session.flush()
    reindex(session, left.touched.union(row.id for row in absent))
    changes.write(session)
    return count + left.withdrawn


def _oldest_of(rows: Sequence[NotificationRow]) -> date | None:
    return min((day for row in rows if (day := day_of(row)) is not None), default=None)


def _was_absent(session: Session, row: NotificationRow, target: Target) -> bool:
    still = select(Sighting.id).where(
        Sighting.notification_id == row.id, Sighting.target_id == target.id, Sighting.last_at.is_(None)
    )
    return session.scalar(still) is None
