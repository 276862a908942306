"""A listing that did not change, or that could not be read: both are facts to keep, neither removes anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive import quarantine
from archive.changes import Changes
from archive.derived import AccountRow, NotificationRow, Sighting, Target
from archive.indexing import reindex
from archive.journal import close_capture, record_check
from archive.presence import SourceFacts, count_absence, day_of, missing_of, shown_by, size_notice
from archive.settle import Accounts, Settled
from archive.tables import Capture
from archive.targets import ensure_target, lock_source

BOOKS = ("seen", "new", "revised", "unchanged", "repeated", "quarantined", "withdrawn", "attachments")


def confirm(session: Session, facts: SourceFacts, capture_id: int, at: datetime, kind: str, cause: str) -> Settled:
    """The page still is what capture `capture_id` holds, asked at `at`: one slim row, and one more look for absence."""
    lock_source(session, facts.slug)
    changes = Changes(cause, at, capture_id)
    settled = _look_again(session, facts, session.get_one(Capture, capture_id), changes)
    record_check(session, capture_id, at, kind, cause)
    changes.write(session)
    return settled


class Overtaken(Exception):
    """Another capture of the page was settled after this one had been compared with the newest: compare it again."""


def settle_repeat(session: Session, facts: SourceFacts, capture_id: int, of: int, region_hash: str) -> Settled | None:
    """A response that differs from capture `of` only outside the region: kept, not parsed, one more look."""
    lock_source(session, facts.slug)
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is None or capture.state != "pending":
        return None
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    if target.capture_id != of or (target.newest_at is not None and capture.fetched_at < target.newest_at):
        raise Overtaken(
            f"capture {capture_id}: no longer a repeat of the newest reading, expected capture {of} to be it"
        )
    earlier = session.get_one(Capture, of)
    found: dict[str, Any] = {"region_hash": region_hash, "healthy": earlier.healthy}
    found["repeats"] = earlier.repeats or earlier.id
    changes = Changes(capture.cause, capture.fetched_at, capture.id)
    settled = _look_again(session, facts, earlier, changes, capture)
    books = books_of(session, of) | {"withdrawn": settled.accounts.withdrawn}
    session.execute(insert(AccountRow).values(capture_id=capture.id, **books))
    close_capture(session, capture.id, "done", parser_version=facts.parser_version, **found)
    changes.write(session)
    return settled


def settle_failure(session: Session, facts: SourceFacts, capture_id: int, reason: str, *, keep: bool) -> Settled | None:
    """A capture that says nothing (blocked, broken, an error): failed, with the reason; `keep` quarantines it."""
    lock_source(session, facts.slug)
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is None or capture.state != "pending":
        return None
    if keep:
        quarantine.hold_document(session, facts, capture, reason)
    close_capture(session, capture.id, "failed", reason, parser_version=facts.parser_version, healthy=False)
    return Settled(Accounts(errors=1), reason, losses=True)


def settle_hop(session: Session, capture_id: int) -> None:
    """A redirect says nothing itself; it is done when it is kept."""
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is not None and capture.state == "pending":
        close_capture(session, capture.id, "done", "redirect", healthy=False)


def books_of(session: Session, capture_id: int) -> dict[str, Any]:
    """The books of a further look at an unchanged page: what was read then is unchanged now."""
    row = session.get(AccountRow, capture_id)
    if row is None:
        return dict.fromkeys(BOOKS, 0)
    read = row.new + row.revised + row.unchanged
    return dict.fromkeys(BOOKS, 0) | {
        "seen": row.seen,
        "unchanged": read,
        "repeated": row.repeated,
        "quarantined": row.quarantined,
    }


def _look_again(
    session: Session, facts: SourceFacts, earlier: Capture, changes: Changes, now_in: Capture | None = None
) -> Settled:
    target, _ = ensure_target(session, facts.slug, earlier.role, earlier.target_url, changes.at)
    accounts = Accounts(**books_of(session, earlier.id))
    if target.newest_at is not None and changes.at >= target.newest_at:
        accounts.withdrawn = _count_absences(session, facts, target, earlier, changes)
        target.newest_at = target.confirmed_at = changes.at
        if now_in is not None:
            target.capture_id, target.sha256 = now_in.id, now_in.sha256
    session.flush()
    notice = target.held_reason or (size_notice(facts, accounts.seen) if accounts.seen else None)
    return Settled(accounts, notice, losses=accounts.quarantined > 0, held=target.held_reason is not None)


def _count_absences(session: Session, facts: SourceFacts, target: Target, earlier: Capture, changes: Changes) -> int:
    if not earlier.healthy:
        return 0
    absent = shown_by(session, target, NotificationRow.absences > 0)
    if not absent:
        return 0
    oldest = _oldest(session, target)
    count = count_absence(facts, missing_of(absent, (), oldest), oldest, changes.at, changes)
    session.flush()
    reindex(session, [row.id for row in absent])
    return count


def _oldest(session: Session, target: Target) -> date | None:
    rows = session.scalars(
        select(NotificationRow)
        .join(Sighting, Sighting.notification_id == NotificationRow.id)
        .where(Sighting.target_id == target.id, Sighting.last_at.is_(None))
    )
    return min((day for row in rows if (day := day_of(row)) is not None), default=None)
