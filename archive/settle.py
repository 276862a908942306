"""One capture, one transaction: everything that follows from a parsed capture is written together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.orm import Session

from archive import quarantine
from archive.aliases import learn_id
from archive.attachments import cite
from archive.changes import Changes
from archive.derived import AccountRow, SourceRow, Target
from archive.details import is_late, note_details, note_nothing_shared
from archive.identity import Known, Match, Wording, issued_day, match
from archive.indexing import current_revisions, index_current
from archive.journal import close_capture
from archive.listed import links_half_gone, note_listed, note_listed_late, off_list
from archive.moved import refuse_reused_ids
from archive.notifications import Keeper, known_entries
from archive.presence import (
    SourceFacts,
    close_sightings,
    count_absence,
    half_gone,
    shown_by,
    shown_elsewhere,
    size_notice,
)
from archive.publications import note_publication
from archive.records import ReadEntry, Reading, RefusedEntry
from archive.tables import Assignment, Capture, plain
from archive.targets import ensure_target, lock_source

_ASSIGNED = select(plain(Assignment)).where(plain(Assignment).c.capture_id == bindparam("capture"))
_ACCOUNT = insert(plain(AccountRow))


@dataclass(slots=True)
class Accounts:
    """The books of a capture or a run: seen = new + revised + unchanged + repeated + quarantined."""

    seen: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    repeated: int = 0
    quarantined: int = 0
    withdrawn: int = 0
    attachments: int = 0
    errors: int = 0

    def add(self, other: Accounts) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def check(self, where: str) -> None:
        """Raise BooksDoNotBalance unless every entry is accounted for."""
        found = self.new + self.revised + self.unchanged + self.repeated + self.quarantined
        if self.seen != found:
            raise BooksDoNotBalance(f"{where}: {self.seen} entries seen, {found} accounted for, expected the same")


LASTING = ("window", "complete")
"""Kinds of listing whose entries stay for a while, so that half of them gone, or nothing shared, is suspect."""


class BooksDoNotBalance(Exception):
    """Entries were seen that are in no account: the run that finds this has failed."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling a capture came to; `notice` is something an operator must hear."""

    accounts: Accounts
    notice: str | None = None
    losses: bool = False
    held: bool = False
    """Whether the notice is that the page is half gone, which a human may accept."""
    gone: bool = False
    """Whether the notice is that a detail is not there any more, which fails no run."""
    is_same: bool = False
    """Whether the page says what it said before, so that nothing was parsed."""

    @property
    def lossy(self) -> bool:
        """Whether something was lost, is missing, or waits for a human."""
        return self.losses or self.held


def settle_reading(
    session: Session,
    facts: SourceFacts,
    capture_id: int,
    reading: Reading,
    region_hash: str,
    *,
    cause: str | None = None,
) -> Settled | None:
    """Write all that a parsed listing says. None when somebody else settled the capture first.

    `cause` is that of the changes where it is not the capture's own.
    """
    reading = one_for_each_ref(reading)
    lock_source(session, facts.slug)
    capture = _still_pending(session, capture_id)
    if capture is None:
        return None
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    once = refuse_reused_ids(session, capture, target, reading)
    is_reused, reading = once is not reading, once
    late = is_late(session, capture, target)
    changes = Changes(cause or capture.cause, capture.fetched_at, capture.id)
    keeper = Keeper(session, facts.of_role(capture.role), capture, target, changes, late=late)
    keeper.states_links = reading.states_links
    if capture.role == "detail":
        keeper.rests = off_list(session, facts, target.id)
        keeper.learnt = learn_id(session, capture, target, reading, changes)
    facts = keeper.facts
    accounts = _settle_entries(session, keeper, reading)
    accounts.quarantined = quarantine.hold(session, facts, capture, reading.refused)
    quarantine.lift(session, facts, [entry.entry_hash for entry in reading.read])
    quarantine.lift_document(session, facts, capture)
    details, known = note_details(session, capture, reading.links, late=late)
    if late and capture.role == "listing":
        note_listed_late(session, target, details)
    held = None if late else _judge_absence(session, keeper, reading, details, accounts)
    current = current_revisions(session, keeper.touched)
    accounts.attachments = cite(session, capture, current, reading.recognised)
    gap = None
    if _shares_nothing(keeper, reading, known):
        gap = note_nothing_shared(session, capture, target, reading.links)
    _finish(session, keeper, accounts, current, region_hash, held)
    if is_reused:
        target.capture_id = None
    notice = held or gap or (None if reading.nothing else size_notice(facts, reading.shown))
    return Settled(accounts, notice, losses=bool(gap or accounts.quarantined), held=bool(held))


