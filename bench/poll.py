"""What it costs to poll a page that does not change: requests, parses, rows, processor time, bytes, memory.

    python -m bench.poll [--polls 2000] [--rounds 5] [--memory-polls 10000]

The page is the replica's CSSC page with its 40 messages. `unchanged` answers 304; `view-state` answers 200 with
other bytes outside the region each time; `edited` answers 200 with another sentence in one message each time. The
pages take turns, round by round, as a processor is not as quick at one time as at another.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import func, select

from archive.derived import Target
from archive.migrate import open_archive
from archive.records import Reading
from archive.store import Archive
from archive.tables import Table
from bench.servers import (
    PAGES,
    Stopwatch,
    in_own_process,
    machine,
    one_page,
    resident_mib,
    serving,
    source_at,
)
from ingest.documents import DocumentReader
from ingest.fetch import Fetcher
from ingest.politeness import at_once
from ingest.run import run_source
from ingest.tools import Tools
from parsers.page import Page
from parsers.source import sources
from replica.transport import replica_transport

POLLS_A_YEAR = 35_040
EVERY = timedelta(minutes=15)
STARTED_AT = datetime(2018, 7, 2, 9, 0, tzinfo=UTC)
WARMING_UP = 20
SAMPLES = 4


@dataclass(slots=True)
class Seen:
    """What the polls did: responses by status, requests with a condition, parses."""

    statuses: Counter[int] = field(default_factory=Counter)
    conditional: int = 0
    parses: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What so many polls came to: what was seen, rows by table, processor seconds, bytes on disk."""

    polls: int
    seen: Seen
    rows: Counter[str]
    cpu_seconds: float
    disk_bytes: int
    resident_mib: tuple[tuple[int, float], ...]

    @property
    def cost(self) -> float:
        """Seconds of processor time a poll."""
        return self.cpu_seconds / self.polls


def together(one: Figures, other: Figures) -> Figures:
    """What two rounds came to."""
    seen = Seen(
        one.seen.statuses + other.seen.statuses,
        one.seen.conditional + other.seen.conditional,
        one.seen.parses + other.seen.parses,
    )
    cpu_seconds, disk_bytes = one.cpu_seconds + other.cpu_seconds, one.disk_bytes + other.disk_bytes
    return Figures(one.polls + other.polls, seen, one.rows + other.rows, cpu_seconds, disk_bytes, ())


class Counting(httpx.BaseTransport):
    """Counts what passes."""

    def __init__(self, inner: httpx.BaseTransport, seen: Seen) -> None:
        self._inner, self._seen = inner, seen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        self._seen.statuses[response.status_code] += 1
        self._seen.conditional += "If-None-Match" in request.headers
        return response

    def close(self) -> None:
        self._inner.close()


class Poller:
    """Polls one page into one archive, 15 minutes apart by a clock of its own."""

    def __init__(self, archive: Archive, port: int) -> None:
        self.seen, self.now = Seen(), STARTED_AT
        self._archive, self._port = archive, port
        self._source = source_at(*sources()["bsia-cssc"].start)
        self._read = self._source.read
        vars(self._source)["read"] = self._counted

    def _counted(self, page: Page) -> Reading:
        self.seen.parses += 1
        return self._read(page)

    def poll(self, times: int) -> None:
        with self._fetcher() as fetcher, DocumentReader() as documents:
            tools = Tools(fetcher, documents, clock=lambda: self.now)
            for _ in range(times):
                self.now += EVERY
                report = run_source(self._archive, self._source, tools)
                if report.state != "done" or report.accounts.errors:
                    raise SystemExit(f"poll: {report.state} {report.notices}, expected it done")

    def _fetcher(self) -> Fetcher:
        return Fetcher(
            user_agent="bench",
            transport_for=lambda host: Counting(replica_transport(self._port), self.seen),
            politeness=at_once(),
            clock=lambda: self.now,
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--polls", type=int, default=2_000)
    arguments.add_argument("--edited-polls", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--memory-polls", type=int, default=10_000)
    options = arguments.parse_args()
    print(machine())
    found: dict[str, list[Figures]] = {page: [] for page in PAGES}
    for number in range(options.rounds):
        for page in PAGES if number % 2 else reversed(PAGES):
            polls = options.edited_polls if page == "edited" else options.polls
            with serving(one_page, page) as port:
                found[page].append(in_own_process(figures, port, polls // options.rounds, 1))
    for page, rounds in found.items():
        show(page, reduce(together, rounds))
    for page in ("unchanged", "view-state"):
        ratios = [one.cost / other.cost for one, other in zip(found[page], found["edited"], strict=True)]
        said = f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        print(f"processor time of a poll, {page} / one that parses: {said}")
    with serving(one_page, "unchanged") as port:
        grown = in_own_process(figures, port, options.memory_polls, SAMPLES)
    print("resident memory: " + ", ".join(f"{mib:.1f} MiB after {polls:,}" for polls, mib in grown.resident_mib))


def figures(port: int, polls: int, samples: int) -> Figures:
    """Polls in this process, after a few to warm up and with the page's documents put off."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as archive:
        poller = Poller(archive, port)
        poller.poll(1)
        put_documents_off(archive)
        poller.poll(WARMING_UP)
        rows, size = counted_rows(archive), disk_bytes(archive, Path(folder))
        poller.seen = Seen()
        resident = []
        watch = Stopwatch()
        for sample in range(samples):
            poller.poll(polls // samples)
            resident.append(((sample + 1) * (polls // samples), resident_mib()))
        cpu_seconds = watch.read().cpu_seconds
        grown = disk_bytes(archive, Path(folder)) - size
        return Figures(polls, poller.seen, counted_rows(archive) - rows, cpu_seconds, grown, tuple(resident))


@contextmanager
def opened(folder: Path) -> Iterator[Archive]:
    with open_archive(f"sqlite:///{folder / 'archive.sqlite'}", str(folder / "blobs")) as archive:
        yield archive


def put_documents_off(archive: Archive) -> None:
    """Only the page is asked from now on."""
    with archive.writing() as session:
        for target in session.scalars(select(Target).where(Target.role == "attachment")):
            target.next_check_at = None


def counted_rows(archive: Archive) -> Counter[str]:
    with archive.reading() as session:
        tables = [mapper.class_ for mapper in Table.registry.mappers]
        counts = {each.__tablename__: session.scalar(select(func.count()).select_from(each)) or 0 for each in tables}
    return Counter(counts)


def disk_bytes(archive: Archive, folder: Path) -> int:
    """The database and the blobs, as allocated; the write-ahead log is emptied first."""
    with archive.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(place.stat().st_blocks * 512 for place in folder.rglob("*"))


def show(page: str, found: Figures) -> None:
    polls = found.polls
    rows = ", ".join(f"{count / polls:g} {name}" for name, count in sorted(found.rows.items()) if count)
    answers = ", ".join(f"{count} with {status}" for status, count in sorted(found.seen.statuses.items()))
    year = found.disk_bytes / polls * POLLS_A_YEAR / 2**20
    print(
        f"{page}, {polls} polls: requests {answers}, {found.seen.conditional} conditional; parses {found.seen.parses}"
    )
    print(f"    a poll: {found.cpu_seconds / polls * 1000:.2f} ms of processor time; rows: {rows}")
    print(f"    {found.disk_bytes / polls:.0f} bytes on disk a poll, {year:.1f} MiB a source and year")


if __name__ == "__main__":
    main()
