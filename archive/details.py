"""The pages that a listing points to: its details, and the next older listing where nothing is shared with the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, insert, or_, select, update
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import Gap, Listed, NotificationRow, Sighting, Target
from archive.presence import SourceFacts, count_absence, shown_by, shown_elsewhere
from archive.records import Link
from archive.tables import Capture
from archive.targets import (
    asked_at,
    ensure_targets,
    find_target,
    get_target,
    get_targets,
    is_gone_for_good,
    monthly_after,
    retry_at,
)

MOST_OLDER_PAGES = 20
"""How many older pages are followed back before the rest is called a gap."""
GONE = frozenset({404, 410})
"""Statuses of a page that is not there any more."""
SINCE, DEPTH = "nothing-shared-since", "pages-back"
"""Facts of an older page: when the listing was last in step with the archive, and how far back this page is."""


def note_details(session: Session, capture: Capture, links: Sequence[Link], *, late: bool) -> tuple[Sequence[int], int]:
    """Want the details that a listing points to; returns their targets, and how many of them were known before.

    One of which the listing states other facts than before is asked again at once, one that was given up once more,
    but not more than monthly.
    """
    facts = {link.url: _facts_of(link) for link in links if link.role == "detail"}
    for listing in _listings_among(session, capture.source, list(facts)):
        facts.pop(listing)
    targets, made = ensure_targets(session, capture.source, "detail", list(facts), capture.fetched_at, facts)
    for target in get_targets(session, [row.id for row in targets.values()]):
        if target.facts != facts[target.url] and not late:
            target.facts, target.next_check_at = facts[target.url], capture.fetched_at
        elif target.next_check_at is None and not late:
            again_at = monthly_after(target.last_tried_at or capture.fetched_at)
            target.next_check_at = asked_at(target.url, max(capture.fetched_at, again_at))
    return [row.id for row in targets.values()], len(targets) - made


def _listings_among(session: Session, source: str, urls: Sequence[str]) -> list[str]:
    """Those of the addresses that are listings of the source, which are no bulletins."""
    if not urls:
        return []
    ours = (Target.source == source, Target.role == "listing", Target.url.in_(list(urls)))
    return list(session.scalars(select(Target.url).where(*ours)))


def _facts_of(link: Link) -> dict[str, str]:
    """What a listing states of a detail, with the id that it gives as `ref`: no moved address changes that."""
    return dict(link.facts) | ({"ref": link.ref} if link.ref else {})


def note_nothing_shared(session: Session, capture: Capture, target: Target, links: Sequence[Link]) -> str | None:
    """A listing that shares nothing with the archive: go on with the next older page, or say that there is a gap.

    Returns the sentence that an operator must hear of a gap.
    """
    since = capture.facts.get(SINCE) or (target.confirmed_at.isoformat() if target.confirmed_at else None)
    if since is None:
        return None
    depth = int(capture.facts.get(DEPTH, 0)) + 1
    older = next((link.url for link in links if link.role == "listing"), None)
    is_listing = older is not None and find_target(session, capture.source, "listing", older)
    if older is not None and not is_listing and depth <= MOST_OLDER_PAGES:
        facts = {SINCE: since, DEPTH: str(depth)}
        met, made = ensure_targets(session, capture.source, "older", [older], capture.fetched_at, {older: facts})
        page = get_target(session, met[older].id)
        if made or page.facts.get(SINCE) != since:
            page.facts, page.next_check_at = facts, capture.fetched_at
            return None
    return _note_gap(session, capture, datetime.fromisoformat(since))


def note_older_page_lost(session: Session, capture: Capture) -> str | None:
    """An older page that cannot be had: there is a gap, told once however often the page is tried again."""
    since = capture.facts.get(SINCE)
    if since is None:
        return None
    told = select(Gap.id).where(Gap.source == capture.source, Gap.since == datetime.fromisoformat(since)).limit(1)
    return None if session.scalar(told) else _note_gap(session, capture, datetime.fromisoformat(since))


def _note_gap(session: Session, capture: Capture, since: datetime) -> str:
    """What may have rolled on while nobody looked is a row, not silence."""
    reason = (
        f"{capture.target_url}: no entry is shared with the last reading, expected at least one; some may be missing"
    )
    until = capture.fetched_at
    session.execute(
        insert(Gap).values(source=capture.source, since=since, until=until, reason=reason, capture_id=capture.id)
    )
    return f"gap from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC: {reason}"


def _close_sightings(session: Session, target: Target) -> None:
    """What the page showed was last shown when it was last read."""
    if target.newest_at is not None:
        still = (Sighting.target_id == target.id, Sighting.last_at.is_(None))
        session.execute(update(Sighting).where(*still).values(last_at=target.confirmed_at or target.newest_at))


def _moved(session: Session, rows: Sequence[NotificationRow], target: Target) -> set[int]:
    """The bulletins that another page still shows, which is theirs from now on."""
    elsewhere = shown_elsewhere(session, rows, target)
    for row in rows:
        if row.id in elsewhere:
            there = (Sighting.notification_id == row.id, Sighting.last_at.is_(None))
            row.target_id = session.scalars(select(Sighting.target_id).where(*there).limit(1)).one()
    return elsewhere


def is_late(session: Session, capture: Capture, target: Target) -> bool:
    """Whether a page was looked at after this capture of it: it was read, or found gone, or it is an older page."""
    if capture.role == "older" or target.newest_at is None:
        return capture.role == "older"
    if capture.fetched_at < target.newest_at:
        return True
    found_gone = exists().where(
        Capture.source == capture.source,
        Capture.target_url == capture.target_url,
        Capture.role == capture.role,
        Capture.fetched_at > capture.fetched_at,
        Capture.state == "failed",
        or_(Capture.healthy.is_(True), Capture.status.in_(GONE)),
    )
    return target.state == "missing" and bool(session.scalar(select(found_gone)))


def gone(
    session: Session, facts: SourceFacts, capture: Capture, target_id: int, changes: Changes
) -> list[NotificationRow]:
    """A detail is not there any more: at the second look its bulletins are withdrawn. Returns those it was of."""
    rows = shown_by(session, target_id)
    target = get_target(session, target_id)
    _close_sightings(session, target)
    elsewhere = _moved(session, rows, target)
    rows = [row for row in rows if row.id not in elsewhere]
    whole = SourceFacts(facts.slug, "complete", facts.every_minutes, facts.expect, facts.parser_version)
    count_absence(whole, rows, None, capture.fetched_at, changes)
    return rows


def again_after_failure(session: Session, target: Target, now: datetime, status: int | None) -> datetime | None:
    """When a detail or an older page that could not be read is asked again.

    None for one that is gone for good: nothing that it gave counts as current, and no listing points to it any more.
    """
    again_at = retry_at(target.failures + 1, now)
    if not is_gone_for_good(target, status) or shown_by(session, target.id):
        return again_at
    is_listed = exists().where(Listed.target_id == target.id, Listed.missed_at.is_(None))
    return monthly_after(now) if session.scalar(select(is_listed)) else None
