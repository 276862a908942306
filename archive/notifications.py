"""Notifications and their revisions: numbers assigned once, wordings appended, nothing overwritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import Session

from archive.aliases import numbers_of
from archive.changes import Changes
from archive.derived import NotificationRow, Revision, Sighting, Target
from archive.filing import Creations, OnFile, assign_numbers, look_up, new_refs, waiting_numbers
from archive.identity import WINDOW, Known, Match, Wording
from archive.listed import is_listed_elsewhere
from archive.presence import SourceFacts, see, see_late
from archive.records import HASH_VERSION, UNUSED, Notification, ReadEntry, issued_sort
from archive.states import act, act_late, enter, stated_state
from archive.tables import Capture, plain

NEVER = (datetime(9999, 1, 1, tzinfo=UTC), UNUSED)
"""A span without a moment in it."""

_ROWS, _REVISIONS = plain(NotificationRow), plain(Revision)
_SAME = select(_REVISIONS.c.notification_id).where(_REVISIONS.c.content_hash.in_(bindparam("hashes", expanding=True)))
_NEAR = (
    select(_ROWS.c.revision, *(_REVISIONS.c[name] for name in "notification_id number content_hash record".split()))
    .join(_REVISIONS, _REVISIONS.c.notification_id == _ROWS.c.id)
    .where(
        _ROWS.c.source == bindparam("source"),
        or_(
            _ROWS.c.issued_stated.is_(False),
            _ROWS.c.id.in_(_SAME),
            _ROWS.c.issued_sort.between(bindparam("since"), bindparam("until")),
        ),
    )
    .order_by(_ROWS.c.id, _REVISIONS.c.number)
)


def known_entries(session: Session, slug: str, records: Sequence[Notification], hashes: Collection[str]) -> list[Known]:
    """What the archive knows that these records may be: near them in date, undated, or word for word the same."""
    moments = [moment for record in records if (moment := _stated_moment(record)) is not None]
    margin = WINDOW + timedelta(days=1)
    since, until = (min(moments) - margin, max(moments) + margin) if moments else NEVER
    wanted = {"source": slug, "hashes": list(hashes), "since": since, "until": until}
    session.flush()
    return _as_known(session.execute(_NEAR, wanted))


def _stated_moment(record: Notification) -> datetime | None:
    return issued_sort(record, UNUSED)[0] if record.issued is not None else None


def _as_known(rows: Iterable[Row[Any]]) -> list[Known]:
    wordings: dict[int, list[Wording]] = {}
    for row in rows:
        wording = Wording.of(Notification.from_row(row.record), row.content_hash)
        those = wordings.setdefault(row.notification_id, [])
        those.insert(0 if row.number == row.revision else len(those), wording)
    return [Known(number, tuple(those)) for number, those in wordings.items()]


class Keeper:
    """Writes the entries of one capture. `touched` are the notifications that changed, `present` those shown, `met`
    those of them that were known before; `rests` is the state of what a detail gives that has left its list."""

    def __init__(
        self, session: Session, facts: SourceFacts, capture: Capture, target: Target, changes: Changes, *, late: bool
    ) -> None:
        self.session, self.facts, self.capture, self.target = session, facts, capture, target
        self.changes, self.late, self.states_links = changes, late, True
        self.present: set[int] = set()
        self.touched: set[int] = set()
        self.met: set[int] = set()
        self.rests: str | None = None
        self.learnt: str | None = None
        self._on_file = OnFile()
        self._creations = Creations()

    def by_ref(self, refs: Mapping[int, str | None]) -> dict[int, Match]:
        """The notifications that carry the publisher's own ids."""
        wanted = {ref: place for place, ref in refs.items() if ref is not None}
        if not wanted:
            return {}
        numbers = numbers_of(self.session, self.facts.slug, wanted)
        return {wanted[ref]: Match(number, "ref", 1.0) for ref, number in numbers.items()}

    def keep(self, entries: Sequence[ReadEntry], hashes: Mapping[int, str], matches: Mapping[int, Match]) -> list[str]:
        """Write entries in this order; returns the account each belongs to: `new`, `revised` or `unchanged`.

        `hashes` and `matches` are by position.
        """
        self._on_file = look_up(self.session, self.capture, self.target, entries, matches.values())
        numbers = self._numbers(entries, hashes, matches)
        outcomes = [
            self._keep(entry, hashes[entry.position], matches.get(entry.position), numbers) for entry in entries
        ]
        self._creations.write(self.session)
        if not self.late:
            self.touched |= act(self.session, self.facts.slug, entries, self.changes)
            if self.facts.acts:
                new = [entry for entry, outcome in zip(entries, outcomes, strict=True) if outcome == "new"]
                self.touched |= act_late(self.session, self.facts.slug, new, self.changes, self.learnt)
        return outcomes

    def _keep(self, entry: ReadEntry, content_hash: str, found: Match | None, numbers: Mapping[int, int]) -> str:
        row = self._on_file.rows.get(found.notification_id) if found else None
        if found is None or row is None:
            self._create(entry, content_hash, numbers[entry.position])
            return "new"
        self.met.add(row.id)
        return self._meet_again(row, entry, content_hash, found)

    def _meet_again(self, row: NotificationRow, entry: ReadEntry, content_hash: str, found: Match) -> str:
        self.present.add(row.id)
        if self.late or self._is_behind(row):
            see_late(self.session, row, self.target, self.capture.fetched_at)
            return self._revise_late(row, entry, content_hash, found)
        last = self._on_file.sightings.get(row.id)
        self._on_file.sightings[row.id] = see(self.session, row, self.target, self.capture.fetched_at, last)
        state = self.state_of(entry, row.id)
        if row.state != state or row.target_id != self.target.id:
            row.target_id = self.target.id
            self.touched.add(row.id)
        if state == "current":
            enter(row, state, self.changes)
        current = self.session.get_one(Revision, (row.id, row.revision))
        same = current.content_hash == content_hash or self.only_lacks_links(current, entry)
        if not same:
            self._append(row, entry, content_hash, found, current=True, cause=self._cause(current, entry))
        enter(row, state, self.changes)
        return "unchanged" if same else "revised"

    def state_of(self, entry: ReadEntry, number: int) -> str:
        """The state that a bulletin is in by its own words, or at rest where its detail has left the list."""
        state = stated_state(entry.notification.codes)
        rests = self.rests if state == "current" else None
        return rests if rests and not is_listed_elsewhere(self.session, number, self.target.id) else state

    def _is_behind(self, row: NotificationRow) -> bool:
        """Whether the page that shows this notification now was read after this capture of another page."""
        if row.target_id == self.target.id:
            return False
        newest = self.session.get_one(Target, row.target_id).newest_at
        return newest is not None and newest > self.capture.fetched_at

    def only_lacks_links(self, current: Revision, entry: ReadEntry) -> bool:
        """Whether the entry says the same but for addresses, which its document could not state."""
        if self.states_links:
            return False
        held = Notification.from_row(current.record)
        lent = replace(entry.notification, links=held.links, attachments=held.attachments)
        return lent.content_hash() == current.content_hash

    def _cause(self, current: Revision, entry: ReadEntry) -> str:
        """The same entry read differently by another parser is the parser's doing, not the publisher's."""
        same_entry = current.entry_hash == entry.entry_hash
        return "parser" if same_entry and current.parser_version != self.facts.parser_version else self.changes.cause

    def _revise_late(self, row: NotificationRow, entry: ReadEntry, content_hash: str, found: Match) -> str:
        """An older wording joins the history; it is the current one only if no later one is known."""
        revisions = self.session.scalars(select(Revision).where(Revision.notification_id == row.id)).all()
        if any(each.content_hash == content_hash for each in revisions):
            return "unchanged"
        newest = max(each.at for each in revisions)
        newer = self.capture.fetched_at > newest and not self._seen_later(row)
        self._append(row, entry, content_hash, found, current=newer)
        return "revised"

    def _seen_later(self, row: NotificationRow) -> bool:
        last = select(Sighting.id).where(
            Sighting.notification_id == row.id,
            or_(Sighting.last_at.is_(None), Sighting.last_at > self.capture.fetched_at),
        )
        return self.session.scalar(last.limit(1)) is not None

    def _create(self, entry: ReadEntry, content_hash: str, number: int) -> None:
        at, found = self.capture.fetched_at, Match(number, "first", 1.0)
        moment, stated = issued_sort(entry.notification, at)
        state = self.state_of(entry, number)
        row = {"id": number, "source": self.facts.slug, "state": state, "revision": 1, "absences": 0}
        row |= {"target_id": self.target.id, "issued_sort": moment, "issued_stated": stated}
        sighting = {"notification_id": number, "target_id": self.target.id, "first_at": at, "last_at": None}
        self._creations.rows.append(row)
        self._creations.revisions.append(self._revision(number, 1, entry, content_hash, found, self.changes.cause))
        self._assign(entry, found)
        self.present.add(number)
        self.touched.add(number)
        self.changes.add("created", number, 1)
        if state != "current":
            self.changes.into(state, number, 1)
        if self.late:
            self._creations.write(self.session)
            self._place_late(self.session.get_one(NotificationRow, number))
        else:
            self._creations.sightings.append(sighting)

    def _place_late(self, row: NotificationRow) -> None:
        """Met only in an older capture: rolled off where the page begins later now, unless it is over by its words."""
        see_late(self.session, row, self.target, self.capture.fetched_at)
        oldest = self.session.scalar(
            select(func.min(NotificationRow.issued_sort)).where(
                NotificationRow.target_id == self.target.id,
                NotificationRow.state == "current",
                NotificationRow.id != row.id,
            )
        )
        if row.state == "current" and oldest is not None and row.issued_stated and row.issued_sort <= oldest:
            row.state = "rolled-off"

    def _numbers(
        self, entries: Sequence[ReadEntry], hashes: Mapping[int, str], matches: Mapping[int, Match]
    ) -> dict[int, int]:
        """The number of each new entry by position: its identity's in the journal, or one that is assigned now."""
        numbers: dict[int, int] = {}
        fresh: list[ReadEntry] = []
        for entry in entries:
            found = matches.get(entry.position)
            if found is not None and found.notification_id in self._on_file.numbered:
                numbers[entry.position] = found.notification_id
            else:
                fresh.append(entry)
        numbers |= waiting_numbers(self.session, self.facts.slug, fresh, hashes)
        fresh = [entry for entry in fresh if entry.position not in numbers]
        refs = new_refs(self.session, self.facts.slug, fresh, hashes)
        made = assign_numbers(self.session, self.facts.slug, refs, self.capture.id)
        return numbers | {entry.position: number for entry, number in zip(fresh, made, strict=True)}

    def _assign(self, entry: ReadEntry, found: Match) -> None:
        if entry.entry_hash not in self._on_file.assigned:
            self._on_file.assigned.add(entry.entry_hash)
            assignment = {"capture_id": self.capture.id, "entry_hash": entry.entry_hash, "method": found.method}
            assignment |= {"notification_id": found.notification_id, "score": found.score}
            self._creations.assignments.append(assignment)

    def _append(
        self,
        row: NotificationRow,
        entry: ReadEntry,
        content_hash: str,
        found: Match,
        *,
        current: bool,
        cause: str | None = None,
    ) -> None:
        cause = cause or self.changes.cause
        number = 1 + (
            self.session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
        )
        self.session.add(Revision(**self._revision(row.id, number, entry, content_hash, found, cause)))
        self._assign(entry, found)
        if current:
            row.revision = number
            row.issued_sort, row.issued_stated = issued_sort(entry.notification, row.issued_sort)
        self.session.flush()
        self.touched.add(row.id)
        self.changes.add("revised", row.id, number, cause)

    def _revision(
        self, notification_id: int, number: int, entry: ReadEntry, content_hash: str, found: Match, cause: str
    ) -> dict[str, Any]:
        held, urls = self._on_file.documents, [url for url, _ in entry.notification.attachments]
        return {
            "notification_id": notification_id,
            "number": number,
            "content_hash": content_hash,
            "hash_version": HASH_VERSION,
            "record": entry.notification.as_row(),
            "documents": {url: held[url] for url in urls if url in held},
            "capture_id": self.capture.id,
            "position": entry.position,
            "entry_hash": entry.entry_hash,
            "at": self.capture.fetched_at,
            "cause": cause,
            "method": found.method,
            "score": found.score,
            "parser_version": self.facts.parser_version,
        }
