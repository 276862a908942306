"""Hosts that are not to be asked yet: what is to be asked there waits, has not failed, and has its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.derived import Target
from archive.overview import source_state
from archive.store import Archive
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, NotNow, Politeness, SharedLedger, at_once
from ingest.report import Report
from ingest.robots import RobotsInArchive, RobotsRules
from ingest.run import run_source
from ingest.tools import Tools
from replica.answers import Answer
from replica.faults import Fault, reset, status, too_many
from scheduler import Scheduler
from tests.lifecycle.notes import Note
from tests.lifecycle.notes_world import World
from tests.lifecycle.world import START, PlainReader, opened

MANY = [Note(number, f"Note {number}") for number in range(1, 31)]


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


class Stopping:
    """Stops a run when it first waits."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def wait(self, seconds: float) -> None:
        self.stop.set()
        raise NotNow("the run is being stopped, expected the next one to ask", 0)


class SlowWorld(World):
    """A site that is asked so seldom, by runs each of which is a process of its own."""

    def __init__(self, archive: Archive, *notes: Note, delay_seconds: float = 0, robots: str = "") -> None:
        super().__init__(archive, *notes)
        self.delay_seconds = delay_seconds
        self.upstream.faults["/robots.txt"] = Fault("robots", lambda _: Answer(200, "text/plain", robots.encode()))

    @contextmanager
    def tools(self) -> Iterator[Tools]:
        ledger = SharedLedger(self.archive)
        rules = Politeness(lambda host: HostRules(self.delay_seconds), ledger, clock=self.clock, sleep=self.sleep)
        with Fetcher(
            user_agent="bulletins/0.1",
            transport_for=lambda host: self.upstream,
            attempts=1,
            politeness=rules,
            robots=RobotsRules(RobotsInArchive(self.archive), rules, self.clock),
            clock=self.clock,
            sleep=self.sleep,
        ) as fetcher:
            yield Tools(fetcher, PlainReader(), self.clock)

    def cut_short(self) -> Report:
        """A run that is told to stop while it waits to ask again."""
        stopping = Stopping()
        with Fetcher(
            user_agent="bulletins/0.1",
            transport_for=lambda host: self.upstream,
            politeness=at_once(),
            clock=self.clock,
            sleep=stopping.wait,
        ) as fetcher:
            equipment = Tools(fetcher, PlainReader(), self.clock, stopping.stop)
            return run_source(self.archive, self.source, equipment)

    def once(self, *, only_due: bool = False) -> Report:
        with self.tools() as equipment:
            return run_source(self.archive, self.source, equipment, only_due=only_due)

    def allow(self) -> None:
        """From now on its robots.txt forbids nothing."""
        del self.upstream.faults["/robots.txt"]

    def sleep(self, seconds: float) -> None:
        self.clock.forward(seconds / 60)

    def next_due(self) -> datetime:
        with self.archive.reading() as session:
            found = session.scalars(select(func.min(Target.next_check_at))).one()
        return found or self.clock()

    def tick(self) -> Report:
        """What a scheduler does as soon as something is due."""
        self.clock.at = max(self.clock.at, self.next_due()) + timedelta(seconds=1)
        return self.once(only_due=True)

    def details_read(self) -> list[int]:
        """How many details of each of two sources were read."""
        with self.archive.reading() as session:
            read = select(Target.source).where(Target.role == "detail", Target.newest_at.is_not(None))
            found = list(session.scalars(read))
        return [found.count(slug) for slug in ("notes", "other-notes")]

    def failures(self) -> int:
        with self.archive.reading() as session:
            return session.scalars(select(func.sum(Target.failures))).one() or 0

    def status(self) -> tuple[str, str | None]:
        with self.archive.reading() as session:
            state = source_state(session, self.source.slug)
        return state["state"], state["problem"]


@pytest.mark.parametrize(("details", "delay_seconds"), [(12, 300.0), (6, 3600.0)])
def test_details_of_a_slow_host_are_read_in_turn_with_their_listing(
    archive: Archive, details: int, delay_seconds: float
) -> None:
    world = SlowWorld(archive, *MANY[:details], delay_seconds=delay_seconds)
    turns: list[str] = []
    while len(world.states()) < details and len(turns) < 4 * details:
        assert not world.tick().lossy
        turns += world.asked()
    assert len(world.states()) == details
    assert turns[:3] == ["/robots.txt", "/notes", "/notes/1"]
    assert turns.count("/notes") >= details / 4
    assert world.failures() == 0


def test_and_by_runs_that_ask_whether_due_or_not(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:4], delay_seconds=300)
    for _ in range(9):
        assert not world.once().lossy
        world.clock.forward(20)
    assert world.asked() == ["/robots.txt", *(f"/notes{each}" for each in ("", "/1", "", "/2", "", "/3", "", "/4"))]


