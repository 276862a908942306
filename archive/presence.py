"""What showing and not showing a bulletin means: sightings, roll-off, withdrawal, return."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, exists, select, update
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import NotificationRow, Sighting, Target
from archive.tables import Capture

LONDON = ZoneInfo("Europe/London")
HALF_GONE_FROM = 2
"""Fewer missing entries than this are never called half gone."""
MOST_ENTRIES = 5_000

_SHOWN = (
    select(NotificationRow)
    .where(NotificationRow.target_id == bindparam("target"), NotificationRow.state == "current")
    .order_by(NotificationRow.id)
)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the archive must know of a source: its slug, what absence means, how often it is read, its healthy size."""

    slug: str
    listing: str
    every_minutes: float
    expect: range
    parser_version: str
    acts: bool = False
    """Whether its bulletins cancel or update others."""
    pointed_from: str | None = None
    """For a detail, the kind of the listings that point to it."""

    def of_role(self, role: str) -> SourceFacts:
        """The facts that hold for a page of that role: a detail has its own bulletin, whose absence says nothing."""
        if role != "detail" or self.pointed_from:
            return self
        return replace(self, listing="increment", expect=range(1, MOST_ENTRIES + 1), pointed_from=self.listing)

    @property
    def apart(self) -> timedelta:
        """How far apart two captures must lie for both to count towards absence."""
        return timedelta(minutes=self.every_minutes)


def day_of(row: NotificationRow) -> date | None:
    """The stated day of issue in London; None where the publisher states none."""
    return row.issued_sort.astimezone(LONDON).date() if row.issued_stated else None


def shown_by(session: Session, target_id: int, *further: ColumnElement[bool]) -> list[NotificationRow]:
    """The notifications that a listing target showed when it was last read, or has missed too few times to tell."""
    return list(session.scalars(_SHOWN.where(*further) if further else _SHOWN, {"target": target_id}))


def shown_elsewhere(session: Session, rows: Collection[NotificationRow], target: Target) -> set[int]:
    """Those of the notifications that another page of the source still shows."""
    if not rows:
        return set()
    return set(
        session.scalars(
            select(Sighting.notification_id).where(
                Sighting.notification_id.in_([row.id for row in rows]),
                Sighting.target_id != target.id,
                Sighting.last_at.is_(None),
            )
        )
    )


def missing_of(
    shown: Iterable[NotificationRow], present: Collection[int], oldest: date | None
) -> list[NotificationRow]:
    """Those of `shown` that are absent though not older than the page's oldest entry."""
    return [
        row
        for row in shown
        if row.id not in present and not (oldest is not None and (day := day_of(row)) is not None and day < oldest)
    ]


def half_gone(
    shown: Collection[NotificationRow], present: Collection[int], met: Collection[int], oldest: date | None
) -> str | None:
    """Why this capture cannot count towards absence: at least half of the known entries it ought to show are missing.

    `present` are all notifications that it shows, `met` those that were known before it.
    """
    missing = missing_of(shown, present, oldest)
    ought = len(missing) + sum(row.id in met for row in shown)
    if len(missing) < HALF_GONE_FROM or 2 * len(missing) < ought:
        return None
    return (
        f"{len(missing)} of {ought} known entries not older than the page's oldest are missing, expected most of them"
    )


def size_notice(facts: SourceFacts, seen: int) -> str | None:
    """What is to be said of a page that has fewer or more entries than a healthy one."""
    if seen in facts.expect:
        return None
    low, high = facts.expect.start, facts.expect.stop - 1
    return f"{seen} entries, expected {low} to {high}: kept, but not counted towards absence"


def see(session: Session, row: NotificationRow, target: Target, at: datetime, last: Sighting | None) -> Sighting:
    """The target shows the notification at `at`, its newest moment: go on with its `last` sighting or open one."""
    if last is not None and (last.last_at is None or (row.absences == 0 and row.state == "current")):
        last.last_at = None
    else:
        last = Sighting(notification_id=row.id, target_id=target.id, first_at=at, last_at=None)
        session.add(last)
    row.absences, row.absent_at = 0, None
    return last


def see_late(session: Session, row: NotificationRow, target: Target, at: datetime) -> None:
    """An older capture showed the notification at `at`: stretch the sighting that reaches there, or add one."""
    spans = session.scalars(
        select(Sighting)
        .where(Sighting.notification_id == row.id, Sighting.target_id == target.id)
        .order_by(Sighting.first_at)
    ).all()
    for span in spans:
        if span.first_at <= at and (span.last_at is None or at <= span.last_at):
            return
        if at < span.first_at and not _looked_between(session, target, at, span.first_at):
            span.first_at = at
            return
        if span.last_at is not None and span.last_at < at and not _looked_between(session, target, span.last_at, at):
            span.last_at = at
            return
    session.add(Sighting(notification_id=row.id, target_id=target.id, first_at=at, last_at=at))


def _looked_between(session: Session, target: Target, since: datetime, until: datetime) -> bool:
    """Whether a healthy capture of the target lies strictly between two moments."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Capture.source == target.source,
                    Capture.target_url == target.url,
                    Capture.role == target.role,
                    Capture.healthy.is_(True),
                    Capture.fetched_at > since,
                    Capture.fetched_at < until,
                )
            )
        )
    )


def close_sightings(session: Session, absent: Iterable[NotificationRow], target: Target) -> None:
    """End the open sightings of absent notifications at the last moment they were known to be shown."""
    numbers = [row.id for row in absent]
    if numbers and target.confirmed_at is not None:
        session.execute(
            update(Sighting)
            .where(Sighting.target_id == target.id, Sighting.notification_id.in_(numbers), Sighting.last_at.is_(None))
            .values(last_at=target.confirmed_at)
        )


def count_absence(
    facts: SourceFacts,
    absent: Iterable[NotificationRow],
    oldest: date | None,
    at: datetime,
    changes: Changes,
    *,
    at_once: bool = False,
) -> int:
    """Count a healthy look that did not show these notifications; returns how many were withdrawn by it.

    `window`: on or before the page's oldest day they rolled off, newer they are withdrawn at the second absence;
    `complete`: withdrawn at the second; `current`: ended at the second; `increment`: absence means nothing.
    `at_once` is a human's word that the absence is real.
    """
    withdrawn = 0
    for row in absent:
        day = day_of(row)
        if facts.listing == "increment" or (facts.listing == "window" and day is None):
            continue
        if facts.listing == "window" and oldest is not None and day is not None and day <= oldest:
            row.state = "rolled-off"
        elif at_once or (row.absent_at is not None and at - row.absent_at >= facts.apart):
            withdrawn += _take_away(row, facts, changes)
        elif row.absent_at is None:
            row.absences, row.absent_at = 1, at
    return withdrawn


def _take_away(row: NotificationRow, facts: SourceFacts, changes: Changes) -> int:
    row.absences += 1
    row.state = "ended" if facts.listing == "current" else "withdrawn"
    changes.into(row.state, row.id, row.revision)
    return int(row.state == "withdrawn")


def come_back(row: NotificationRow, changes: Changes) -> None:
    """A notification is shown again: withdrawn and ended ones are reinstated, rolled-off ones just go on."""
    if row.state in ("withdrawn", "ended"):
        changes.add("reinstated", row.id, row.revision)
    row.state = "current"
