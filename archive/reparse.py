"""What another parser makes of a capture that was settled long ago, appended to the living archive (cause `parser`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from archive import quarantine
from archive.attachments import cite
from archive.changes import Changes
from archive.derived import NotificationRow, Quarantined, Revision
from archive.identity import Match, Wording, match
from archive.indexing import reindex
from archive.notifications import Keeper, known_entries
from archive.presence import SourceFacts
from archive.records import CLASSIFICATION_FIELDS, Notification, ReadEntry, Reading
from archive.tables import Capture
from archive.targets import ensure_target, lock_source


@dataclass(frozen=True, slots=True)
class Reparsed:
    """One thing that a replay changes: `outcome` is revised, reclassified, created, refused or read."""

    outcome: str
    field: str
    sample: str


def apply_reparse(session: Session, facts: SourceFacts, capture_id: int, reading: Reading) -> list[Reparsed]:
    """Append what differs to the archive: current revisions read anew, quarantined entries that can be read now."""
    lock_source(session, facts.slug)
    capture = session.get_one(Capture, capture_id)
    target, _ = ensure_target(session, facts.slug, capture.role, capture.target_url, capture.fetched_at)
    late = target.newest_at is not None and capture.fetched_at < target.newest_at
    changes = Changes("parser", capture.fetched_at, capture.id)
    keeper = Keeper(session, facts, capture, target, changes, late=late)
    found = list(_reread_revisions(session, facts, capture, reading, changes, keeper))
    found += _read_at_last(session, keeper, reading)
    cite(session, capture, keeper.touched)
    reindex(session, keeper.touched)
    capture.parser_version = facts.parser_version
    session.flush()
    changes.write(session)
    return found


def _reread_revisions(
    session: Session, facts: SourceFacts, capture: Capture, reading: Reading, changes: Changes, keeper: Keeper
) -> Iterator[Reparsed]:
    revisions = session.scalars(
        select(Revision)
        .where(Revision.capture_id == capture.id, Revision.position.is_not(None))
        .order_by(Revision.notification_id, Revision.number)
    ).all()
    by_hash = {entry.entry_hash: entry for entry in reading.read}
    by_position = {entry.position: entry for entry in reading.read}
    for revision in revisions:
        entry = by_hash.get(revision.entry_hash or "") or by_position.get(revision.position or 0)
        title = str(revision.record["title"] or revision.record["issued"])
        if entry is None:
            yield Reparsed("refused", "", title)
        else:
            yield from _reread(session, facts, capture, revision, entry.notification, changes, keeper)


def _reread(
    session: Session,
    facts: SourceFacts,
    capture: Capture,
    revision: Revision,
    record: Notification,
    changes: Changes,
    keeper: Keeper,
) -> Iterator[Reparsed]:
    before, after = revision.record, record.as_row()
    content_hash = record.content_hash()
    if content_hash == revision.content_hash:
        yield from _differing("reclassified", before, after, CLASSIFICATION_FIELDS)
        if before != after:
            revision.record = after
            keeper.touched.add(revision.notification_id)
        return
    row = session.get_one(NotificationRow, revision.notification_id)
    current = session.get_one(Revision, (row.id, row.revision))
    if current.content_hash != revision.content_hash:
        return
    _append_reread(session, facts, row, revision, current, after, content_hash)
    keeper.touched.add(row.id)
    changes.add("revised", row.id, row.revision)
    yield from _differing("revised", before, after, [name for name in after if name not in CLASSIFICATION_FIELDS])


def _append_reread(
    session: Session,
    facts: SourceFacts,
    row: NotificationRow,
    revision: Revision,
    current: Revision,
    record: Mapping[str, Any],
    content_hash: str,
) -> None:
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
    session.add(
        Revision(
            notification_id=row.id,
            number=newest + 1,
            content_hash=content_hash,
            hash_version=revision.hash_version,
            record=dict(record),
            documents=current.documents,
            capture_id=revision.capture_id,
            position=revision.position,
            entry_hash=revision.entry_hash,
            at=revision.at,
            cause="parser",
            method=revision.method,
            score=revision.score,
            parser_version=facts.parser_version,
        )
    )
    row.revision = newest + 1
    session.flush()


def _differing(
    outcome: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]
) -> Iterator[Reparsed]:
    for name in names:
        if name != "evidence" and before.get(name) != after[name]:
            yield Reparsed(outcome, name, f"{_brief(before.get(name))} → {_brief(after[name])}")


def _brief(value: object) -> str:
    printed = str(value)
    return printed if len(printed) <= 60 else f"{printed[:59]}…"


def _read_at_last(session: Session, keeper: Keeper, reading: Reading) -> list[Reparsed]:
    """Write the entries that no revision came from: quarantined until now, or not found by the earlier parser."""
    slug = keeper.facts.slug
    waiting = set(
        session.scalars(
            select(Quarantined.entry_hash).where(Quarantined.source == slug, Quarantined.state == "waiting")
        )
    )
    fresh = [entry for entry in reading.read if not _is_known(session, slug, keeper.capture.id, entry)]
    matches = _matches(session, keeper, fresh)
    chosen = [entry for entry in fresh if entry.position not in matches or entry.entry_hash in waiting]
    hashes = {entry.position: entry.notification.content_hash() for entry in chosen}
    outcomes = zip(chosen, keeper.keep(chosen, hashes, matches), strict=True)
    found = [
        Reparsed("created" if outcome == "new" else "read", "", entry.raw.splitlines()[0][:60])
        for entry, outcome in outcomes
    ]
    quarantine.lift(session, keeper.facts, [entry.entry_hash for entry in reading.read])
    quarantine.lift_document(session, keeper.facts, keeper.capture)
    _date_quarantine(session, keeper.facts, reading)
    return found


def _is_known(session: Session, slug: str, capture_id: int, entry: ReadEntry) -> bool:
    there = (
        select(Revision.number)
        .join(NotificationRow, NotificationRow.id == Revision.notification_id)
        .where(NotificationRow.source == slug)
        .where(
            (Revision.entry_hash == entry.entry_hash)
            | ((Revision.capture_id == capture_id) & (Revision.position == entry.position))
        )
    )
    return session.scalar(there.limit(1)) is not None


def _matches(session: Session, keeper: Keeper, fresh: Sequence[ReadEntry]) -> dict[int, Match]:
    records = [entry.notification for entry in fresh]
    wordings = [Wording.of(record) for record in records]
    known = known_entries(session, keeper.facts.slug, records, [wording.content_hash for wording in wordings])
    return {fresh[place].position: found for place, found in match(wordings, known).items()}


def _date_quarantine(session: Session, facts: SourceFacts, reading: Reading) -> None:
    """Rows that this parser refuses too have been tried with it."""
    for entry in reading.refused:
        session.execute(
            update(Quarantined)
            .where(Quarantined.source == facts.slug, Quarantined.entry_hash == entry.entry_hash)
            .values(parser_version=facts.parser_version, reason=entry.reason)
        )
