"""Reading an export back: each line is checked, kept as a capture, and settled like any other. Opens no socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from archive.blobs import name_of
from archive.exchange import MOST_LINE_BYTES, BadLine, read_line
from archive.identity import public_id
from archive.journal import Arrival, pending, record_all
from archive.loaded import arrival_of, known_already
from archive.store import Archive
from ingest.merging import merge_index
from ingest.report import Report
from ingest.settling import settle
from parsers.source import Source

BATCH_LINES, BATCH_BYTES = 200, 8 * 1024 * 1024
"""So much is in memory, and is made durable, at once."""
MOST_TOLD = 20
NOBODY = "-"
"""Stands for the source of lines that are none of an export."""
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that was read: where it stands, what it states, and what is to be recorded of it."""

    place: int
    row: Mapping[str, Any]
    arrival: Arrival
    sha256: str


@dataclass(slots=True)
class Loading:
    """One file on its way into an archive. `former` gives the present slug of a source by its former ones.

    `say` is told what is wrong, `progress` how far it has come.
    """

    archive: Archive
    sources: Mapping[str, Source]
    former: Mapping[str, str]
    name: str
    now: datetime
    say: Callable[[str], None]
    progress: Callable[[str], None] = lambda line: None
    reports: dict[str, Report] = field(default_factory=dict)
    told: int = 0
    _batch: list[_Line] = field(default_factory=list)

    def load(self, stream: BinaryIO) -> list[Report]:
        """Load all that the file has; what is wrong with a line is told and costs that line.

        Where the file or a line ends it by an error that nobody foresaw, the lines before are kept all the same.
        """
        try:
            for place, line in _lines(stream):
                self._take_or_tell(place, line)
        except Exception:
            self._flush()
            raise
        self._flush()
        merge_index(self.archive, lambda line: self.say(f"{self.name}: {line}"))
        if self.told > MOST_TOLD:
            self.say(f"{self.name}: {self.told - MOST_TOLD} more lines like these")
        return list(self.reports.values())

    def _take_or_tell(self, place: int, line: bytes) -> None:
        try:
            self._take(place, line)
        except BadLine as problem:
            self._report(NOBODY).accounts.errors += 1
            self._report(NOBODY).is_lossy = True
            self._tell(place, str(problem))

    def _take(self, place: int, line: bytes) -> None:
        row = read_line(line, self.now)
        slug = self._slug_of(row)
        if slug not in self.reports:
            self._settle_pending(slug)
        arrival = arrival_of(row, slug)
        self._batch.append(_Line(place, row, arrival, name_of(arrival.body)))
        if len(self._batch) >= BATCH_LINES or sum(len(each.arrival.body) for each in self._batch) >= BATCH_BYTES:
            self._flush()

    def _slug_of(self, row: Mapping[str, Any]) -> str:
        """The present slug of the source of a line, to which its id must belong. Raises BadLine."""
        stated, ref = str(row["source"]), str(row["first_ref"])
        slug = self.former.get(stated, stated)
        if slug not in self.sources:
            raise BadLine(f"source: {stated[:60]!r}, expected one that this version reads")
        slugs = {slug, *(old for old, new in self.former.items() if new == slug)}
        if row["id"] not in {public_id(each, ref) for each in slugs}:
            raise BadLine(f"id: {row['id']}, expected {public_id(slug, ref)}, that of {ref[:60]!r} of {slug}")
        return slug

    def _settle_pending(self, slug: str) -> None:
        """What an earlier load of the source kept and did not settle goes first."""
        report = self._report(slug)
        with self.archive.reading() as session:
            waiting = pending(session, slug)
        for number in waiting:
            report.take(settle(self.archive, self.sources[slug], number, self.now))

    def _flush(self) -> None:
        """Keep the lines of the batch that say something new, then settle them one by one."""
        fresh = self._fresh()
        if self._batch:
            self.progress(f"{self.name}: line {self._batch[-1].place:,}")
        self._batch.clear()
        self.archive.blobs.put_all([each.arrival.body for each in fresh])
        with self.archive.writing() as session:
            numbers = record_all(session, [(each.arrival, each.sha256) for each in fresh], self.now) if fresh else []
        for each, number in zip(fresh, numbers, strict=True):
            settled = settle(self.archive, self.sources[each.arrival.source], number, self.now)
            if settled is not None:
                self._count(each, settled.accounts.quarantined > 0, settled.notice)
                self._report(each.arrival.source).accounts.add(settled.accounts)

    def _fresh(self) -> list[_Line]:
        fresh: dict[str, _Line] = {}
        with self.archive.reading() as session:
            for each in self._batch:
                books = self._report(each.arrival.source).accounts
                known = known_already(session, each.arrival, each.sha256, each.row)
                if each.sha256 in fresh:
                    books.seen, books.repeated = books.seen + 1, books.repeated + 1
                elif known is None:
                    fresh[each.sha256] = each
                else:
                    books.add(known.accounts)
                    self._count(each, known.losses, known.notice)
        return list(fresh.values())

    def _count(self, line: _Line, is_lost: bool, reason: str | None) -> None:
        if is_lost:
            self._report(line.arrival.source).is_lossy = True
            self._tell(line.place, reason or "quarantined")

    def _report(self, slug: str) -> Report:
        return self.reports.setdefault(slug, Report(slug))

    def _tell(self, place: int, reason: str) -> None:
        self.told += 1
        if self.told <= MOST_TOLD:
            self.say(f"{self.name}, line {place}: {reason}")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, without those that are empty; of one that is too long, as much as shows it."""
    place = 0
    while line := stream.readline(MOST_LINE_BYTES + 2):
        place += 1
        rest = line
        while len(line) > MOST_LINE_BYTES and rest and not rest.endswith(b"\n"):
            rest = stream.readline(BATCH_BYTES)
        stated = (line.removeprefix(MARK) if place == 1 else line).rstrip(b"\r\n")
        if stated.strip():
            yield place, stated
