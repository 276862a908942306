"""A backfill, a run and another backfill of one source keep out of each other's way, and status tells of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from archive.derived import Target
from archive.leases import LEASE_SECONDS, claim
from archive.overview import source_state
from archive.runs import begin_run
from archive.store import Archive
from archive.tables import Run
from ingest.backfill import backfill
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness
from ingest.report import Report
from ingest.tools import Tools
from tests.history.recorded import paced
from tests.history.scripted import ARCHIVE, Answered, ScriptedArchive
from tests.history.test_archive import NOW, THREE, pages_in
from tests.kill_points import KILLED, KillPoints, exit_code_of, watched
from tests.lifecycle.dumps import dump
from tests.lifecycle.test_leases import SITE, owner_elsewhere
from tests.lifecycle.world import ADDRESS, Clock, PlainReader, Upstream, opened, run

SLUG = "bsia-cssc"


@dataclass
class Stop(threading.Event):
    """A stop that nobody sets; whoever waits for it moves the clock."""

    clock: Clock

    def __post_init__(self) -> None:
        threading.Event.__init__(self)

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.forward((timeout or 0) / 60)
        return False


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def patient(clock: Clock) -> Politeness:
    """No pauses, but hosts that ask for it are left alone by that clock."""
    return Politeness(lambda host: HostRules(delay_seconds=0), clock=clock)


def backfilled(archive: Archive, held: ScriptedArchive, clock: Clock | None = None) -> Report:
    clock = clock or Clock(NOW)
    with Fetcher(
        user_agent="bulletins/0.1", transport_for=lambda host: held, attempts=1, politeness=patient(clock)
    ) as fetcher:
        return backfill(archive, paced(SLUG), ARCHIVE, Tools(fetcher, PlainReader(), clock, Stop(clock)))


def state_of(archive: Archive) -> str:
    with archive.reading() as session:
        return str(source_state(session, SLUG)["state"])


def runs(archive: Archive) -> list[Run]:
    with archive.reading() as session:
        return list(session.scalars(select(Run).order_by(Run.id)))


def page_target(archive: Archive) -> Target:
    with archive.reading() as session:
        return session.scalars(select(Target).where(Target.url == ADDRESS)).one()


def test_nothing_else_reads_a_source_while_it_is_backfilled(archive: Archive) -> None:
    upstream, second, states = Upstream(SITE), ScriptedArchive(THREE), []

    def meanwhile(url: str, times: int) -> Answered:
        states.append(run(archive, upstream, Clock(NOW)).state)
        states.append(backfilled(archive, second).state)
        states.append(state_of(archive))
        return None

    report = backfilled(archive, ScriptedArchive(THREE, meanwhile))
    assert (report.state, set(states)) == ("done", {"busy", "backfilling"})
    assert (upstream.asked, second.asked) == ([], [])
    assert len(pages_in(dump(archive))) == 3
    assert run(archive, upstream, Clock(NOW)).state == "done"
    logged = [(each.state, each.accounts.get("backfill"), each.accounts["new"]) for each in runs(archive)]
    assert logged == [("done", ARCHIVE, 7), ("done", None, 0)]
    assert all(each.ended_at is not None for each in runs(archive))


def test_a_source_that_is_run_elsewhere_is_not_backfilled(archive: Archive) -> None:
    held = ScriptedArchive(THREE)
    with owner_elsewhere() as (theirs, _process):
        with archive.writing() as session:
            assert begin_run(session, SLUG, (ADDRESS,), theirs, NOW, "") is not None
        assert state_of(archive) == "running"
        assert backfilled(archive, held).state == "busy"
    assert held.asked == []
    assert state_of(archive) == "killed"
    assert backfilled(archive, held).state == "done"
    assert state_of(archive) == "healthy"


def test_a_lease_elsewhere_is_free_when_its_time_has_come(archive: Archive) -> None:
    with archive.writing() as session:
        assert begin_run(session, SLUG, (ADDRESS,), "another-host:1:2:3", NOW, "") is not None
    held = ScriptedArchive(THREE)
    assert backfilled(archive, held, Clock(NOW + timedelta(seconds=LEASE_SECONDS - 1))).state == "busy"
    assert backfilled(archive, held, Clock(NOW + timedelta(seconds=LEASE_SECONDS))).state == "done"


def test_it_keeps_its_lease_however_long_the_archive_asks_to_be_left_alone(archive: Archive) -> None:
    clock, ends = Clock(NOW), []

    def overloaded(url: str, times: int) -> Answered:
        ends.append((clock(), page_target(archive).lease_until))
        is_page = "20180703" in url and "id_" in url
        return httpx.Response(429, headers={"Retry-After": "3500"}) if is_page and times < 3 else None

    assert backfilled(archive, ScriptedArchive(THREE, overloaded), clock).state == "done"
    assert clock() - NOW >= timedelta(seconds=7000)
    assert all(until is not None and at < until for at, until in ends)


def test_it_stops_where_another_process_has_taken_its_source_over(archive: Archive) -> None:
    clock = Clock(NOW)

    def taken_over(url: str, times: int) -> Answered:
        if "20180703" in url:
            clock.forward(LEASE_SECONDS / 60)
            with archive.writing() as session:
                assert claim(session, [page_target(archive).id], owner, clock(), LEASE_SECONDS)
        return None

    with owner_elsewhere() as (owner, _process):
        report = backfilled(archive, ScriptedArchive(THREE, taken_over), clock)
        assert (report.state, report.lossy) == ("stopped", True)
        assert "another process reads this source by now" in report.notices[0]
        assert page_target(archive).lease_owner == owner
    assert runs(archive)[0].state == "stopped"


def _killed(number: int, database_url: str, folder: Path) -> None:
    with opened(database_url, folder) as archive, watched(KillPoints(number), ScriptedArchive):
        backfilled(archive, ScriptedArchive(THREE))


def test_the_lease_of_a_killed_backfill_is_free_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    assert exit_code_of(partial(_killed, 12, url, tmp_path)) == KILLED
    with opened(url, tmp_path) as archive:
        assert page_target(archive).lease_owner is not None
        assert state_of(archive) == "killed"
        assert run(archive, Upstream(SITE), Clock(NOW)).state == "done"
        assert backfilled(archive, ScriptedArchive(THREE)).state == "done"
