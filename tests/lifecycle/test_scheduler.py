"""The ticks: what is due runs, once, whatever the clock, other schedulers and other sources do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from archive.store import Archive
from archive.tables import Run
from ingest.tools import Tools
from parsers.page import Page
from parsers.source import Source
from replica.answers import Answer, Visit
from scheduler import WORKERS, Scheduler
from tests.lifecycle.dumps import counts, dump
from tests.lifecycle.world import Clock, PlainReader, SmallSite, Upstream, bsia, fetcher, opened, shown

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
LONG_SECONDS = 30.0
"""The grace that a test gives where the end is waited for, not measured."""


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


class World:
    """Schedulers of one archive, ticked by hand, with what they said and what their sources were asked."""

    def __init__(self, archive: Archive, *sources: Source) -> None:
        self.archive, self.sources, self.clock = archive, sources, Clock()
        self.upstream = Upstream(SmallSite([SIX]))
        self.said: list[str] = []
        self.open: list[Scheduler] = []

    @contextmanager
    def tools(self, stop: threading.Event) -> Iterator[Tools]:
        with fetcher(self.upstream, self.clock) as client:
            yield Tools(client, PlainReader(), clock=self.clock, stop=stop)

    def scheduler(self, *, tells_all: bool = True, workers: int = WORKERS) -> Scheduler:
        made = Scheduler(
            self.archive,
            self.sources,
            self.tools,
            clock=self.clock,
            say=self.said.append,
            tick_seconds=3600,
            tells_all=tells_all,
            workers=workers,
        )
        self.open.append(made)
        return made

    def tick(self, *schedulers: Scheduler) -> None:
        """One tick of each, and the end of what it began."""
        for each in schedulers:
            each.tick()
        for each in schedulers:
            wait_until(each.is_idle)

    def close(self) -> None:
        for each in self.open:
            each.start()
            assert each.stop(LONG_SECONDS)


def wait_until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3000):
        if holds():
            return
        pause.wait(0.01)
    raise TimeoutError("waited 30 s in vain")


@contextmanager
def world_of(archive: Archive, *sources: Source) -> Iterator[World]:
    made = World(archive, *(sources or (lively(),)))
    try:
        yield made
    finally:
        made.close()


def lively(slug: str = "bsia-cssc") -> Source:
    source = bsia(slug)
    vars(source)["ended"] = None
    return source


def runs(archive: Archive, slug: str = "bsia-cssc") -> list[str]:
    with archive.reading() as session:
        return list(session.scalars(select(Run.state).where(Run.source == slug).order_by(Run.id)))


def test_a_due_source_runs_and_one_that_is_not_due_does_not(archive: Archive) -> None:
    with world_of(archive) as world:
        scheduler = world.scheduler()
        for minutes, expected in ((0, 1), (5, 1), (5, 1), (10, 2), (1, 2)):
            world.clock.forward(minutes)
            world.tick(scheduler)
            assert len(world.upstream.pages_asked) == expected
        assert runs(archive) == ["done", "done"]


@pytest.mark.parametrize(("tells_all", "lines"), [(True, 2), (False, 1)])
def test_runs_that_brought_nothing_new_may_go_untold(archive: Archive, tells_all: bool, lines: int) -> None:
    with world_of(archive) as world:
        scheduler = world.scheduler(tells_all=tells_all)
        for _ in range(2):
            world.tick(scheduler)
            world.clock.forward(20)
        assert len(world.said) == lines


def test_an_ended_source_is_not_polled(archive: Archive) -> None:
    with world_of(archive, bsia()) as world:
        world.tick(world.scheduler())
        assert world.upstream.asked == []
        assert counts(archive)["runs"] == 0


class Crashing(Source):
    """A source whose parser, or whose facts, blow up."""

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        raise ZeroDivisionError("a parser's own fault")


def crashing(slug: str, start: tuple[str, ...]) -> Source:
    source = Crashing()
    facts = {"publisher": "p", "rights": "r", "basis": "b", "every_minutes": 15, "listing": "window"}
    vars(source).update(facts, slug=slug, start=start, expect=range(1, 9), ended=None)
    return source


def test_a_source_that_crashes_stops_no_other(archive: Archive) -> None:
    with world_of(archive, crashing("bad", bsia().start), lively()) as world:
        world.tick(world.scheduler())
        assert runs(archive) == ["done"]
        assert counts(archive)["notifications"] == len(SIX)
        assert any("bad: " in line and "ZeroDivisionError: a parser's own fault" in line for line in world.said)
        assert [row["what"] for row in dump(archive)["quarantine"]] == ["document"]


def test_a_run_that_fails_is_told_and_the_others_go_on(archive: Archive) -> None:
    broken = lively("broken")
    vars(broken)["every_minutes"] = "never"
    with world_of(archive, broken, lively()) as world:
        world.tick(world.scheduler())
        assert runs(archive) == ["done"]
        assert any(line.startswith("broken: the run failed with TypeError") for line in world.said)


def test_two_schedulers_on_one_archive_run_a_source_once(archive: Archive) -> None:
    with world_of(archive, *(lively(f"source-{number}") for number in range(4))) as world:
        one, other = world.scheduler(), world.scheduler()
        for _ in range(3):
            world.tick(one, other)
            world.clock.forward(20)
        assert len(world.upstream.pages_asked) == 3 * 4
        assert {state for source in world.sources for state in runs(archive, source.slug)} == {"done"}
        assert counts(archive)["notifications"] == 4 * len(SIX)


class SlowSite(SmallSite):
    """A site that answers when it is told to."""

    asked = threading.Event()
    answer_now = threading.Event()

    def answer(self, visit: Visit) -> Answer:
        self.asked.set()
        self.answer_now.wait(LONG_SECONDS)
        return super().answer(visit)


@contextmanager
def slow_world(archive: Archive, *sources: Source) -> Iterator[World]:
    """A world whose site answers when it is told to."""
    SlowSite.asked.clear()
    SlowSite.answer_now.clear()
    with world_of(archive, *sources) as world:
        world.upstream.site = SlowSite([SIX])
        yield world
        SlowSite.answer_now.set()


def test_a_source_never_overlaps_itself(archive: Archive) -> None:
    with slow_world(archive) as world:
        one, other = world.scheduler(), world.scheduler()
        one.tick()
        assert SlowSite.asked.wait(LONG_SECONDS)
        for _ in range(3):
            one.tick()
            world.tick(other)
        SlowSite.answer_now.set()
        wait_until(one.is_idle)
        assert world.upstream.pages_asked == [200]
        assert runs(archive) == ["done"]


def test_a_restart_takes_up_what_was_pending_and_does_not_flood(archive: Archive) -> None:
    from ingest.settling import arrive
    from replica.page import page_of
    from tests.lifecycle.world import START, arrival

    with world_of(archive) as world:
        world.tick(world.scheduler())
        asked = len(world.upstream.pages_asked)
        source = lively()

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("ingest.settling._settle_page", die)
            arrive(archive, source, [arrival(page_of(SIX[:5], serial=9), START)], START)
        for _ in range(3):
            world.tick(world.scheduler())
        assert [row["state"] for row in dump(archive)["captures"]] == ["done", "done"]
        assert len(world.upstream.pages_asked) == asked


def test_jumps_of_the_clock_do_no_harm(archive: Archive) -> None:
    with world_of(archive) as world:
        scheduler = world.scheduler()
        world.tick(scheduler)
        for minutes, polls in ((-576_000, 1), (1_152_000, 1), (-576_000, 1), (20, 1), (30, 1), (0, 0)):
            asked = len(world.upstream.pages_asked)
            world.clock.forward(minutes)
            world.tick(scheduler)
            assert len(world.upstream.pages_asked) == asked + polls, minutes
        assert set(runs(archive)) == {"done"}
        assert [row["state"] for row in dump(archive)["notifications"]] == ["current"] * len(SIX)
        assert {row["kind"] for row in dump(archive)["changes"]} == {"created"}


@pytest.mark.parametrize("day", [datetime(2018, 3, 25), datetime(2018, 10, 28)])  # noqa: DTZ001
def test_the_change_of_the_clocks_neither_skips_nor_doubles_a_poll(archive: Archive, day: datetime) -> None:
    with world_of(archive) as world:
        scheduler = world.scheduler()
        world.clock.at = day.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
        for _ in range(9):
            world.tick(scheduler)
            world.clock.forward(20)
        assert len(world.upstream.pages_asked) == 9
