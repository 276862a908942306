"""What is on file about the entries of a capture, looked up in few statements, and the new ones, written in few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, insert, select
from sqlalchemy.orm import Session

from archive.derived import NotificationRow, Revision, Sighting, Target
from archive.identity import Match, derived_ref, public_id
from archive.records import ReadEntry
from archive.tables import Assignment, Capture, Identity, plain

_IDENTITIES, _ASSIGNMENTS, _TARGETS = plain(Identity), plain(Assignment), plain(Target)
_ROWS = plain(NotificationRow)
_REFS = and_(_IDENTITIES.c.source == bindparam("source"), _IDENTITIES.c.ref.in_(bindparam("refs", expanding=True)))
_TAKEN = select(_IDENTITIES.c.ref).where(_REFS)
_WAITING = (
    select(_IDENTITIES.c.ref, _IDENTITIES.c.notification_id)
    .outerjoin(_ROWS, _ROWS.c.id == _IDENTITIES.c.notification_id)
    .where(_REFS, _ROWS.c.id.is_(None))
)
_ASSIGNED = select(_ASSIGNMENTS.c.entry_hash).where(_ASSIGNMENTS.c.capture_id == bindparam("capture"))
_BLOBS = select(_TARGETS.c.url, _TARGETS.c.sha256).where(
    _TARGETS.c.source == bindparam("source"),
    _TARGETS.c.role == "attachment",
    _TARGETS.c.url.in_(bindparam("urls", expanding=True)),
    _TARGETS.c.sha256.is_not(None),
)
_NUMBER = insert(_IDENTITIES).returning(_IDENTITIES.c.notification_id, sort_by_parameter_order=True)
_WRITE_ROWS, _WRITE_REVISIONS = insert(_ROWS), insert(plain(Revision))
_WRITE_SIGHTINGS, _WRITE_ASSIGNMENTS = insert(plain(Sighting)), insert(_ASSIGNMENTS)


@dataclass(slots=True)
class OnFile:
    """What is known of the entries of one capture before they are written.

    By notification: `rows`, their `current` revisions, the target's last `sightings`. `numbered` are the numbers in
    the journal, `assigned` the entries that it assigns, `documents` the blobs behind cited addresses now.
    """

    rows: dict[int, NotificationRow] = field(default_factory=dict)
    current: dict[int, Revision] = field(default_factory=dict)
    sightings: dict[int, Sighting] = field(default_factory=dict)
    numbered: set[int] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=dict)


def look_up(
    session: Session, capture: Capture, target: Target, entries: Sequence[ReadEntry], matches: Iterable[Match]
) -> OnFile:
    """What is on file about these entries and the notifications that they were taken for."""
    found = OnFile()
    numbers = sorted({match.notification_id for match in matches})
    if numbers:
        _look_up_known(session, target, numbers, found)
    found.assigned = set(session.scalars(_ASSIGNED, {"capture": capture.id}))
    urls = {url for entry in entries for url, _ in entry.notification.attachments}
    if urls:
        found.documents = _documents(session, capture.source, urls)
    return found


def _look_up_known(session: Session, target: Target, numbers: Sequence[int], found: OnFile) -> None:
    found.numbered = set(session.scalars(select(Identity.notification_id).where(Identity.notification_id.in_(numbers))))
    rows = session.scalars(select(NotificationRow).where(NotificationRow.id.in_(numbers)))
    found.rows = {row.id: row for row in rows}
    current = (
        select(Revision)
        .join(NotificationRow, NotificationRow.id == Revision.notification_id)
        .where(NotificationRow.id.in_(numbers), Revision.number == NotificationRow.revision)
    )
    found.current = {each.notification_id: each for each in session.scalars(current)}
    spans = (
        select(Sighting)
        .where(Sighting.notification_id.in_(numbers), Sighting.target_id == target.id)
        .order_by(Sighting.first_at)
    )
    found.sightings = {span.notification_id: span for span in session.scalars(spans)}


def _documents(session: Session, source: str, urls: Iterable[str]) -> dict[str, str]:
    found = session.execute(_BLOBS, {"source": source, "urls": list(urls)})
    return {url: sha256 for url, sha256 in found}  # noqa: C416


def waiting_numbers(
    session: Session, source: str, entries: Sequence[ReadEntry], hashes: Mapping[int, str]
) -> dict[int, int]:
    """By position, the numbers that the journal gave to entries of these refs and that no notification has yet.

    There are such only while an archive is derived again.
    """
    refs = {
        entry.notification.ref or derived_ref(entry.notification, hashes[entry.position]): entry.position
        for entry in entries
    }
    if not refs:
        return {}
    found = session.execute(_WAITING, {"source": source, "refs": list(refs)})
    return {refs[ref]: number for ref, number in found}


def new_refs(session: Session, source: str, entries: Sequence[ReadEntry], hashes: Mapping[int, str]) -> list[str]:
    """A ref for each new entry: the publisher's, else a derived one that nothing else of the source has."""
    derived = {entry.position: derived_ref(entry.notification, hashes[entry.position]) for entry in entries}
    wanted = {"source": source, "refs": list(derived.values())}
    taken = set(session.scalars(_TAKEN, wanted)) if derived else set()
    refs: list[str] = []
    for entry in entries:
        ref = entry.notification.ref or derived[entry.position]
        if entry.notification.ref is None and ref in taken:
            like = select(Identity.ref).where(Identity.source == source, Identity.ref.startswith(ref))
            ref = derived_ref(entry.notification, hashes[entry.position], taken.union(session.scalars(like)))
        taken.add(ref)
        refs.append(ref)
    return refs


def assign_numbers(
    session: Session, source: str, refs: Sequence[str], capture_id: int, public_ids: Sequence[str] = ()
) -> list[int]:
    """Make an identity for each ref, and return their numbers, which rise in this order.

    `public_ids` are those that they have already, in another archive.
    """
    named = public_ids or [public_id(source, ref) for ref in refs]
    rows = [
        {"public_id": name, "source": source, "ref": ref, "capture_id": capture_id}
        for name, ref in zip(named, refs, strict=True)
    ]
    return list(session.scalars(_NUMBER, rows)) if rows else []


@dataclass(slots=True)
class Creations:
    """Rows that wait to be written together."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    sightings: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)

    def write(self, session: Session) -> None:
        """Write what waits, a row before the rows that refer to it."""
        waiting = (
            (_WRITE_ROWS, self.rows),
            (_WRITE_REVISIONS, self.revisions),
            (_WRITE_SIGHTINGS, self.sightings),
            (_WRITE_ASSIGNMENTS, self.assignments),
        )
        for statement, rows in waiting:
            if rows:
                session.execute(statement, rows)
                rows.clear()
