"""What another parser makes of a capture that was settled long ago, appended to the living archive (cause `parser`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from archive import quarantine
from archive.attachments import cite
from archive.changes import Changes
from archive.derived import NotificationRow, Quarantined, Revision
from archive.identity import Known, Match, Wording, match
from archive.indexing import current_revisions, index_current
from archive.listed import off_list
from archive.moved import refuse_reused_ids
from archive.notifications import Keeper, known_entries
from archive.presence import SourceFacts
from archive.records import (
    CLASSIFICATION_FIELDS,
    FIELDS,
    HASH_VERSION,
    Notification,
    ReadEntry,
    Reading,
    issued_sort,
)
from archive.states import act, act_late, enter, stated_state
from archive.tables import Capture
from archive.targets import ensure_target, lock_source

STATED_FIELDS = tuple(name for name in FIELDS if name not in CLASSIFICATION_FIELDS)


@dataclass(frozen=True, slots=True)
class Reparsed:
    """One thing that a replay changes: `outcome` is revised, reclassified, created, refused or read.

    `key` tells it from others; several captures may show one, and a dry run meets it in each of them.
    """

    outcome: str
    field: str
    sample: str
    key: str = ""


def apply_reparse(session: Session, facts: SourceFacts, capture_id: int, reading: Reading) -> list[Reparsed]:
    """Append what differs to the archive: current revisions read anew, quarantined entries that can be read now."""
    lock_source(session, facts.slug)
    capture = session.get_one(Capture, capture_id)
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    reading = refuse_reused_ids(session, capture, target, reading)
    late = capture.role == "older" or (target.newest_at is not None and capture.fetched_at < target.newest_at)
    changes = Changes("parser", capture.fetched_at, capture.id)
    keeper = Keeper(session, facts, capture, target, changes, late=late)
    keeper.states_links = reading.states_links
    revisions = _last_revisions(session, capture.id)
    paired = _pair(revisions, reading.read)
    if capture.role == "detail":
        keeper.rests = off_list(session, facts.of_role("detail"), target.id)
    found: list[Reparsed] = []
    for place, revision in enumerate(revisions):
        found += _reread(keeper, revision, paired.get(place))
    taken = {entry.position for entry in paired.values()}
    at_last, new = _read_at_last(session, keeper, reading, taken)
    found += at_last
    if not _came_late(session, capture):
        keeper.touched |= act(session, facts.slug, reading.read, changes)
        keeper.touched |= act_late(session, facts.slug, new, changes) if facts.acts else set()
    current = current_revisions(session, keeper.touched)
    cite(session, capture, current, reading.recognised)
    index_current(session, current)
    capture.parser_version = facts.parser_version
    session.flush()
    changes.write(session)
    return found


def _came_late(session: Session, capture: Capture) -> bool:
    """Whether a later look at the same page was settled before this capture: what it says then acts on no other."""
    before = (Capture.settled < capture.settled, Capture.fetched_at > capture.fetched_at, Capture.state == "done")
    of_page = (Capture.source == capture.source, Capture.target_url == capture.target_url, Capture.role == capture.role)
    return capture.role == "older" or session.scalar(select(exists().where(*of_page, *before))) is True


def _last_revisions(session: Session, capture_id: int) -> list[Revision]:
    """The newest revision of each notification that came from the words of a capture."""
    revisions = session.scalars(
        select(Revision)
        .where(Revision.capture_id == capture_id, Revision.position.is_not(None))
        .order_by(Revision.notification_id, Revision.number)
    )
    return list({each.notification_id: each for each in revisions}.values())


def _pair(revisions: Sequence[Revision], entries: Sequence[ReadEntry]) -> dict[int, ReadEntry]:
    """The entry that each revision came from: the one with its text, else the one with its words; else none."""
    by_hash = {entry.entry_hash: entry for entry in entries}
    paired = {
        place: by_hash.pop(revision.entry_hash)
        for place, revision in enumerate(revisions)
        if revision.entry_hash in by_hash
    }
    left = list(by_hash.values())
    known = [
        Known(place, (Wording.of(Notification.from_row(revision.record), revision.content_hash),))
        for place, revision in enumerate(revisions)
        if place not in paired
    ]
    found = match([Wording.of(entry.notification) for entry in left], known)
    return paired | {each.notification_id: left[place] for place, each in found.items()}


def _reread(keeper: Keeper, revision: Revision, entry: ReadEntry | None) -> Iterator[Reparsed]:
    """Append what another parser makes of a revision's entry, where that revision is the current wording."""
    if entry is None:
        yield Reparsed("refused", "", str(revision.record["title"] or revision.record["issued"]))
        return
    before, after = revision.record, entry.notification.as_row()
    content_hash = entry.notification.content_hash()
    if content_hash == revision.content_hash:
        key = f"{revision.notification_id} {revision.number}"
        yield from _differing("reclassified", before, after, CLASSIFICATION_FIELDS, key)
        revision.entry_hash, revision.position = entry.entry_hash, entry.position
        if before != after:
            revision.record = after
            keeper.touched.add(revision.notification_id)
        return
    row = keeper.session.get_one(NotificationRow, revision.notification_id)
    current = keeper.session.get_one(Revision, (row.id, row.revision))
    if current.content_hash != revision.content_hash:
        return
    _append_reread(keeper, row, revision, entry, content_hash, None)
    yield from _differing("revised", before, after, STATED_FIELDS, f"{row.id} {content_hash}")