def one_for_each_ref(reading: Reading) -> Reading:
    """The reading with the second of two different entries under one publisher's id refused: which is it?"""
    first: dict[str, ReadEntry] = {}
    refused = list(reading.refused)
    for entry in reading.read:
        ref = entry.notification.ref
        if ref is None or first.setdefault(ref, entry).notification == entry.notification:
            continue
        reason = f"{entry.notification.url}: id {ref!r} stands for two different entries, expected one"
        refused.append(RefusedEntry(entry.position, entry.raw, reason))
    gone = {entry.position for entry in refused}
    read = tuple(each for each in reading.read if each.position not in gone)
    return replace(reading, read=read, refused=tuple(refused))


def _still_pending(session: Session, capture_id: int) -> Capture | None:
    capture = session.get(Capture, capture_id, populate_existing=True)
    return capture if capture is not None and capture.state == "pending" else None


def _settle_entries(session: Session, keeper: Keeper, reading: Reading) -> Accounts:
    """Match and write every entry, oldest first so that numbers rise with time."""
    accounts = Accounts(seen=reading.seen)
    hashes = {entry.position: entry.notification.content_hash() for entry in reading.read}
    distinct = _without_repeats(reading.read, hashes)
    accounts.repeated = len(reading.read) - len(distinct)
    matches = _matches(session, keeper, distinct, hashes)
    for outcome in keeper.keep(sorted(distinct, key=_oldest_first), hashes, matches):
        setattr(accounts, outcome, getattr(accounts, outcome) + 1)
    return accounts


def _oldest_first(entry: ReadEntry) -> tuple[str, int]:
    return (entry.notification.issued or "", -entry.position)


def _without_repeats(entries: Sequence[ReadEntry], hashes: dict[int, str]) -> list[ReadEntry]:
    first: dict[tuple[str | None, str], ReadEntry] = {}
    for entry in entries:
        first.setdefault((entry.notification.ref, hashes[entry.position]), entry)
    return list(first.values())


def _matches(
    session: Session, keeper: Keeper, entries: Sequence[ReadEntry], hashes: dict[int, str]
) -> dict[int, Match]:
    """The journal's own assignments first, then the matching of the rest."""
    known = known_entries(session, keeper.facts.slug, [entry.notification for entry in entries], hashes.values())
    assigned = _assigned(session, keeper.capture.id, entries)
    taken = {found.notification_id for found in assigned.values()}
    open_entries = [entry for entry in entries if entry.position not in assigned]
    wordings = [Wording.of(entry.notification, hashes[entry.position]) for entry in open_entries]
    left = [each for each in known if each.notification_id not in taken]
    found = _match_by_ref(session, keeper, open_entries, wordings, left)
    return assigned | {open_entries[place].position: each for place, each in found.items()}


def _match_by_ref(
    session: Session, keeper: Keeper, entries: Sequence[ReadEntry], wordings: Sequence[Wording], known: Sequence[Known]
) -> dict[int, Match]:
    """Entries whose publisher gives an id are that id's notification; the others are matched by their words."""
    found = keeper.by_ref({place: entry.notification.ref for place, entry in enumerate(entries)})
    places = [place for place, entry in enumerate(entries) if entry.notification.ref is None]
    matched = match([wordings[place] for place in places], known)
    return found | {places[place]: each for place, each in matched.items()}


