"""The addresses that sources read, and when to ask them again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from archive.derived import SourceRow, Target
from archive.statements import Statements, dialect_of
from archive.tables import plain
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

PASSED_OVER = "passed-over"
GONE_AFTER = {404: len(REREAD_AGES), 410: 2}
"""After so many answers of 404 or 410 in a row, the last of this status, a detail or document is gone for good."""

_SOURCES, _TARGETS = plain(SourceRow), plain(Target)
_LOCK = select(_SOURCES.c.slug).where(_SOURCES.c.slug == bindparam("slug")).with_for_update()
_MET = select(*(_TARGETS.c[name] for name in "url id first_seen_at newest_at sha256".split())).where(
    _TARGETS.c.source == bindparam("source"),
    _TARGETS.c.url.in_(bindparam("urls", expanding=True)),
    _TARGETS.c.role == bindparam("role"),
)
_FIND = select(Target).where(
    Target.source == bindparam("source"), Target.url == bindparam("url"), Target.role == bindparam("role")
)
NOTE_ANSWER = (
    update(_TARGETS)
    .where(_TARGETS.c.id == bindparam("number"))
    .values(
        failures=0,
        gone_looks=0,
        last_error=None,
        links_wait=None,
        last_status=bindparam("status"),
        last_tried_at=bindparam("tried_at"),
        next_check_at=bindparam("again_at"),
        confirmed_polls=bindparam("confirmed"),
        stated_minutes=bindparam("minutes"),
    )
)
"""What `Answered.values` fills in, for a target that this transaction has not loaded."""
_HASTEN = (
    update(_TARGETS)
    .where(
        _TARGETS.c.role == "listing",
        _TARGETS.c.source == bindparam("slug"),
        _TARGETS.c.failures == 0,
        _TARGETS.c.next_check_at > bindparam("at"),
    )
    .values(next_check_at=bindparam("at"))
)
_MOVE = update(_TARGETS).where(_TARGETS.c.id == bindparam("number")).values(moved_to=bindparam("to"))


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page answered and when, when it is asked again, and what its answers add up to."""

    at: datetime
    status: int | None
    next_check_at: datetime | None
    confirmed_polls: int
    stated_minutes: int | None

    @property
    def values(self) -> dict[str, Any]:
        """What NOTE_ANSWER is to be given, but `number`."""
        again = {"again_at": self.next_check_at, "confirmed": self.confirmed_polls, "minutes": self.stated_minutes}
        return {"status": self.status, "tried_at": self.at, **again}


def asked_at(url: str, at: datetime) -> datetime | None:
    """When an address is asked that is to be asked at `at`: never where no web server has it (`mid:`, RFC 2392)."""
    return at if url.lower().startswith(("http://", "https://")) else None


def lock_source(within: Statements, slug: str) -> None:
    """Lock the source's row until the transaction ends: one transaction at a time settles a source's captures."""
    if within.scalar(_LOCK, {"slug": slug}) is None:
        insert_once(within, SourceRow, slug=slug)
        within.execute(_LOCK, {"slug": slug})


def lock_known_source(within: Statements, slug: str) -> None:
    """The same, without making a row where there is none; on SQLite, whoever writes is alone from the beginning."""
    if dialect_of(within) != "sqlite":
        within.execute(_LOCK, {"slug": slug})


def ensure_target(session: Session, source: str, role: str, url: str, at: datetime) -> tuple[Target, bool]:
    """The target of a source at `url` in that role, made when there is none, and whether it was; met at `at`."""
    target = find_target(session, source, role, url)
    if target is not None:
        return target, False
    found, made = ensure_targets(session, source, role, [url], at)
    return get_target(session, found[url].id), made > 0


