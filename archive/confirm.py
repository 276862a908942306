"""A listing that did not change, or that could not be read: both are facts to keep, neither removes anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from archive import quarantine
from archive.changes import Changes
from archive.derived import AccountRow, Gap, Listed, NotificationRow, Sighting, Target
from archive.details import gone, note_older_page_lost
from archive.indexing import reindex
from archive.journal import add_check, close_capture
from archive.listed import look_again
from archive.presence import SourceFacts, count_absence, day_of, missing_of, shown_by, size_notice
from archive.settle import Accounts, Settled
from archive.statements import Statements, objects
from archive.tables import Capture, Check, plain
from archive.targets import NOTE_ANSWER, Answered, ensure_target, lock_known_source, lock_source, note_answered

BOOKS = ("seen", "new", "revised", "unchanged", "repeated", "quarantined", "withdrawn", "attachments")

_CAPTURES, _CHECKS, _TARGETS = plain(Capture), plain(Check), plain(Target)
_ACCOUNTS, _ROWS, _LISTED = plain(AccountRow), plain(NotificationRow), plain(Listed)
_ANY_ABSENT = exists().where(_ROWS.c.target_id == _TARGETS.c.id, _ROWS.c.state == "current", _ROWS.c.absences > 0)
_ANY_LEAVING = exists().where(
    _LISTED.c.listing_id == _TARGETS.c.id, _LISTED.c.absent_at.is_not(None), _LISTED.c.gone_at.is_(None)
)
_IS_CHECKED = exists().where(_CHECKS.c.capture_id == _CAPTURES.c.id, _CHECKS.c.at == bindparam("at"))
_EARLIER = (
    select(
        _CAPTURES.c.healthy,
        _TARGETS.c.id,
        _TARGETS.c.newest_at,
        _TARGETS.c.capture_id,
        _TARGETS.c.held_reason,
        _ANY_ABSENT.label("any_absent"),
        _ANY_LEAVING.label("any_leaving"),
        _IS_CHECKED.label("is_checked"),
        *(_ACCOUNTS.c[name] for name in BOOKS),
    )
    .join(
        _TARGETS,
        and_(
            *(
                _TARGETS.c[of] == _CAPTURES.c[by]
                for of, by in (("source", "source"), ("url", "target_url"), ("role", "role"))
            )
        ),
        isouter=True,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.capture_id == _CAPTURES.c.id, isouter=True)
    .where(_CAPTURES.c.id == bindparam("number"))
)
_STILL_SHOWN = (
    update(_TARGETS)
    .where(_TARGETS.c.id == bindparam("number"))
    .values(newest_at=bindparam("at"), confirmed_at=bindparam("at"))
)
_MOVED_ON = _STILL_SHOWN.values(capture_id=bindparam("capture"), sha256=bindparam("body"))
_SHOWN_IN_ANSWER = NOTE_ANSWER.values(newest_at=bindparam("at"), confirmed_at=bindparam("at"))


def confirm(within: Statements, facts: SourceFacts, capture_id: int, at: datetime, kind: str, cause: str) -> Settled:
    """The page still is what capture `capture_id` holds, asked at `at`: one slim row, and one more look for absence."""
    lock_known_source(within, facts.slug)
    return _confirm(within, facts, capture_id, _earlier(within, capture_id, at), at, kind, cause)


def confirm_newest(
    within: Statements, facts: SourceFacts, capture_id: int, at: datetime, kind: str, cause: str, answered: Answered
) -> Settled | None:
    """The same where the page was last seen as that very capture, and noted as answered; None where it moved on."""
    lock_known_source(within, facts.slug)
    earlier = _earlier(within, capture_id, at)
    if earlier.capture_id != capture_id:
        return None
    return _confirm(within, facts, capture_id, earlier, at, kind, cause, answered)


def _earlier(within: Statements, capture_id: int, at: datetime | None = None) -> Row[Any]:
    """What a capture came to, what is known of its target by now, and whether it was already confirmed at `at`."""
    return within.execute(_EARLIER, {"number": capture_id, "at": at}).one()


def _confirm(
    within: Statements,
    facts: SourceFacts,
    capture_id: int,
    earlier: Row[Any],
    at: datetime,
    kind: str,
    cause: str,
    answered: Answered | None = None,
) -> Settled:
    changes = Changes(cause, at, capture_id)
    settled = _look_again(within, facts, earlier, changes, answered=answered)
    if not earlier.is_checked:
        add_check(within, capture_id, at, kind, cause)
    changes.write(within)
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
    session.flush()
    settled = _look_again(session, facts, _earlier(session, of), changes, capture)
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
    gap = note_older_page_lost(session, capture) if capture.role == "older" else None
    return Settled(Accounts(errors=1), gap or reason, losses=True)


def settle_not_given(session: Session, facts: SourceFacts, capture_id: int, reason: str) -> Settled | None:
    """A capture that an archive lists and could not give: failed, with the reason, and a gap from the last reading."""
    lock_source(session, facts.slug)
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is None or capture.state != "pending":
        return None
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    at = capture.fetched_at
    since = min(target.confirmed_at or at, at)
    gap = {"source": capture.source, "since": since, "until": at, "reason": reason, "capture_id": capture.id}
    session.execute(insert(Gap).values(gap))
    close_capture(session, capture.id, "failed", reason, healthy=False)
    return Settled(Accounts(errors=1), reason, losses=True)


def settle_gone(session: Session, facts: SourceFacts, capture_id: int, reason: str) -> Settled | None:
    """A detail that answers 404 or 410, or says so itself: failed, with the reason; withdrawn at the second look."""
    lock_source(session, facts.slug)
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is None or capture.state != "pending":
        return None
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    changes, rows = Changes(capture.cause, capture.fetched_at, capture.id), []
    was_there = target.newest_at is not None and capture.fetched_at >= target.newest_at
    if target.newest_at is None or capture.fetched_at >= target.newest_at:
        rows = gone(session, facts, capture, target.id, changes)
        target.state, target.capture_id = "missing", None
    session.flush()
    reindex(session, [row.id for row in rows])
    close_capture(session, capture.id, "failed", reason, parser_version=facts.parser_version, healthy=was_there)
    changes.write(session)
    if target.newest_at is None:
        return Settled(Accounts(errors=1), reason, losses=True)
    return Settled(Accounts(withdrawn=len(changes.rows)), reason, gone=True)


def settle_hop(session: Session, capture_id: int, state: str = "done", reason: str = "redirect") -> None:
    """A redirect, or what else says nothing of its target, is settled when it is kept."""
    capture = session.get(Capture, capture_id, populate_existing=True)
    if capture is not None and capture.state == "pending":
        close_capture(session, capture.id, state, reason, healthy=False)


def books_of(session: Session, capture_id: int) -> dict[str, int]:
    """The books of a further look at an unchanged page: what was read then is unchanged now."""
    return _books(_earlier(session, capture_id))


def _books(earlier: Row[Any]) -> dict[str, int]:
    if earlier.seen is None:
        return dict.fromkeys(BOOKS, 0)
    read = earlier.new + earlier.revised + earlier.unchanged
    return dict.fromkeys(BOOKS, 0) | {
        "seen": earlier.seen,
        "unchanged": read,
        "repeated": earlier.repeated,
        "quarantined": earlier.quarantined,
    }


def _look_again(
    within: Statements,
    facts: SourceFacts,
    earlier: Row[Any],
    changes: Changes,
    now_in: Capture | None = None,
    answered: Answered | None = None,
) -> Settled:
    """One more look at what an earlier capture shows, which capture `now_in` shows too, where there is one.

    `answered` is noted of the page as well, where it is given.
    """
    accounts = Accounts(**_books(earlier))
    if earlier.newest_at is not None and changes.at >= earlier.newest_at:
        accounts.withdrawn = _absences(within, facts, earlier, changes)
        shown = {"number": earlier.id, "at": changes.at}
        if now_in is not None:
            within.execute(_MOVED_ON, {**shown, "capture": now_in.id, "body": now_in.sha256})
        elif answered is not None:
            within.execute(_SHOWN_IN_ANSWER, {**shown, **answered.values})
        else:
            within.execute(_STILL_SHOWN, shown)
    elif answered is not None:
        note_answered(within, earlier.id, answered)
    notice = earlier.held_reason or (size_notice(facts, accounts.seen) if accounts.seen else None)
    held = earlier.held_reason is not None
    return Settled(accounts, notice, losses=accounts.quarantined > 0, held=held, is_same=True)


def _absences(within: Statements, facts: SourceFacts, earlier: Row[Any], changes: Changes) -> int:
    if not (earlier.healthy and (earlier.any_absent or earlier.any_leaving)):
        return 0
    with objects(within) as session:
        absent = shown_by(session, earlier.id, NotificationRow.absences > 0)
        oldest = _oldest(session, earlier.id)
        count = count_absence(facts, missing_of(absent, (), oldest), oldest, changes.at, changes)
        left = look_again(session, facts, earlier.id, changes)
        session.flush()
        reindex(session, left.touched.union(row.id for row in absent))
    return count + left.withdrawn


def _oldest(session: Session, target_id: int) -> date | None:
    rows = session.scalars(
        select(NotificationRow)
        .join(Sighting, Sighting.notification_id == NotificationRow.id)
        .where(Sighting.target_id == target_id, Sighting.last_at.is_(None))
    )
    return min((day for row in rows if (day := day_of(row)) is not None), default=None)