def _assigned(session: Session, capture_id: int, entries: Sequence[ReadEntry]) -> dict[int, Match]:
    rows = session.execute(_ASSIGNED, {"capture": capture_id})
    found = {row.entry_hash: Match(row.notification_id, row.method, row.score) for row in rows}
    return {entry.position: found[entry.entry_hash] for entry in entries if entry.entry_hash in found}


def _judge_absence(
    session: Session, keeper: Keeper, reading: Reading, details: Sequence[int], accounts: Accounts
) -> str | None:
    """Close sightings and count absences where the capture is healthy; returns why it is held, if it is."""
    shown = shown_by(session, keeper.target.id)
    oldest = oldest_day(reading)
    lasting = keeper.facts.listing in LASTING
    held = half_gone(shown, keeper.present, keeper.met, oldest) if lasting else None
    held = held or links_half_gone(session, keeper.facts, keeper.target, details)
    elsewhere = shown_elsewhere(session, shown, keeper.target)
    absent = [row for row in shown if row.id not in keeper.present and row.id not in elsewhere]
    close_sightings(session, absent, keeper.target)
    in_size = bool(reading.nothing) or reading.shown - len(reading.refused) in keeper.facts.expect
    keeper.capture.healthy = in_size and not held and not reading.refused
    if keeper.capture.healthy:
        at = keeper.capture.fetched_at
        accounts.withdrawn = count_absence(keeper.facts, absent, oldest, at, keeper.changes)
    if keeper.capture.role == "listing":
        healthy = bool(keeper.capture.healthy)
        left = note_listed(session, keeper.facts, keeper.target, details, keeper.changes, healthy=healthy)
        accounts.withdrawn += left.withdrawn
        keeper.touched |= left.touched
    keeper.touched.update(row.id for row in absent if row.state != "current")
    return held


def oldest_day(reading: Reading) -> date | None:
    """The oldest day of issue that a page shows."""
    days = [issued_day(entry.notification) for entry in reading.read]
    return min((day for day in days if day is not None), default=None)


def _shares_nothing(keeper: Keeper, reading: Reading, known_details: int) -> bool:
    """Whether a listing may have rolled on while nobody looked: it shows something and nothing of it was known."""
    role, kind = keeper.capture.role, keeper.facts.listing
    if keeper.met or known_details or not (reading.read or reading.links):
        return False
    return role == "older" or (role == "listing" and not keeper.late and kind in LASTING)


def _finish(
    session: Session,
    keeper: Keeper,
    accounts: Accounts,
    current: Sequence[Row[Any]],
    region_hash: str,
    held: str | None,
) -> None:
    """Books, search, target, then the counters: journal place and cursors are taken last."""
    accounts.check(f"capture {keeper.capture.id}")
    values = {each.name: getattr(accounts, each.name) for each in fields(accounts) if each.name != "errors"}
    session.execute(_ACCOUNT, {"capture_id": keeper.capture.id, **values})
    index_current(session, current)
    source = session.get_one(SourceRow, keeper.facts.slug)
    if not keeper.late:
        note_publication(session, source, keeper.target, keeper.capture, keeper.changes.rows)
        _move_target(keeper.target, keeper.capture, keeper.capture.fetched_at, held)
    source.first_settled_at = source.first_settled_at or keeper.capture.fetched_at
    session.flush()
    close_capture(
        session, keeper.capture.id, "done", parser_version=keeper.facts.parser_version, region_hash=region_hash
    )
    keeper.changes.write(session)


def _move_target(target: Target, capture: Capture, at: datetime, held: str | None) -> None:
    target.newest_at = target.confirmed_at = at
    target.capture_id, target.sha256 = capture.id, capture.sha256
    target.held_reason, target.state = held, "held" if held else "read"
