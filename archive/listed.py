"""Which details a listing points to, and what it means that one has left the list.

Where the listing says what is in force (`current`) or all there is (`complete`), a detail that two healthy looks did
not show has left it: its bulletins have ended, or are withdrawn, until it is shown again. Elsewhere absence ends
nothing; it is noted only as where the publisher points to by now (`archive.moved`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from archive.changes import Changes
from archive.derived import Listed, NotificationRow, Revision, Sighting, Target
from archive.presence import HALF_GONE_FROM, SourceFacts, come_back
from archive.records import Notification
from archive.states import stated_state
from archive.upsert import insert_all_once

OFF_LIST = {"current": "ended", "complete": "withdrawn"}
"""The state of what a detail gave that has left the list, by the kind of listing."""

_KNOWN = select(Listed).where(
    Listed.listing_id == bindparam("listing"),
    or_(Listed.gone_at.is_(None), Listed.target_id.in_(bindparam("shown", expanding=True))),
)
_OTHER, _PAGE = aliased(Sighting), aliased(Target)
_ON_A_LIST = exists().where(Listed.target_id == _OTHER.target_id, Listed.gone_at.is_(None))
_SHOWN_ELSEWHERE = exists().where(
    _OTHER.notification_id == NotificationRow.id,
    _OTHER.target_id != bindparam("target"),
    _OTHER.last_at.is_(None),
    _PAGE.id == _OTHER.target_id,
    or_(_PAGE.role == "listing", _ON_A_LIST),
)
_GIVEN = (
    select(NotificationRow, _SHOWN_ELSEWHERE)
    .join(Sighting, and_(Sighting.notification_id == NotificationRow.id, Sighting.last_at.is_(None)))
    .where(Sighting.target_id == bindparam("target"))
    .order_by(NotificationRow.id)
)


@dataclass(slots=True)
class Left:
    """What became of a listing's details by one look at it: the bulletins touched, and how many were withdrawn."""

    touched: set[int] = field(default_factory=set)
    withdrawn: int = 0


def links_half_gone(session: Session, facts: SourceFacts, listing: Target, shown: Collection[int]) -> str | None:
    """Why a listing of all there is cannot count: at least half of the details that it pointed to are missing."""
    if facts.listing != "complete":
        return None
    known = [row.target_id for row in _known(session, listing.id, ()) if row.gone_at is None]
    missing = len(set(known) - set(shown))
    if missing < HALF_GONE_FROM or 2 * missing < len(known):
        return None
    return f"{missing} of {len(known)} known links are missing, expected most of them"


def note_listed(
    session: Session, facts: SourceFacts, listing: Target, shown: Collection[int], changes: Changes, *, healthy: bool
) -> Left:
    """Write which details a listing points to; `healthy` is whether what it does not show counts as absent."""
    rows = _known(session, listing.id, shown)
    _add(session, listing.id, set(shown) - {row.target_id for row in rows}, None)
    left = Left()
    for row in rows:
        if row.target_id in shown and row.missed_at is not None:
            was_gone = row.gone_at is not None
            row.missed_at = row.absent_at = row.gone_at = None
            if was_gone and facts.listing in OFF_LIST:
                _reinstate(session, row.target_id, changes, left)
    missing = [row for row in rows if row.target_id not in shown]
    for row in missing:
        row.missed_at = row.missed_at or changes.at
    if healthy:
        _count(session, facts, missing, changes, left)
    return left


def note_listed_late(session: Session, listing: Target, shown: Collection[int]) -> None:
    """Write which details an older look at a listing showed: the newest one has missed those that are new to us."""
    _add(
        session,
        listing.id,
        set(shown) - {row.target_id for row in _known(session, listing.id, shown)},
        listing.newest_at,
    )


def _add(session: Session, listing_id: int, target_ids: Collection[int], missed_at: datetime | None) -> None:
    times = {"missed_at": missed_at, "absent_at": None, "gone_at": None}
    rows = [{"listing_id": listing_id, "target_id": each, **times} for each in sorted(target_ids)]
    insert_all_once(session, Listed, rows)


def look_again(session: Session, facts: SourceFacts, listing_id: int, changes: Changes) -> Left:
    """One more healthy look at a listing that shows what it showed before."""
    left = Left()
    _count(session, facts, [row for row in _known(session, listing_id, ()) if row.absent_at], changes, left)
    return left


def accept_missing(session: Session, facts: SourceFacts, listing_id: int, changes: Changes) -> Left:
    """A human's word that the details which the last look at a listing did not show are really gone from it."""
    left = Left()
    missed = [row for row in _known(session, listing_id, ()) if row.missed_at]
    _count(session, facts, missed, changes, left, at_once=True)
    return left


def off_list(session: Session, facts: SourceFacts, target_id: int) -> str | None:
    """The state of what a detail gives that has left every list that pointed to it; None for any other detail."""
    state = OFF_LIST.get(facts.pointed_from or facts.listing)
    if state is None:
        return None
    rows = session.scalars(select(Listed).where(Listed.target_id == target_id)).all()
    return state if rows and all(row.gone_at for row in rows) else None


def is_listed_elsewhere(session: Session, number: int, target_id: int) -> bool:
    """Whether another page that is on a list, or a listing itself, shows a bulletin that this detail gives too."""
    asked = select(_SHOWN_ELSEWHERE).where(NotificationRow.id == number)
    return bool(session.scalar(asked, {"target": target_id}))


def _known(session: Session, listing_id: int, shown: Collection[int]) -> list[Listed]:
    """What a listing pointed to when it was last looked at, and those of `shown` that had left it."""
    session.flush()
    return list(session.scalars(_KNOWN, {"listing": listing_id, "shown": sorted(shown)}))


def _count(
    session: Session,
    facts: SourceFacts,
    missing: Iterable[Listed],
    changes: Changes,
    left: Left,
    *,
    at_once: bool = False,
) -> None:
    """Count a healthy look that did not show these; where absence means something the second one ends them."""
    at: datetime = changes.at
    for row in missing:
        first, row.absent_at = row.absent_at, row.absent_at or at
        if facts.listing not in OFF_LIST:
            row.gone_at = at
        elif at_once or (first is not None and at - first >= facts.apart):
            row.gone_at = at
            session.flush()
            if off_list(session, facts, row.target_id):
                _end(session, row.target_id, OFF_LIST[facts.listing], changes, left)


def _end(session: Session, target_id: int, state: str, changes: Changes, left: Left) -> None:
    for row, is_elsewhere in session.execute(_GIVEN, {"target": target_id}).all():
        if row.state == "current" and not is_elsewhere:
            row.state = state
            changes.into(state, row.id, row.revision)
            left.touched.add(row.id)
            left.withdrawn += state == "withdrawn"


def _reinstate(session: Session, target_id: int, changes: Changes, left: Left) -> None:
    """The bulletins of a detail that is on the list again come back, unless they say themselves that they ended."""
    for row, _ in session.execute(_GIVEN, {"target": target_id}).all():
        current = session.get_one(Revision, (row.id, row.revision))
        if row.state in OFF_LIST.values() and stated_state(Notification.from_row(current.record).codes) == "current":
            come_back(row, changes)
            left.touched.add(row.id)
