"""The state of the archive for its operator: each source, its last runs, what waits and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from archive.derived import Document, Gap, NotificationRow, Quarantined, Revision, Target
from archive.leases import is_gone
from archive.runs import BACKFILL
from archive.search import find
from archive.tables import Capture, Identity, Run

MOST_LOOKED_AT, AT_ONCE = 2_000, 500
_THREATS = (
    select(NotificationRow.id, NotificationRow.source, Revision.record["threat_levels"])
    .join(Revision, and_(Revision.notification_id == NotificationRow.id, Revision.number == NotificationRow.revision))
    .where(NotificationRow.id.in_(bindparam("numbers", expanding=True)))
)


def source_state(session: Session, slug: str) -> dict[str, Any]:
    """What an operator wants to know of one source."""
    return source_states(session, [slug])[0]


def source_states(session: Session, slugs: Sequence[str]) -> list[dict[str, Any]]:
    """The same of many, in their order, by one statement for each thing that is counted."""
    asked = Target.source.in_(slugs)
    listings: dict[str, list[Target]] = {}
    for each in session.scalars(select(Target).where(asked, Target.role == "listing").order_by(Target.next_check_at)):
        listings.setdefault(each.source, []).append(each)
    newest = select(func.max(Run.id)).where(Run.source.in_(slugs)).group_by(Run.source)
    runs = {run.source: run for run in session.scalars(select(Run).where(Run.id.in_(newest)))}
    is_wanted = (Target.role == "attachment", Target.state == "wanted")
    is_missing = (Target.role.in_(("attachment", "detail")), Target.state.in_(("missing", "gone")))
    counted = {
        "notifications": _by_source(session, slugs, NotificationRow),
        "pending": _by_source(session, slugs, Capture, Capture.state == "pending"),
        "quarantined": _by_source(session, slugs, Quarantined, Quarantined.state == "waiting"),
        "gaps": _by_source(session, slugs, Gap),
        "wanted": _by_source(session, slugs, Target, *is_wanted),
        "missing": _by_source(session, slugs, Target, *is_missing),
    }
    new: dict[str, datetime] = {slug: at for slug, at in session.execute(_newest_identities(slugs))}  # noqa: C416
    return [
        _told(
            slug,
            listings.get(slug, []),
            runs.get(slug),
            new.get(slug),
            {name: counts.get(slug, 0) for name, counts in counted.items()},
        )
        for slug in slugs
    ]


def _told(
    slug: str, listing: Sequence[Target], last_run: Run | None, last_new: datetime | None, counts: Mapping[str, int]
) -> dict[str, Any]:
    problems = (each.held_reason or each.last_error or _links_wait(each) for each in listing)
    return {
        "source": slug,
        "state": _state(listing, last_run),
        "last_success": max((each.confirmed_at for each in listing if each.confirmed_at), default=None),
        "next_check": min((each.next_check_at for each in listing if each.next_check_at), default=None),
        "notifications": counts["notifications"],
        "last_new": last_new,
        **{name: counts[name] for name in ("pending", "quarantined", "gaps", "wanted", "missing")},
        "problem": next((problem for problem in problems if problem), None),
    }


def _links_wait(listing: Target) -> str | None:
    return None if listing.links_wait is None else f"what it points to waits: {listing.links_wait}"


def _state(listing: Sequence[Target], last_run: Run | None) -> str:
    goes_on = last_run is not None and last_run.state == "running"
    if _is_worked_on(listing):
        return "backfilling" if goes_on and last_run is not None and BACKFILL in last_run.accounts else "running"
    if any(each.held_reason for each in listing):
        return "held"
    failed = [each for each in listing if each.failures]
    if not all(each.forbidden for each in failed) or (last_run is not None and last_run.state == "failed"):
        return "failing"
    if failed:
        return "forbidden"
    if goes_on:
        return "killed"
    return "healthy" if any(each.confirmed_at for each in listing) else "never read"


def _is_worked_on(listing: Sequence[Target]) -> bool:
    """Whether a process holds a listing; one of this machine that is dead holds nothing."""
    return any(each.lease_owner and not is_gone(each.lease_owner) for each in listing)


def _newest_identities(slugs: Sequence[str]) -> Select[str, datetime]:
    return (
        select(Identity.source, func.max(Capture.fetched_at))
        .join(Capture, Capture.id == Identity.capture_id)
        .where(Identity.source.in_(slugs))
        .group_by(Identity.source)
    )


def _by_source(session: Session, slugs: Sequence[str], table: Any, *which: ColumnElement[bool]) -> dict[str, int]:
    """How many rows of a table each source has."""
    counted = select(table.source, func.count()).where(table.source.in_(slugs), *which).group_by(table.source)
    return {slug: count for slug, count in session.execute(counted)}  # noqa: C416


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def gaps(session: Session, slug: str | None = None) -> list[dict[str, Any]]:
    """The spans of time that the archive cannot speak for."""
    query = select(Gap).order_by(Gap.id)
    rows = session.scalars(query.where(Gap.source == slug) if slug else query)
    return [
        {"source": row.source, "since": row.since, "until": row.until, "reason": row.reason, "capture": row.capture_id}
        for row in rows
    ]


def last_runs(session: Session, slug: str, most: int) -> list[dict[str, Any]]:
    """The runs of a source, the newest first: when, how they ended, and their books."""
    rows = session.scalars(select(Run).where(Run.source == slug).order_by(Run.id.desc()).limit(most))
    return [
        {"started_at": row.started_at, "ended_at": row.ended_at, "state": row.state, "reason": row.reason}
        | {"accounts": dict(row.accounts)}
        for row in rows
    ]


def threat_levels(
    session: Session, ended: Collection[str] = (), most: int = MOST_LOOKED_AT
) -> tuple[dict[str, tuple[str, int]], bool]:
    """For each scope the level that the newest bulletin in force states, and that bulletin's number.

    What sources say that have `ended` is not in force: nobody takes it back. Whether older bulletins than the newest
    `most` that state one were not looked at is told beside.
    """
    hits = find(session, None, facets={"has": ["threat-level"], "state": ["current"]}, limit=most + 1)
    found: dict[str, tuple[str, int]] = {}
    for first in range(0, min(len(hits), most), AT_ONCE):
        numbers = [hit.notification_id for hit in hits[first : min(first + AT_ONCE, most)]]
        rows = session.execute(_THREATS, {"numbers": numbers})
        stated = {number: levels for number, source, levels in rows if source not in ended}
        for number in numbers:
            for each in stated.get(number) or ():
                found.setdefault(each["scope"], (each["level"], number))
    return found, len(hits) > most


def totals(session: Session) -> dict[str, int]:
    """How much the archive holds."""
    return {
        "notifications": _count(session, select(NotificationRow.id)),
        "captures": _count(session, select(Capture.id)),
        "documents": _count(session, select(Document.sha256)),
        "unread_documents": _count(session, select(Document.sha256).where(Document.state != "done")),
    }