def ensure_targets(
    within: Statements,
    source: str,
    role: str,
    urls: Collection[str],
    at: datetime,
    facts: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[dict[str, Row[Any]], int]:
    """The targets of a source at these addresses in that role, made where there are none, and how many were made.

    Of each the columns `url, id, first_seen_at, newest_at, sha256`. A new one has the `facts` of its address. A
    listing that the source does not start from is never asked: only imports bring it.
    """
    if not urls:
        return {}, 0
    wanted = {"source": source, "role": role, "urls": list(urls)}
    found = {row.url: row for row in within.execute(_MET, wanted)}
    fresh = [url for url in dict.fromkeys(urls) if url not in found]
    if fresh:
        made = {"source": source, "role": role, "state": "wanted", "failures": 0}
        made["first_seen_at"] = at
        due = {url: None if role == "listing" else asked_at(url, at) for url in fresh}
        rows = [
            {**made, "url": url, "next_check_at": due[url], "facts": dict((facts or {}).get(url, {}))} for url in fresh
        ]
        insert_all_once(within, Target, rows)
        found = {row.url: row for row in within.execute(_MET, wanted)}
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


def monthly_after(at: datetime) -> datetime:
    """When what was asked at `at` is asked again by the last step of the schedule."""
    return at + REREAD_AGES[-1]


def is_gone_for_good(target: Target, status: int | None) -> bool:
    """Whether this answer, after those before it, says that there is nothing any more; other failures never do."""
    return status in GONE_AFTER and target.gone_looks + 1 >= GONE_AFTER[status]


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a target's time has come. One that was last tried in the future is due: the clock has been set back."""
    return or_(*reasons_due(now))


def reasons_due(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two reasons of `is_due`, each of which an index answers."""
    asked = _TARGETS.c.next_check_at.is_not(None)
    return _TARGETS.c.next_check_at <= now, and_(_TARGETS.c.last_tried_at > now, asked)


def due_among(session: Session, target_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of the targets whose time has come."""
    return list(session.scalars(select(Target.id).where(Target.id.in_(target_ids), is_due(now)).order_by(Target.id)))


def note_failure(
    session: Session,
    target: Target,
    now: datetime,
    reason: str,
    next_check_at: datetime | None,
    status: int | None = None,
    *,
    forbidden: bool = False,
) -> None:
    """Record that a target could not be read, and when it is asked again; what it had moved to is forgotten.

    `status` is what it answered, if it did; `forbidden` says that robots.txt keeps us from it.
    """
    target.failures += 1
    target.gone_looks = target.gone_looks + 1 if status in GONE_AFTER else 0
    target.last_status = status or target.last_status
    target.last_error, target.links_wait, target.forbidden = reason, None, forbidden
    target.last_tried_at = now
    target.moved_to = None
    target.next_check_at = asked_at(target.url, next_check_at) if next_check_at else None


def note_answer(session: Session, target: Target, now: datetime, status: int | None, next_check_at: datetime) -> None:
    """Record that a target answered, and when it is asked again."""
    target.failures = target.gone_looks = 0
    target.last_error = None
    target.last_status = status
    target.last_tried_at = now
    target.next_check_at = next_check_at


def note_answered(within: Statements, target_id: int, answered: Answered) -> None:
    """The same for a page that this transaction has not loaded, in one statement."""
    within.execute(NOTE_ANSWER, {"number": target_id, **answered.values})


def hasten(within: Statements, source: str, at: datetime) -> None:
    """Have the listings of a source that answered asked by that time at the latest."""
    within.execute(_HASTEN, {"slug": source, "at": at})


def find_target(session: Session, source: str, role: str, url: str) -> Target | None:
    """The target of a source at `url` in that role, if the archive has met it.

    One address may be met in several: a detail that another bulletin cites as a document is read as both.
    """
    return session.scalar(_FIND, {"source": source, "url": url, "role": role})


def roles_at(session: Session, source: str, url: str) -> dict[str, Target]:
    """The targets of a source at `url`, by role."""
    found = session.scalars(select(Target).where(Target.source == source, Target.url == url))
    return {target.role: target for target in found}


def get_target(session: Session, target_id: int) -> Target:
    """The target with that id."""
    return session.get_one(Target, target_id)


def get_targets(session: Session, target_ids: Collection[int]) -> list[Target]:
    """The targets with these ids."""
    return list(session.scalars(select(Target).where(Target.id.in_(list(target_ids))))) if target_ids else []


def held_targets(session: Session, source: str) -> list[Target]:
    """The listing targets whose last reading may not be counted until a human accepts it."""
    return list(session.scalars(select(Target).where(Target.source == source, Target.held_reason.is_not(None))))


def note_missing(session: Session, target: Target, now: datetime, reason: str, status: int | None = None) -> None:
    """A document could not be had: recorded, and asked again by the schedule unless it is gone for good."""
    again_at = None if is_gone_for_good(target, status) else retry_at(target.failures + 1, now)
    target.state = "held" if target.sha256 else "missing" if again_at else "gone"
    note_failure(session, target, now, reason, again_at, status)


def pass_over(session: Session, target_ids: Collection[int], reason: str) -> None:
    """Documents that are not asked, for a reason that is ours; `want_passed_over` has that judged anew.

    One that is held is never passed over.
    """
    ours = update(Target).where(Target.id.in_(list(target_ids)), Target.sha256.is_(None))
    session.execute(ours.values(state=PASSED_OVER, next_check_at=None, last_error=reason))


def want_passed_over(session: Session) -> None:
    """Documents that were passed over are due again: what is asked of a bulletin may have been set otherwise."""
    passed = update(Target).where(Target.state == PASSED_OVER)
    session.execute(passed.values(state="wanted", next_check_at=Target.first_seen_at, last_error=None))


def note_moved(within: Statements, target_id: int, to: str | None) -> None:
    """Record where a target was redirected to for good: it is asked there, until that fails."""
    within.execute(_MOVE, {"number": target_id, "to": to})


def add_start_targets(within: Statements, source: str, urls: Collection[str], now: datetime) -> None:
    """Make the targets that a source starts from, due at once when they were never asked."""
    ensure_targets(within, source, "listing", urls, now)
    ours = (_TARGETS.c.source == source, _TARGETS.c.role == "listing", _TARGETS.c.url.in_(list(urls)))
    within.execute(update(_TARGETS).where(*ours, _TARGETS.c.next_check_at.is_(None)).values(next_check_at=now))
