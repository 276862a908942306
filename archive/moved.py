"""Whether a detail that states a known id is the same bulletin at a moved address, or another bulletin under its id.

A publisher's id is what a listing states of a detail (a feed's guid, a search's content id) or what its address says
(its path, the number at its end). One id stands for one bulletin, and one address gives it. A second address that
states the id of a bulletin which it never showed is lawful where

1. it shows words that are on file of that bulletin already: nothing is altered by taking it for the same;
2. it is the same address written otherwise (http or https, with or without `www.` or a slash at the end);
3. one of the two leads to the other: the publisher moved the page;
4. the first address is gone, or every listing that pointed to it points to the second by now, under that id; and the
   two are akin: the same title, the same stated time of issue, or at least six words in ten the same.

Any other is refused, naming both addresses, and asked again with the first: two bulletins under one id would else
overwrite each other as revisions. What the journal assigns already stays as it was assigned.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.aliases import numbers_of
from archive.derived import Listed, NotificationRow, Revision, Sighting, Target
from archive.identity import HEADED_THRESHOLD, Wording, similarity
from archive.records import Notification, ReadEntry, Reading, RefusedEntry
from archive.tables import Assignment, Capture


def place_of(url: str) -> tuple[str, str, str]:
    """An address without what may be written otherwise: scheme, `www.`, port, fragment and the slash at its end."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query


def refuse_reused_ids(session: Session, capture: Capture, target: Target, reading: Reading) -> Reading:
    """The reading with those entries refused whose id is that of another bulletin, which another detail gave."""
    refs = {entry.notification.ref for entry in reading.read if entry.notification.ref}
    if capture.role != "detail" or not refs:
        return reading
    numbers = numbers_of(session, capture.source, refs)
    homes = _homes(session, target, set(numbers.values()))
    refused = list(reading.refused)
    for entry in reading.read:
        others = homes.get(numbers.get(entry.notification.ref or "", 0), [])
        if others and not _is_lawful(session, capture, target, entry, numbers[entry.notification.ref or ""], others):
            refused.append(RefusedEntry(entry.position, entry.raw, _reason(capture, entry, others)))
            for other in others:
                other.next_check_at = capture.fetched_at
    gone = {entry.position for entry in refused}
    return replace(
        reading, read=tuple(each for each in reading.read if each.position not in gone), refused=tuple(refused)
    )


def _reason(capture: Capture, entry: ReadEntry, others: Sequence[Target]) -> str:
    first = " and ".join(sorted(other.url for other in others))
    return (
        f"{capture.url}: id {entry.notification.ref!r} is that of another bulletin, read at {first}, "
        "expected the same one or an id of its own"
    )


def _homes(session: Session, target: Target, numbers: Collection[int]) -> dict[int, list[Target]]:
    """The details that gave each of these bulletins, for those that this detail never gave."""
    homes: dict[int, list[Target]] = {}
    if not numbers:
        return homes
    given = (
        select(Sighting.notification_id, Target)
        .join(Target, Target.id == Sighting.target_id)
        .where(Sighting.notification_id.in_(sorted(numbers)), Target.role == "detail")
        .order_by(Target.id)
    )
    for number, home in session.execute(given):
        those = homes.setdefault(number, [])
        those += [] if home in those else [home]
    return {number: those for number, those in homes.items() if target.id not in {home.id for home in those}}


def _is_lawful(
    session: Session, capture: Capture, target: Target, entry: ReadEntry, number: int, others: Sequence[Target]
) -> bool:
    assigned = (Assignment.capture_id == capture.id, Assignment.entry_hash == entry.entry_hash)
    if session.scalar(select(Assignment.notification_id).where(*assigned)) == number:
        return True
    known = (Revision.notification_id == number, Revision.content_hash == entry.notification.content_hash())
    if session.scalar(select(Revision.number).where(*known).limit(1)) is not None:
        return True
    if any(_leads(session, capture, target, other) for other in others):
        return True
    gone = all(
        other.state == "missing" or _is_listed_here_now(session, capture, target, entry, other) for other in others
    )
    return gone and _is_akin(session, number, entry.notification)


def _leads(session: Session, capture: Capture, target: Target, other: Target) -> bool:
    """Whether two addresses are one, or one of them led to the other when it was last asked."""
    here = {place_of(target.url), place_of(capture.url)}
    newest = session.get(Capture, other.capture_id) if other.capture_id else None
    there = {place_of(other.url), *([place_of(newest.url)] if newest else [])}
    return bool(here & there)


def _is_listed_here_now(session: Session, capture: Capture, target: Target, entry: ReadEntry, other: Target) -> bool:
    """Whether the listings point to this address under that id, and no longer to the other one."""
    if capture.facts.get("ref") != entry.notification.ref:
        return False
    rows = session.scalars(select(Listed).where(Listed.target_id.in_((target.id, other.id)))).all()
    here = [row for row in rows if row.target_id == target.id and row.absent_at is None]
    there = [row for row in rows if row.target_id == other.id]
    return bool(here and there) and all(row.absent_at is not None for row in there)


def _is_akin(session: Session, number: int, record: Notification) -> bool:
    row = session.get_one(NotificationRow, number)
    held = Notification.from_row(session.get_one(Revision, (number, row.revision)).record)
    if record.issued is not None and record.issued == held.issued:
        return True
    if record.title and record.title.casefold() == (held.title or "").casefold():
        return True
    return similarity(Wording.of(record), Wording.of(held)) >= HEADED_THRESHOLD
