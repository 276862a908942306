"""The addresses that sources read: when to ask again, and who is asking now."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from archive.derived import SourceRow, Target
from archive.upsert import insert_all_once, insert_once

REREAD_AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=30),
)
"""Details and attachments are read again when they have reached these ages, then monthly."""

LEASE_SECONDS = 900.0
"""A run that is alive renews its lease before each fetch; a dead run's lease on this host is free at once."""

_owners_made = itertools.count(1)
_retired: set[str] = set()


def lock_source(session: Session, slug: str) -> SourceRow:
    """The source's row, locked until the transaction ends: one transaction at a time settles a source's captures."""
    locked = select(SourceRow).where(SourceRow.slug == slug).with_for_update()
    row = session.scalar(locked)
    if row is None:
        insert_once(session, SourceRow, slug=slug)
        row = session.scalars(locked).one()
    return row


def ensure_target(session: Session, source: str, role: str, url: str, at: datetime) -> tuple[Target, bool]:
    """The target of a source at `url`, made when there is none, and whether it was; `at` is when it was met."""
    targets, made = ensure_targets(session, source, role, [url], at)
    return targets[url], made > 0


def ensure_targets(
    session: Session, source: str, role: str, urls: Collection[str], at: datetime
) -> tuple[dict[str, Target], int]:
    """The targets of a source at these addresses, made where there are none, and how many were made.

    A listing that the source does not start from is never asked: only imports bring it.
    """
    if not urls:
        return {}, 0
    wanted = select(Target).where(Target.source == source, Target.url.in_(list(urls)))
    found = {target.url: target for target in session.scalars(wanted)}
    fresh = [url for url in dict.fromkeys(urls) if url not in found]
    if fresh:
        made = {"source": source, "role": role, "facts": {}, "state": "wanted", "failures": 0}
        made |= {"first_seen_at": at, "next_check_at": None if role == "listing" else at}
        insert_all_once(session, Target, [{**made, "url": url} for url in fresh])
        found = {target.url: target for target in session.scalars(wanted)}
    return found, len(fresh)


def reread_at(first_seen_at: datetime, now: datetime) -> datetime:
    """When a detail or attachment met at `first_seen_at` is due again, by the age schedule."""
    for age in REREAD_AGES:
        if first_seen_at + age > now:
            return first_seen_at + age
    return now + REREAD_AGES[-1]


def retry_at(failures: int, now: datetime) -> datetime:
    """When a target that failed `failures` times in a row is asked again: the ages of the schedule, from now."""
    return now + REREAD_AGES[min(max(failures, 1), len(REREAD_AGES)) - 1]


def owner_here() -> str:
    """A new lease owner of this process: host, process id, the process's start, a number of its own."""
    return f"{os.uname().nodename}:{os.getpid()}:{_started(os.getpid())}:{next(_owners_made)}"


def retire(owner: str) -> None:
    """An owner of this process has ended its work: what it could not give back is free from now on."""
    _retired.add(owner)


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; `ended` for one that waits to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "?"
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[0] in ("Z", "X") else fields[19]


def is_gone(owner: str) -> bool:
    """Whether a lease owner has retired or is a process of this host that no longer runs; one elsewhere never is."""
    if owner in _retired:
        return True
    parts = owner.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != os.uname().nodename or not parts[1].isdigit():
        return False
    pid, started = int(parts[1]), parts[2]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return started not in ("?", _started(pid))


def claim(session: Session, target_ids: Sequence[int], owner: str, now: datetime, seconds: float) -> list[int]:
    """Lease the targets that nobody holds, and return which were got; a dead owner's lease is free."""
    got = _lease(session, target_ids, owner, now, seconds)
    if len(got) < len(target_ids):
        gone = [held for held in _owners(session, target_ids) if is_gone(held)]
        got += _lease(session, target_ids, owner, now, seconds, gone) if gone else []
    return sorted(set(got))


def _lease(
    session: Session, target_ids: Sequence[int], owner: str, now: datetime, seconds: float, gone: Sequence[str] = ()
) -> list[int]:
    """One UPDATE of those that are free: without an owner or with an expired lease, ours already, or a gone owner's."""
    free = or_(Target.lease_owner.is_(None), Target.lease_until <= now, Target.lease_owner.in_([owner, *gone]))
    got = session.scalars(
        update(Target)
        .where(Target.id.in_(target_ids), free)
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=seconds))
        .returning(Target.id)
    )
    return list(got)


def _owners(session: Session, target_ids: Sequence[int]) -> list[str]:
    found = session.scalars(select(Target.lease_owner).where(Target.id.in_(target_ids)).distinct())
    return [owner for owner in found if owner]


def release(session: Session, target_ids: Sequence[int], owner: str) -> None:
    """Give up the leases that `owner` still holds."""
    session.execute(
        update(Target)
        .where(Target.id.in_(target_ids), Target.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """Whether a target's time has come. One that was last tried in the future is due: the clock has been set back."""
    return and_(Target.next_check_at.is_not(None), or_(Target.next_check_at <= now, Target.last_tried_at > now))


def due_among(session: Session, target_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of the targets whose time has come."""
    return list(session.scalars(select(Target.id).where(Target.id.in_(target_ids), is_due(now)).order_by(Target.id)))


def due(session: Session, now: datetime, *further: ColumnElement[bool]) -> list[Target]:
    """The targets whose time has come, longest overdue first."""
    return list(session.scalars(select(Target).where(is_due(now), *further).order_by(Target.next_check_at, Target.id)))


def note_failure(session: Session, target: Target, now: datetime, reason: str, next_check_at: datetime) -> None:
    """Record that a target could not be read, and when it is asked again."""
    target.failures += 1
    target.last_error = reason
    target.last_tried_at = now
    target.next_check_at = next_check_at


def note_answer(session: Session, target: Target, now: datetime, status: int | None, next_check_at: datetime) -> None:
    """Record that a target answered, and when it is asked again."""
    target.failures = 0
    target.last_error = None
    target.last_status = status
    target.last_tried_at = now
    target.next_check_at = next_check_at


def find_target(session: Session, source: str, url: str) -> Target | None:
    """The target of a source at `url`, if the archive has met it."""
    return session.scalar(select(Target).where(Target.source == source, Target.url == url))


def get_target(session: Session, target_id: int) -> Target:
    """The target with that id."""
    return session.get_one(Target, target_id)


def due_attachments(session: Session, source: str, now: datetime) -> list[Target]:
    """The documents of a source that are to be asked now, longest overdue first."""
    return due(session, now, Target.source == source, Target.role == "attachment")


def held_targets(session: Session, source: str) -> list[Target]:
    """The listing targets whose last reading may not be counted until a human accepts it."""
    return list(session.scalars(select(Target).where(Target.source == source, Target.held_reason.is_not(None))))


def note_missing(session: Session, target: Target, now: datetime, reason: str) -> None:
    """A document could not be had: recorded, and asked again by the schedule."""
    target.state = "held" if target.sha256 else "missing"
    note_failure(session, target, now, reason, retry_at(target.failures + 1, now))


def add_start_targets(session: Session, source: str, urls: Collection[str], now: datetime) -> list[int]:
    """Make the targets that a source starts from, due at once when they were never asked, and return their ids."""
    targets = [ensure_target(session, source, "listing", url, now)[0] for url in urls]
    for target in targets:
        target.next_check_at = target.next_check_at or now
    session.flush()
    return [target.id for target in targets]
