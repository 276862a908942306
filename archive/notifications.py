"""Notifications and their revisions: numbers assigned once, wordings appended, nothing overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import Attachment, NotificationRow, Revision, Target
from archive.identity import WINDOW, Known, Match, Wording, derived_ref, public_id
from archive.presence import LONDON, SourceFacts, come_back, see, see_late
from archive.records import HASH_VERSION, Notification, ReadEntry
from archive.tables import Assignment, Capture, Identity


def issued_sort(record: Notification, first_seen: datetime) -> tuple[datetime, bool]:
    """Where a record stands in time (UTC) and whether that is stated; an undated one stands at its first capture.

    A date alone is 00:00 in London; a year or month alone is its first day.
    """
    if record.issued is None:
        return first_seen, False
    printed = record.issued
    if record.issued_precision in ("year", "month", "day"):
        padded = (printed + "-01-01")[:10] if len(printed) < 10 else printed
        day = datetime.fromisoformat(padded).date()
        return datetime.combine(day, time.min, LONDON).astimezone(UTC), True
    moment = datetime.fromisoformat(printed)
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC), True


def known_entries(session: Session, slug: str, records: Sequence[Notification], hashes: Collection[str]) -> list[Known]:
    """What the archive knows that these records may be: near them in date, undated, or word for word the same."""
    moments = [moment for record in records if (moment := _stated_moment(record)) is not None]
    same = select(Revision.notification_id).where(Revision.content_hash.in_(list(hashes)))
    near = [NotificationRow.issued_stated.is_(False), NotificationRow.id.in_(same)]
    if moments:
        margin = WINDOW + timedelta(days=1)
        near.append(NotificationRow.issued_sort.between(min(moments) - margin, max(moments) + margin))
    rows = session.execute(
        select(NotificationRow.revision, Revision)
        .join(Revision, Revision.notification_id == NotificationRow.id)
        .where(NotificationRow.source == slug, or_(*near))
        .order_by(NotificationRow.id, Revision.number)
    ).all()
    return _as_known([(current, revision) for current, revision in rows])


def _stated_moment(record: Notification) -> datetime | None:
    return issued_sort(record, datetime.now(UTC))[0] if record.issued is not None else None


def _as_known(rows: Sequence[tuple[int, Revision]]) -> list[Known]:
    wordings: dict[int, list[Wording]] = {}
    for current, revision in rows:
        wording = Wording.of(Notification.from_row(revision.record), revision.content_hash)
        those = wordings.setdefault(revision.notification_id, [])
        those.insert(0 if revision.number == current else len(those), wording)
    return [Known(number, tuple(those)) for number, those in wordings.items()]


class Keeper:
    """Writes the entries of one capture. `touched` are the notifications that changed, `present` those
    shown, `met` those of them that were known before."""

    def __init__(
        self, session: Session, facts: SourceFacts, capture: Capture, target: Target, changes: Changes, *, late: bool
    ) -> None:
        self.session, self.facts, self.capture, self.target = session, facts, capture, target
        self.changes, self.late = changes, late
        self.present: set[int] = set()
        self.touched: set[int] = set()
        self.met: set[int] = set()

    def by_ref(self, refs: Mapping[int, str | None]) -> dict[int, Match]:
        """The notifications that carry the publisher's own ids."""
        wanted = {ref: place for place, ref in refs.items() if ref is not None}
        rows = self.session.scalars(
            select(Identity).where(Identity.source == self.facts.slug, Identity.ref.in_(list(wanted)))
        )
        return {wanted[row.ref]: Match(row.notification_id, "ref", 1.0) for row in rows}

    def keep(self, entry: ReadEntry, content_hash: str, found: Match | None) -> str:
        """Write one entry; returns the account it belongs to: `new`, `revised` or `unchanged`."""
        row = self.session.get(NotificationRow, found.notification_id) if found else None
        if row is None:
            self._create(entry, content_hash, found)
            return "new"
        self.met.add(row.id)
        return self._meet_again(row, entry, content_hash, found or Match(row.id, "exact", 1.0))

    def _meet_again(self, row: NotificationRow, entry: ReadEntry, content_hash: str, found: Match) -> str:
        self.present.add(row.id)
        if self.late:
            see_late(self.session, row, self.target, self.capture.fetched_at)
            return self._revise_late(row, entry, content_hash, found)
        see(self.session, row, self.target, self.capture.fetched_at)
        if row.state != "current" or row.target_id != self.target.id:
            come_back(row, self.changes)
            row.target_id = self.target.id
            self.touched.add(row.id)
        current = self.session.get_one(Revision, (row.id, row.revision))
        if current.content_hash == content_hash:
            return "unchanged"
        self._append(row, entry, content_hash, found, current=True, cause=self._cause(current, entry))
        return "revised"

    def _cause(self, current: Revision, entry: ReadEntry) -> str:
        """The same entry read differently by another parser is the parser's doing, not the publisher's."""
        same_entry = current.entry_hash == entry.entry_hash
        return "parser" if same_entry and current.parser_version != self.facts.parser_version else self.changes.cause

    def _revise_late(self, row: NotificationRow, entry: ReadEntry, content_hash: str, found: Match) -> str:
        """An older wording joins the history; it is the current one only if no later wording is known."""
        revisions = self.session.scalars(select(Revision).where(Revision.notification_id == row.id)).all()
        if any(each.content_hash == content_hash for each in revisions):
            return "unchanged"
        newest = max(each.at for each in revisions)
        newer = self.capture.fetched_at > newest and not self._seen_later(row)
        self._append(row, entry, content_hash, found, current=newer)
        return "revised"

    def _seen_later(self, row: NotificationRow) -> bool:
        from archive.derived import Sighting

        last = select(Sighting.id).where(
            Sighting.notification_id == row.id,
            or_(Sighting.last_at.is_(None), Sighting.last_at > self.capture.fetched_at),
        )
        return self.session.scalar(last.limit(1)) is not None

    def _create(self, entry: ReadEntry, content_hash: str, assigned: Match | None) -> None:
        identity = self._identity(entry, content_hash, assigned)
        moment, stated = issued_sort(entry.notification, self.capture.fetched_at)
        row = NotificationRow(
            id=identity.notification_id,
            source=self.facts.slug,
            state="current",
            revision=0,
            target_id=self.target.id,
            issued_sort=moment,
            issued_stated=stated,
            absences=0,
        )
        self.session.add(row)
        self.session.flush()
        self.present.add(row.id)
        if self.late:
            self._place_late(row)
        else:
            see(self.session, row, self.target, self.capture.fetched_at)
        self._append(row, entry, content_hash, Match(row.id, "first", 1.0), current=True, kind="created")

    def _place_late(self, row: NotificationRow) -> None:
        """Met only in an older capture: rolled off where the page begins later now, else absent from now on."""
        see_late(self.session, row, self.target, self.capture.fetched_at)
        oldest = self.session.scalar(
            select(func.min(NotificationRow.issued_sort)).where(
                NotificationRow.target_id == self.target.id,
                NotificationRow.state == "current",
                NotificationRow.id != row.id,
            )
        )
        if oldest is not None and row.issued_stated and row.issued_sort <= oldest:
            row.state = "rolled-off"

    def _identity(self, entry: ReadEntry, content_hash: str, assigned: Match | None) -> Identity:
        there = self.session.get(Identity, assigned.notification_id) if assigned else None
        if there is not None:
            return there
        like = derived_ref(entry.notification, content_hash)
        taken = self.session.scalars(
            select(Identity.ref).where(Identity.source == self.facts.slug, Identity.ref.startswith(like))
        )
        ref = entry.notification.ref or derived_ref(entry.notification, content_hash, taken)
        identity = Identity(
            public_id=public_id(self.facts.slug, ref), source=self.facts.slug, ref=ref, capture_id=self.capture.id
        )
        self.session.add(identity)
        self.session.flush()
        self._assign(entry.position, Match(identity.notification_id, "first", 1.0))
        return identity

    def _assign(self, position: int, found: Match) -> None:
        if self.session.get(Assignment, (self.capture.id, position)) is None:
            self.session.execute(
                insert(Assignment).values(
                    capture_id=self.capture.id,
                    position=position,
                    notification_id=found.notification_id,
                    method=found.method,
                    score=found.score,
                )
            )

    def _append(
        self,
        row: NotificationRow,
        entry: ReadEntry,
        content_hash: str,
        found: Match,
        *,
        current: bool,
        kind: str = "revised",
        cause: str | None = None,
    ) -> None:
        cause = cause or self.changes.cause
        number = 1 + (
            self.session.scalar(select(func.max(Revision.number)).where(Revision.notification_id == row.id)) or 0
        )
        self.session.add(self._revision(row, number, entry, content_hash, found, cause))
        self._assign(entry.position, found)
        if current:
            row.revision = number
            row.issued_sort, row.issued_stated = issued_sort(entry.notification, row.issued_sort)
        self.session.flush()
        self.touched.add(row.id)
        self.changes.add(kind, row.id, number, cause)

    def _revision(
        self, row: NotificationRow, number: int, entry: ReadEntry, content_hash: str, found: Match, cause: str
    ) -> Revision:
        return Revision(
            notification_id=row.id,
            number=number,
            content_hash=content_hash,
            hash_version=HASH_VERSION,
            record=entry.notification.as_row(),
            documents=documents_of(self.session, self.facts.slug, entry.notification),
            capture_id=self.capture.id,
            position=entry.position,
            entry_hash=entry.entry_hash,
            at=self.capture.fetched_at,
            cause=cause,
            method=found.method,
            score=found.score,
            parser_version=self.facts.parser_version,
        )


def documents_of(session: Session, source: str, record: Notification) -> dict[str, str]:
    """The blobs that stand behind a record's attachment addresses now, by address."""
    urls = [url for url, _ in record.attachments]
    if not urls:
        return {}
    rows = session.execute(
        select(Target.url, Target.sha256).where(
            Target.source == source, Target.url.in_(urls), Target.sha256.is_not(None)
        )
    )
    return {url: sha256 for url, sha256 in rows if sha256 is not None}


def cited_by(session: Session, target_id: int) -> list[int]:
    """The notifications whose current revision cites an attachment."""
    return list(
        session.scalars(
            select(Attachment.notification_id)
            .where(Attachment.target_id == target_id, Attachment.cited.is_(True))
            .order_by(Attachment.notification_id)
        )
    )
