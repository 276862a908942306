"""A lease keeps others off while its holder lives, and not a moment longer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

import ingest.run
from archive.leases import LEASE_SECONDS, claim, is_gone, owner_here, release
from archive.runs import Begun, begin_run
from archive.store import Archive, ArchiveUnusable
from ingest.leases import Lease
from ingest.polling import asking, poll
from ingest.report import Report
from tests.kill_points import exit_code_of
from tests.lifecycle.world import ADDRESS, START, Clock, SmallSite, Upstream, bsia, opened, run, shown, tools

SITE = SmallSite([shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")])


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def begin(archive: Archive, owner: str, seconds_later: float = 0.0) -> Begun | None:
    with archive.writing() as session:
        return begin_run(session, "bsia-cssc", (ADDRESS,), owner, START + timedelta(seconds=seconds_later), "")


@contextmanager
def owner_elsewhere(then: str = "sys.stdin.read()") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A lease owner that is another process, which then does as told; by default it lives to the end of the block."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        f"from archive.leases import owner_here\nprint(owner_here(), flush=True)\n{then}"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    ) as process:
        yield (process.stdout or sys.stdin).readline().strip(), process


def test_the_lease_of_a_living_process_holds_and_that_of_a_dead_one_is_free_at_once(archive: Archive) -> None:
    with owner_elsewhere() as (theirs, _process):
        assert begin(archive, theirs) is not None
        assert begin(archive, owner_here()) is None
        assert run(archive, Upstream(SITE), Clock()).state == "busy"
    assert begin(archive, owner_here()) is not None


def test_a_lease_that_was_not_renewed_ends(archive: Archive) -> None:
    with owner_elsewhere() as (theirs, _process):
        assert begin(archive, theirs) is not None
        assert begin(archive, owner_here(), LEASE_SECONDS - 1) is None
        assert begin(archive, owner_here(), LEASE_SECONDS) is not None


def test_a_dead_process_that_nobody_has_buried_is_gone() -> None:
    with owner_elsewhere("") as (owner, process):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(owner)


def test_a_process_elsewhere_or_under_a_reused_number_is_told_apart() -> None:
    host, pid, started, number = owner_here().rsplit(":", 3)
    assert not is_gone(f"{host}:{pid}:{started}:{number}")
    assert not is_gone(f"another-host:{pid}:{started}:{number}")
    assert not is_gone("no owner of ours")
    assert is_gone(f"{host}:{pid}:{int(started) + 1}:{number}")


def test_a_child_that_was_forked_is_another_owner() -> None:
    ours = owner_here()

    def differ() -> None:
        if owner_here().rsplit(":", 3)[:3] == ours.rsplit(":", 3)[:3]:
            raise RuntimeError("the child took its parent's name")

    assert exit_code_of(differ) == 0


def test_a_lease_is_given_back_only_by_its_owner(archive: Archive) -> None:
    ours = owner_here()
    begun = begin(archive, ours)
    assert begun is not None
    with archive.writing() as session:
        release(session, begun.target_ids, owner_here())
        assert claim(session, begun.target_ids, owner_here(), START, LEASE_SECONDS) == []
        release(session, begun.target_ids, ours)
        assert claim(session, begun.target_ids, owner_here(), START, LEASE_SECONDS) == begun.target_ids


def test_a_page_that_another_process_took_over_meanwhile_is_not_asked(archive: Archive) -> None:
    upstream, clock = Upstream(SITE), Clock()
    run(archive, upstream, clock)
    with owner_elsewhere() as (theirs, _process):
        begun = begin(archive, theirs)
        assert begun is not None
        report = Report("bsia-cssc")
        here = tools(upstream, clock)
        ours = Lease(archive, begun.target_ids, owner_here(), clock)
        clock.forward(LEASE_SECONDS / 60 / 2)
        with asking(bsia(), here, begun.listings) as answers:
            poll(archive, bsia(), here, report, ours, begun.listings[0], answers)
    assert upstream.pages_asked == [200]
    assert "another process reads it by now" in report.notices[0]


def test_a_run_that_fails_gives_its_leases_back(archive: Archive) -> None:
    upstream = Upstream(SITE)
    upstream.site = SmallSite([])
    with pytest.raises(IndexError):
        run(archive, upstream, Clock())
    assert run(archive, Upstream(SITE), Clock()).accounts.new == 6


def test_a_run_that_cannot_even_log_its_end_holds_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("UPDATE runs", {}, Exception("database or disk is full"))

    with monkeypatch.context() as disk, pytest.raises(ArchiveUnusable, match="database or disk is full"):
        disk.setattr(ingest.run, "end_run", fail)
        run(archive, Upstream(SITE), Clock())
    again = run(archive, Upstream(SITE), Clock())
    assert (again.state, again.accounts.unchanged) == ("done", 6)
