"""A long life on a simulated clock: many sources on a few hosts, one poll in ten of which goes wrong.

    python -m bench.soak [POLLS] [SOURCES] [SEED]        (default: 10000 60 1)

Every source publishes at random moments on a page of its own, which is read over real sockets into an archive on
SQLite, each when the archive says that it is due; the faults are those of the tests' table. At the end all that was
published must be archived exactly once and nothing else, and memory, sockets, threads and rows must have stayed level.
In a run of fewer than 2,000 polls some statements are first used, and counted as grown objects, after the third sample.
Exits with 1 where something of that does not hold.
"""

from __future__ import annotations

import functools
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from archive.derived import NotificationRow, Revision, Target
from archive.store import Archive
from bench.soak_pages import Publisher, publishers
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness, SharedLedger
from ingest.robots import RobotsInArchive, RobotsRules
from ingest.run import run_source
from ingest.tools import Tools
from ingest.transport import GuardedTransport
from replica.answers import Answer as Shown
from tests.fetching import NOW, Watch
from tests.lifecycle.dumps import counts
from tests.lifecycle.world import PlainReader, opened
from tests.servers import Answer, Server, serving
from tests.upstreams.behaviours import Behaviour, Given
from tests.upstreams.broken_behaviours import BROKEN, ENDLESS, LED_ASTRAY
from tests.upstreams.listing_behaviours import REFUSING, STAND_INS, UNCHANGED
from tests.upstreams.stage import USER_AGENT, Network, sent

FAULTY = 0.1
QUIET_POLLS = 600
"""So many polls at the end bring nothing new and no fault: nothing but checks and runs may grow then."""
GROWS_WITH_POLLS = frozenset({"checks", "runs"})
SAMPLES = 10
LEVEL_MEBIBYTES = 16.0
"""Memory may differ by so much between the third of the samples and the last: SQLite's own cache of an archive that
grows. A leak of ours shows in the count of objects, which must not."""
LEVEL_OBJECTS = 0.005
"""Objects may be more by this share: less than one for each capture, and more than the 200 dead references that every
connection of SQLite may hold. What bounded caches hold does not count, since they are emptied before."""
SLOW = frozenset({"a head that never comes", "a body that stops", "a body that drips"})
"""Faults that take real time are left to the tests."""
FAULTS = [
    each
    for each in (*REFUSING, *STAND_INS, *BROKEN, *ENDLESS, *LED_ASTRAY, *UNCHANGED)
    if each.name not in SLOW and each.outcome != "held"
]


class Hours(Watch):
    """A watch that keeps no list of what was slept: it would grow with the polls."""

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Sample:
    """What a process and its archive hold after so many polls."""

    polls: int
    mebibytes: float
    objects: int
    files: int
    threads: int
    processor_seconds: float
    rows: dict[str, int]

    def __str__(self) -> str:
        kept = ", ".join(f"{self.rows[name]} {name}" for name in ("captures", "checks", "runs", "notifications"))
        return (
            f"{self.polls:>6} polls: {self.mebibytes:.1f} MiB, {self.objects} objects, {self.files} open files, "
            f"{self.threads} threads, {self.processor_seconds:.0f} s of processor time; {kept}"
        )


def sample(archive: Archive, polls: int) -> Sample:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    held = pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    empty_bounded_caches()
    gc.collect()
    files = len(os.listdir("/proc/self/fd"))
    return Sample(
        polls, held, len(gc.get_objects()), files, threading.active_count(), time.process_time(), counts(archive)
    )


def empty_bounded_caches() -> None:
    """Have every `lru_cache` that states how much it holds at most begin anew; those without a bound stay as they are.

    Some fill up only after thousands of polls, as that of the addresses that faults lead to; a leak they cannot be.
    """
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and each.cache_info().maxsize is not None:
            each.cache_clear()


