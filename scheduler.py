"""When: APScheduler's ticks look for due work in the archive and hand it to a few workers.

Work is state: what is due stands in the database (`next_check_at`) and is claimed by lease, so a restart
neither forgets nor floods, and two processes never run one source at once. The ticks keep no state.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from archive.runs import sources_met, sources_with_work
from archive.store import Archive
from archive.targets import add_start_targets
from ingest.report import Report
from ingest.run import Source, run_source
from ingest.tools import Tools

TICK_SECONDS = 15.0
WORKERS = 4


class Scheduler:
    """Runs due sources of one archive. `stop` ends it within a grace time with nothing half-stored.

    `tools` makes what one run works with; each run has its own, so that no client is shared between threads.
    Without `tells_all`, nothing is said of runs that brought nothing new.
    """

    def __init__(
        self,
        archive: Archive,
        sources: Iterable[Source],
        tools: Callable[[threading.Event], AbstractContextManager[Tools]],
        *,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
        tick_seconds: float = TICK_SECONDS,
        workers: int = WORKERS,
        with_ended: bool = False,
        tells_all: bool = True,
    ) -> None:
        self._archive, self._tools, self._clock, self._say = archive, tools, clock, say
        self._tells_all = tells_all
        self._sources: Mapping[str, Source] = {each.slug: each for each in sources if with_ended or not each.ended}
        self._stop = threading.Event()
        self._running: dict[str, Future[None]] = {}
        self._guard = threading.Lock()
        self._ticking = threading.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="source")
        self._ticks = BackgroundScheduler(timezone="UTC")
        self._ticks.add_job(
            self.tick, "interval", seconds=tick_seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin to tick, the first time at once."""
        self._ticks.start()
        self.tick()

    def tick(self) -> None:
        """Start a run of each source that has something due and is not running here already.

        In any order: sources that wait for the one turn at a slow host have equal chances of it.
        """
        with self._ticking:
            if self._stop.is_set():
                return
            try:
                slugs = self._due()
            except Exception as problem:
                self._say(f"scheduler: {type(problem).__name__}: {problem}; asked again at the next tick")
                return
            random.shuffle(slugs)
            self._begin(slugs)

    def _begin(self, slugs: Iterable[str]) -> None:
        with self._guard:
            for slug in slugs:
                if not self._stop.is_set() and (slug not in self._running or self._running[slug].done()):
                    self._running[slug] = self._pool.submit(self._run, self._sources[slug])

    def _due(self) -> list[str]:
        now = self._clock()
        with self._archive.reading() as session:
            unknown = set(self._sources) - sources_met(session)
        if unknown:
            with self._archive.writing() as session:
                for slug in sorted(unknown):
                    add_start_targets(session, slug, self._sources[slug].start, now)
        with self._archive.reading() as session:
            with_work = sources_with_work(session, now)
        return [slug for slug in self._sources if slug in with_work]

    def _run(self, source: Source) -> None:
        """Run one source; whatever it does, it costs this run and no other source."""
        try:
            with self._tools(self._stop) as tools:
                self._tell(run_source(self._archive, source, tools, only_due=True))
        except Exception as problem:
            self._say(f"{source.slug}: the run failed with {type(problem).__name__}: {problem}")

    def _tell(self, report: Report) -> None:
        if report.state == "busy":
            return
        told = {
            name: count for name, count in report.row().items() if count and name not in ("source", "seen", "unchanged")
        }
        books = ", ".join(f"{count} {name}" for name, count in told.items()) or "nothing new"
        if told or self._tells_all:
            self._say(f"{report.source}: {report.accounts.seen} entries, {books}")
        for notice in report.told:
            self._say(f"{report.source}: {notice}")

    def is_idle(self) -> bool:
        """Whether no tick and no run is going on here."""
        with self._guard:
            return not self._ticking.locked() and all(each.done() for each in self._running.values())

    def stop(self, grace_seconds: float) -> bool:
        """Stop ticking, let running work come to the end of its unit; whether all of it, a tick too, ended in time.

        Only after that may the archive be closed.
        """
        with self._guard:
            self._stop.set()
        self._ticks.shutdown(wait=False)
        self._pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + grace_seconds
        while not self.is_idle() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.is_idle()