def _append_reread(
    keeper: Keeper,
    row: NotificationRow,
    revision: Revision,
    entry: ReadEntry,
    content_hash: str,
    newer: Capture | None,
) -> None:
    """Append the entry as read now to a revision of it: of the same capture, or of a `newer` one.

    Of the same it comes after documents that were replaced since, which it has as they are now.
    """
    session = keeper.session
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
    current = session.get_one(Revision, (row.id, row.revision))
    session.add(
        Revision(
            notification_id=row.id,
            number=newest + 1,
            content_hash=content_hash,
            hash_version=HASH_VERSION,
            record=entry.notification.as_row(),
            documents=current.documents,
            capture_id=newer.id if newer else revision.capture_id,
            position=entry.position,
            entry_hash=entry.entry_hash,
            at=newer.fetched_at if newer else max(revision.at, current.at),
            cause="parser",
            method=revision.method,
            score=revision.score,
            parser_version=keeper.facts.parser_version,
        )
    )
    row.revision = newest + 1
    row.issued_sort, row.issued_stated = issued_sort(entry.notification, row.issued_sort)
    session.flush()
    keeper.touched.add(row.id)
    keeper.changes.add("revised", row.id, row.revision)
    _enter_anew(keeper, row, Notification.from_row(revision.record), entry)


def _enter_anew(keeper: Keeper, row: NotificationRow, before: Notification, entry: ReadEntry) -> None:
    """Where a record says another state than it did, the notification is in it; one that is current by its words now
    only where its former words alone had ended it."""
    was, said = stated_state(before.codes), stated_state(entry.notification.codes)
    if said != was and (said != "current" or row.state == was):
        enter(row, keeper.state_of(entry, row.id), keeper.changes)


def _differing(
    outcome: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str], key: str
) -> Iterator[Reparsed]:
    for name in names:
        if name != "evidence" and before.get(name) != after[name]:
            sample = f"{_brief(before.get(name))} → {_brief(after[name])}"
            yield Reparsed(outcome, name, sample, f"{key} {name}")


def _brief(value: object) -> str:
    printed = str(value)
    return printed if len(printed) <= 60 else f"{printed[:59]}…"