class Soak:
    """The life: who is due is polled, at the time when it is due."""

    def __init__(self, archive: Archive, server: Server, every: list[Publisher], seed: int) -> None:
        self.archive, self.server, self.every = archive, server, {each.path: each for each in every}
        self.watch, self.random = Hours(), random.Random(seed)
        self.faults: Counter[str] = Counter()
        self.requests = 0
        self._network = Network({80: server.port})
        politeness = Politeness(
            lambda host: HostRules(0), SharedLedger(archive), jitter=0, clock=self.watch.clock, sleep=self.watch.sleep
        )
        self._rules = RobotsRules(RobotsInArchive(archive), politeness, self.watch.clock)

    def polls(self, count: int, *, faulty: float, publishing: bool = True) -> None:
        for _ in range(count):
            publisher = self._next_due()
            if publishing:
                publisher.publish_until(self.watch.clock())
            fault = self.random.choice(FAULTS) if self.random.random() < faulty else None
            self.poll(publisher, fault)

    def _next_due(self) -> Publisher:
        """Whose time comes next; the clock is moved there."""
        with self.archive.reading() as session:
            row = session.execute(
                select(Target.url, Target.next_check_at).where(Target.role == "listing").order_by(Target.next_check_at)
            ).first()
        if row is None:
            raise RuntimeError("no listing is asked any more, expected all of them")
        self.watch.seconds = max(self.watch.seconds, (row.next_check_at - NOW).total_seconds())
        return self.every["/" + row.url.split("/", 3)[3]]

    def poll(self, publisher: Publisher, fault: Behaviour | None) -> None:
        if fault is not None:
            self.faults[fault.name] += 1
            self._misbehave(publisher, fault)
        with Fetcher(
            user_agent=USER_AGENT,
            transport_for=lambda host: GuardedTransport(network_backend=self._network),
            max_wire_bytes=300_000,
            max_body_bytes=1_000_000,
            idle_seconds=2.0,
            politeness=self._rules.politeness,
            robots=self._rules,
            clock=self.watch.clock,
            monotonic=self.watch.monotonic,
            sleep=self.watch.sleep,
        ) as fetcher:
            run_source(self.archive, publisher.source, Tools(fetcher, PlainReader(), self.watch.clock), only_due=True)
        self.requests += len(self.server.asked)
        self.server.asked.clear()
        self.server.script.clear()

    def _misbehave(self, publisher: Publisher, fault: Behaviour) -> None:
        body = publisher.page().body
        given = Given(publisher.path, body, body, body)
        for path, makes in {publisher.path: fault.sends, **fault.elsewhere}.items():
            answers = makes(given)
            self.server.script[path] = list(answers) if isinstance(answers, list) else [answers]  # type: ignore[list-item]

    def lost_or_invented(self) -> Iterator[str]:
        """What is published and not archived exactly once, or archived and not published."""
        with self.archive.reading() as session:
            for publisher in self.every.values():
                rows = session.scalars(
                    select(Revision.record)
                    .join(NotificationRow, NotificationRow.id == Revision.notification_id)
                    .where(NotificationRow.source == publisher.source.slug)
                )
                found = Counter((row["title"], row["text"]) for row in rows)
                wanted = Counter(publisher.published)
                yield from (f"{publisher.source.slug}: {what} is lost" for what in wanted - found)
                yield from (f"{publisher.source.slug}: {what} is there too often" for what in found - wanted)


def not_level(samples: list[Sample], quiet: tuple[Sample, Sample]) -> Iterator[str]:
    """What grew that must not."""
    settled, last = samples[2], quiet[1]
    if last.mebibytes - settled.mebibytes > LEVEL_MEBIBYTES:
        yield f"memory: {settled.mebibytes:.1f} MiB, then {last.mebibytes:.1f}, expected at most {LEVEL_MEBIBYTES} more"
    if last.objects > settled.objects * (1 + LEVEL_OBJECTS):
        yield f"objects: {settled.objects}, then {last.objects}, expected at most {LEVEL_OBJECTS:.1%} more"
    if last.files > settled.files:
        yield f"open files: {settled.files}, then {last.files}, expected no more"
    if last.threads > settled.threads:
        yield f"threads: {settled.threads}, then {last.threads}, expected no more"
    for name, rows in quiet[1].rows.items():
        grown = rows - quiet[0].rows[name]
        if grown and name not in GROWS_WITH_POLLS:
            yield f"{name}: {grown} more rows while nothing was published, expected none"


def main() -> int:
    polls, sources, seed = (int(given) for given in [*sys.argv[1:], *("10000", "60", "1")[len(sys.argv) - 1 :]])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-soak-")))
        archive = stack.enter_context(opened(f"sqlite:///{folder / 'archive.sqlite'}", folder))
        every = publishers(sources, seed)
        pages = {each.path: each for each in every}

        def otherwise(path: str) -> Answer:
            asked = {name.lower(): value for name, value in server.asked[-1].headers.items()}
            shown = pages[path].page() if path in pages else Shown(404, "text/plain", b"nothing here")
            return sent(shown.not_modified() if shown.status == 200 and shown.unchanged_since(asked) else shown)

        server = stack.enter_context(serving({}, otherwise=otherwise))
        soak = Soak(archive, server, every, seed)
        for each in every:
            soak.poll(each, None)
        samples = [sample(archive, 0)]
        begun = time.monotonic()
        for number in range(SAMPLES):
            soak.polls(polls // SAMPLES, faulty=FAULTY)
            samples.append(sample(archive, polls // SAMPLES * (number + 1)))
            print(samples[-1], flush=True)
        return _concluded(soak, samples, time.monotonic() - begun)


def _concluded(soak: Soak, samples: list[Sample], seconds: float) -> int:
    """All is well for a while: what there was must be there, and nothing may grow any more."""
    sources = len(soak.every)
    soak.watch.seconds += 2 * 86_400
    soak.polls(2 * sources, faulty=0, publishing=False)
    before = sample(soak.archive, samples[-1].polls)
    soak.polls(QUIET_POLLS, faulty=0, publishing=False)
    quiet = (before, sample(soak.archive, samples[-1].polls + QUIET_POLLS))
    print(quiet[1])
    problems = [*soak.lost_or_invented(), *not_level(samples, quiet)]
    with soak.archive.reading() as session:
        archived = session.scalar(select(func.count()).select_from(NotificationRow))
    published = sum(len(each.published) for each in soak.every.values())
    print(
        f"{sum(soak.faults.values())} faults of {len(soak.faults)} kinds, {soak.requests} requests, "
        f"{published} bulletins published, {archived} archived, {soak.watch.seconds / 86_400:.1f} simulated days, "
        f"{seconds:.0f} s by the wall"
    )
    print("\n".join(problems[:40]) or "all published bulletins are archived exactly once, and nothing leaks")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
