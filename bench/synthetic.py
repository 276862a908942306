"""An archive of synthetic notifications in all its tables, written in bulk: for benchmarks of size alone.

Words follow Zipf's law: word1 is in nearly every notification, word5000 in one of a thousand.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from archive.derived import NotificationRow, Revision, Sighting, SourceRow, Target
from archive.records import HASH_VERSION, Notification
from archive.search import SearchEntry, index_all
from archive.store import Archive
from archive.tables import Capture, Identity, plain

VOCABULARY = 50_000
WORDS_PER_NOTIFICATION = 46
ISSUED_FROM = datetime(2005, 1, 1, tzinfo=UTC)
ISSUED_MINUTES = 10_000_000
READ_AGAIN_AT = datetime(2030, 1, 1, tzinfo=UTC)
LEVELS = ("green", "yellow", "amber", "red")
SOURCES = ("bsia-cssc", *(f"source-{number}" for number in range(1, 20)))
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """One notification of our making, with its number."""

    number: int
    record: Notification
    issued: datetime

    def entry(self) -> SearchEntry:
        """What search is told of it."""
        facets = {"source": [self.record.source], "state": ["current"], "level": [self.record.level or ""]}
        return SearchEntry(self.number, self.issued, self.record.title or "", self.record.text, (), facets)


def notifications(size: int) -> Iterator[Made]:
    """Notifications in random order of issue, always the same."""
    dice = random.Random(1)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    vocabulary = [f"word{rank}" for rank in range(1, VOCABULARY + 1)]
    for number in range(1, size + 1):
        words = dice.choices(vocabulary, cum_weights=weights, k=WORDS_PER_NOTIFICATION)
        issued = ISSUED_FROM + timedelta(minutes=dice.randrange(ISSUED_MINUTES))
        source = dice.choice(SOURCES)
        record = Notification(
            source=source,
            ref=str(number),
            url=f"https://{source}.example/{number}",
            title=" ".join(words[:6]),
            text=" ".join(words[6:]),
            level=dice.choice(LEVELS),
            issued=issued.isoformat(),
            issued_precision="minute",
        )
        yield Made(number, record, issued)


def fill(archive: Archive, size: int) -> None:
    """Write so many notifications, each with its target, revision, sighting and search entry."""
    with archive.writing() as session:
        session.execute(insert(plain(Capture)), [_capture()])
        session.execute(insert(plain(SourceRow)), [{"slug": slug, "first_settled_at": ISSUED_FROM} for slug in SOURCES])
    made = notifications(size)
    while batch := list(itertools.islice(made, BATCH)):
        with archive.writing() as session:
            _write(session, batch)


def _write(session: Session, batch: Sequence[Made]) -> None:
    for mapped, rows in _rows(batch):
        session.execute(insert(plain(mapped)), rows)
    index_all(session, [each.entry() for each in batch])


def _rows(batch: Sequence[Made]) -> Iterable[tuple[Any, list[dict[str, Any]]]]:
    yield Identity, [_identity(each) for each in batch]
    yield Target, [_target(each) for each in batch]
    yield NotificationRow, [_row(each) for each in batch]
    yield Revision, [_revision(each) for each in batch]
    yield Sighting, [_sighting(each) for each in batch]


def _capture() -> dict[str, Any]:
    """The one capture that everything is said to come from."""
    at = {"fetched_at": ISSUED_FROM, "archived_at": ISSUED_FROM}
    where = {"source": SOURCES[0], "role": "import", "target_url": "bench:", "url": "bench:"}
    empty = dict.fromkeys(("status", "sha256", "size", "redirected_from", "reason", "parser_version", "region_hash"))
    done = {"id": 1, "via": "bench", "cause": "import", "state": "done", "healthy": True, "settled": 0, "repeats": None}
    return {**at, **where, **empty, **done, "headers": [], "facts": {}}


def _identity(made: Made) -> dict[str, Any]:
    name = hashlib.sha256(made.record.url.encode()).hexdigest()[:16]
    ref = {"source": made.record.source, "ref": made.record.ref, "capture_id": 1}
    return {"notification_id": made.number, "public_id": name, **ref}


def _target(made: Made) -> dict[str, Any]:
    unknown = ("lease_owner", "lease_until", "sha256", "held_reason", "last_error", "links_wait")
    read = {"newest_at": made.issued, "confirmed_at": made.issued, "capture_id": 1, "last_tried_at": made.issued}
    state = {"state": "read", "next_check_at": READ_AGAIN_AT, "failures": 0, "last_status": 200, "facts": {}}
    address = {"id": made.number, "source": made.record.source, "role": "detail", "url": made.record.url}
    return {**address, **state, **read, **dict.fromkeys(unknown), "first_seen_at": made.issued}


def _row(made: Made) -> dict[str, Any]:
    key = {"id": made.number, "source": made.record.source, "target_id": made.number, "state": "current", "revision": 1}
    return {**key, "issued_sort": made.issued, "issued_stated": True, "absences": 0, "absent_at": None}


def _revision(made: Made) -> dict[str, Any]:
    name = hashlib.sha256(made.record.text.encode()).hexdigest()
    says = {"content_hash": name, "hash_version": HASH_VERSION, "record": made.record.as_row(), "documents": {}}
    came = {"capture_id": 1, "position": 0, "entry_hash": name, "at": made.issued, "cause": "import"}
    how = {"method": "first", "score": 1.0, "parser_version": "bench"}
    return {"notification_id": made.number, "number": 1, **says, **came, **how}


def _sighting(made: Made) -> dict[str, Any]:
    seen = {"target_id": made.number, "first_at": made.issued, "last_at": None}
    return {"id": made.number, "notification_id": made.number, **seen}