def test_a_source_with_much_to_ask_leaves_others_of_the_host_their_turns(archive: Archive) -> None:
    world, other = (SlowWorld(archive, *MANY[:9], delay_seconds=3600) for _ in range(2))
    vars(other.source)["slug"] = "other-notes"
    told: list[str] = []
    both = [world.source, other.source]
    scheduler = Scheduler(
        archive, both, lambda stop: world.tools(), clock=world.clock, say=told.append, tick_seconds=3600, workers=1
    )
    scheduler.start()
    while min(counts := world.details_read()) < 2 and max(counts) < 9:
        while not scheduler.is_idle():
            time.sleep(0.005)
        world.clock.at = max(world.clock.at, world.next_due()) + timedelta(seconds=1)
        scheduler.tick()
    scheduler.stop(10)
    assert min(counts) >= 2, told


def test_what_waits_is_said_and_fails_nothing(archive: Archive) -> None:
    world = SlowWorld(archive, Note(1, "Doors"), Note(2, "Windows"), delay_seconds=300)
    (told,) = world.once().told
    assert told.startswith("1 listings not asked: notes.example.org is to be asked at 2018-07-02 09:0")
    state, problem = world.status()
    assert (state, str(problem).partition(" is to")[0]) == (
        "never read",
        "notes.example.org",
    )
    world.clock.at = world.next_due()
    (told,) = world.once().told
    assert told.startswith("2 pages not asked: notes.example.org is to be asked at 2018-07-02 09:")
    state, problem = world.status()
    assert (state, str(problem).partition(" is to")[0]) == ("healthy", "what it points to waits: notes.example.org")
    for _ in range(20):
        report = world.tick()
    assert (report.told, world.status(), world.failures()) == ([], ("healthy", None), 0)
    assert report.links == {"links": 2, "known": 2, "read": 0, "waiting": 0, "failed": 0}


def test_a_pause_that_robots_txt_asks_for_is_kept_alike(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:5], robots="User-agent: *\nCrawl-delay: 600\n")
    for _ in range(60):
        assert not world.tick().lossy
    assert (len(world.states()), world.failures(), world.status()[0]) == (5, 0, "healthy")


def test_visiting_hours_are_waited_for(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:5], robots="User-agent: *\nVisit-time: 2200-2300\n")
    (told,) = world.once().told
    assert "lets us come from 22:00 to 23:00 UTC" in told
    assert (world.status()[0], world.failures()) == ("never read", 0)
    assert world.next_due() == world.clock() + timedelta(hours=13)
    world.tick()
    assert len(world.states()) == 5


def test_details_of_a_host_that_asks_us_to_wait_wait(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:8])
    world.upstream.faults["/notes/3"] = too_many("5400")
    report = world.once()
    (told,) = [each for each in report.told if "not asked" in each]
    assert told.startswith("5 pages not asked: notes.example.org is left alone until 2018-07-02 10:30:00 UTC")
    assert (world.failures(), world.status()[0]) == (1, "healthy")
    assert report.links == {"links": 8, "known": 0, "read": 2, "waiting": 5, "failed": 1}
    del world.upstream.faults["/notes/3"]
    assert "2 listings" not in str(world.tick().told)
    world.clock.forward(100)
    assert (world.once().told, len(world.states()), world.status()) == ([], 8, ("healthy", None))


def test_a_listing_that_robots_txt_forbids_is_told_asked_no_more_than_that_and_comes_back(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:2], robots="User-agent: *\nDisallow: /notes\n")
    report = world.once()
    assert (report.lossy, report.accounts.errors) == (True, 1)
    state, problem = world.status()
    assert state == "forbidden"
    assert str(problem).endswith("/robots.txt disallows it for 'bulletins', expected an address it allows")
    assert world.next_due() >= world.clock() + timedelta(days=1)
    for _ in range(12):
        world.tick()
    assert world.clock() < START + timedelta(days=14)
    assert set(world.asked()) == {"/robots.txt"}
    assert world.status()[0] == "forbidden"
    world.allow()
    world.upstream.faults["/notes"] = status(503)
    world.tick()
    assert world.status()[0] == "failing"
    del world.upstream.faults["/notes"]
    assert (world.tick().told, len(world.states()), world.status()) == ([], 2, ("healthy", None))


@pytest.mark.parametrize("path", ["/notes", "/notes/1"])
@pytest.mark.parametrize("fault", [status(503), reset()], ids=["503", "reset"])
def test_a_stop_fails_nothing(path: str, fault: Fault, archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:1])
    world.upstream.faults[path] = fault
    report = world.cut_short()
    assert (report.state, report.accounts.errors, world.failures()) == ("stopped", 0, 0)
    with archive.reading() as session:
        assert session.scalars(select(Target.links_wait).where(Target.role == "listing")).all() == [None]
    del world.upstream.faults[path]
    assert (world.once(only_due=True).told, len(world.states())) == ([], 1)


def test_a_host_that_fails_fails_its_listing(archive: Archive) -> None:
    world = SlowWorld(archive, *MANY[:2])
    world.once()
    world.upstream.faults["/notes"] = status(503)
    for _ in range(7):
        world.clock.forward(1)
        report = world.once()
    assert report.lossy
    assert "5 failures in a row" in report.told[0]
    assert world.status()[0] == "failing"