def _read_at_last(
    session: Session, keeper: Keeper, reading: Reading, taken: Collection[int]
) -> tuple[list[Reparsed], list[ReadEntry]]:
    """Write the entries that no revision came from: quarantined until now, or not found by the earlier parser.

    `taken` are the positions of the others. Returns what changed, and the entries that are new notifications.
    """
    slug = keeper.facts.slug
    waiting = set(
        session.scalars(
            select(Quarantined.entry_hash).where(Quarantined.source == slug, Quarantined.state == "waiting")
        )
    )
    left = [entry for entry in reading.read if entry.position not in taken]
    known = _known_hashes(session, slug, [entry.entry_hash for entry in left])
    fresh = [entry for entry in left if entry.entry_hash not in known]
    matches = _matches(session, keeper, fresh)
    chosen = [entry for entry in fresh if entry.position not in matches or entry.entry_hash in waiting]
    shown = [(entry, known[entry.entry_hash]) for entry in left if entry.entry_hash in known]
    shown += [(entry, matches[entry.position].notification_id) for entry in fresh if entry not in chosen]
    edits = [each for entry, number in shown if number is not None for each in _edited(keeper, entry, number)]
    hashes = {entry.position: entry.notification.content_hash() for entry in chosen}
    outcomes = list(zip(chosen, keeper.keep(chosen, hashes, matches), strict=True))
    found = [
        Reparsed("created" if outcome == "new" else "read", "", entry.raw.splitlines()[0][:60], entry.entry_hash)
        for entry, outcome in outcomes
    ]
    quarantine.lift(session, keeper.facts, [entry.entry_hash for entry in reading.read])
    quarantine.lift_document(session, keeper.facts, keeper.capture)
    _date_quarantine(session, keeper.facts, reading)
    return edits + found, [entry for entry, outcome in outcomes if outcome == "new"]


def _edited(keeper: Keeper, entry: ReadEntry, number: int) -> Iterator[Reparsed]:
    """Append what a capture shows that the earlier parser took for what had been shown before: the page was edited.

    It was, where the capture is newer than the current wording; an older one changes nothing.
    """
    row = keeper.session.get_one(NotificationRow, number)
    current = keeper.session.get_one(Revision, (row.id, row.revision))
    content_hash = entry.notification.content_hash()
    if current.at >= keeper.capture.fetched_at or content_hash == current.content_hash:
        return
    if keeper.only_lacks_links(current, entry):
        return
    before, after = current.record, entry.notification.as_row()
    _append_reread(keeper, row, current, entry, content_hash, keeper.capture)
    yield from _differing("revised", before, after, STATED_FIELDS, f"{row.id} {content_hash}")


def _known_hashes(session: Session, slug: str, entry_hashes: Sequence[str]) -> dict[str, int | None]:
    """Those of the entries that some revision of the source came from, with its notification; None where of several."""
    if not entry_hashes:
        return {}
    there = (
        select(Revision.entry_hash, Revision.notification_id)
        .distinct()
        .join(NotificationRow, NotificationRow.id == Revision.notification_id)
        .where(NotificationRow.source == slug, Revision.entry_hash.in_(entry_hashes))
    )
    found: dict[str, int | None] = {}
    for entry_hash, number in session.execute(there):
        if entry_hash is not None:
            found[entry_hash] = None if entry_hash in found else number
    return found


def _matches(session: Session, keeper: Keeper, fresh: Sequence[ReadEntry]) -> dict[int, Match]:
    """The publisher's own ids first, then the words of those entries that have none."""
    by_ref = keeper.by_ref({entry.position: entry.notification.ref for entry in fresh})
    unnamed = [entry for entry in fresh if entry.notification.ref is None]
    records = [entry.notification for entry in unnamed]
    wordings = [Wording.of(record) for record in records]
    known = known_entries(session, keeper.facts.slug, records, [wording.content_hash for wording in wordings])
    return by_ref | {unnamed[place].position: found for place, found in match(wordings, known).items()}


def _date_quarantine(session: Session, facts: SourceFacts, reading: Reading) -> None:
    """Rows that this parser refuses too have been tried with it."""
    for entry in reading.refused:
        session.execute(
            update(Quarantined)
            .where(Quarantined.source == facts.slug, Quarantined.entry_hash == entry.entry_hash)
            .values(parser_version=facts.parser_version, reason=entry.reason)
        )
