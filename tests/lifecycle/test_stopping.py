"""A run that is told to stop: what has begun is brought to its end, nothing begins, and the next run goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from archive.derived import Target
from archive.runs import sources_with_work
from archive.store import Archive, Session
from ingest.documents import DocumentText
from ingest.fetch import FetchFailed
from ingest.report import Report
from ingest.run import run_source
from ingest.tools import Tools
from parsers.data import JsonPage
from replica.faults import Fault, reset, status
from settings import load_settings
from tests.lifecycle.dumps import counts, dump
from tests.lifecycle.notes import HOST, Note, Notes
from tests.lifecycle.notes_world import World as NotesWorld
from tests.lifecycle.test_scheduler import LONG_SECONDS, SIX, SlowSite, lively, runs, slow_world, wait_until, world_of
from tests.lifecycle.test_waiting import SlowWorld
from tests.lifecycle.world import PAGE, Clock, PlainReader, SmallSite, Upstream, bsia, fetcher, opened, with_document
from wiring import tools_for

TWO = {("/one.pdf", 0): b"%PDF-1.4 one", ("/two.pdf", 0): b"%PDF-1.4 two"}


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


class Stopping(Notes):
    """Notes whose run is told to stop while it reads one of their pages."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path, self.stop = path, threading.Event()

    def page(self, body: bytes, url: str, media_type: str | None = None) -> JsonPage:
        if url == f"https://{HOST}{self._path}":
            self.stop.set()
        return super().page(body, url, media_type)


def stopped(world: NotesWorld, source: Stopping) -> Report:
    with fetcher(world.upstream, world.clock) as client:
        return run_source(world.archive, source, Tools(client, PlainReader(), world.clock, source.stop))


@pytest.mark.parametrize(("path", "made", "due"), [("/notes", 0, 0), ("/notes/1", 1, 3)])
def test_what_is_being_read_is_read_and_nothing_else(path: str, made: int, due: int, archive: Archive) -> None:
    world = NotesWorld(archive, *(Note(number, f"Note {number}") for number in (1, 2, 3)))
    report = stopped(world, Stopping(path))
    created = [("created", f"Note {number}") for number in (1, 2, 3)]
    assert (report.state, report.told, report.pages_asked) == ("stopped", [], due)
    assert world.changes() == created[:made]
    assert len(world.asked()) <= 1 + due
    report = world.run(minutes=0)
    assert (report.state, report.told, world.changes()) == ("done", [], created[made:])


def test_no_further_listing_is_taken(archive: Archive) -> None:
    source = Stopping("/notes")
    vars(source)["start"] = (*source.start, f"https://{HOST}/notes/page1")
    world = NotesWorld(archive, Note(1, "One"), source=source)
    world.site.behind = [[Note(2, "Two")]]
    assert stopped(world, source).state == "stopped"
    assert counts(archive)["captures"] == 1
    source.stop.clear()
    vars(source)["_path"] = ""
    assert (world.run(minutes=0).told, world.changes()) == ([], [("created", "One"), ("created", "Two")])


class StoppingReader(PlainReader):
    """A reader that is told to stop while it reads its first document."""

    def __init__(self) -> None:
        super().__init__()
        self.stop, self.read_bodies = threading.Event(), list[bytes]()

    def read(self, body: bytes) -> DocumentText:
        self.stop.set()
        self.read_bodies.append(body)
        return super().read(body)


def site_of_documents(many: int = 2) -> SmallSite:
    paths = [path for path, _ in TWO][:many]
    cited = [with_document(message, path) for message, path in zip(SIX, paths, strict=False)]
    return SmallSite([[*cited, *SIX[many:]]], TWO)


def test_a_text_that_has_begun_is_stored_and_no_other_is_taken(archive: Archive) -> None:
    upstream, clock, reader = Upstream(site_of_documents()), Clock(), StoppingReader()
    with fetcher(upstream, clock) as client:
        assert run_source(archive, bsia(), Tools(client, reader, clock, reader.stop)).state == "stopped"
        assert len(reader.read_bodies) == 1
        assert sorted(row["state"] for row in dump(archive)["documents"]) == ["done", "waiting"]
        assert run_source(archive, bsia(), Tools(client, reader, clock)).state == "done"
    assert sorted(reader.read_bodies) == sorted(TWO.values())


def test_no_document_is_asked_any_more(archive: Archive) -> None:
    upstream, clock, stop = Upstream(site_of_documents()), Clock(), threading.Event()
    source = bsia()
    read = source.page

    def page(*given: Any) -> Any:
        stop.set()
        return read(*given)

    vars(source)["page"] = page
    with fetcher(upstream, clock) as client:
        report = run_source(archive, source, Tools(client, PlainReader(), clock, stop))
        assert (report.state, report.told, upstream.asked) == ("stopped", [], [(PAGE, 200)])
        assert run_source(archive, bsia(), Tools(client, PlainReader(), clock)).links["read"] == 2


def test_a_document_that_has_come_is_kept(archive: Archive) -> None:
    upstream, clock, stop = Upstream(site_of_documents(1)), Clock(), threading.Event()

    def ask(path: str) -> None:
        if path == "/one.pdf":
            stop.set()

    upstream.asked = Noted(ask)
    with fetcher(upstream, clock) as client:
        assert run_source(archive, bsia(), Tools(client, PlainReader(), clock, stop)).state == "stopped"
    assert [row["state"] for row in dump(archive)["documents"]] == ["waiting"]


@pytest.mark.parametrize("fault", [status(503), reset()], ids=["503", "reset"])
def test_a_document_that_was_to_be_asked_again_has_not_failed(fault: Fault, archive: Archive) -> None:
    world, upstream = SlowWorld(archive), Upstream(site_of_documents(1))
    upstream.faults["/one.pdf"] = fault
    world.source, world.upstream = bsia(), upstream
    report = world.cut_short()
    assert (report.state, report.accounts.errors, world.failures()) == ("stopped", 0, 0)
    upstream.faults.clear()
    assert world.once(only_due=True).links["read"] == 1


class Noted(list[tuple[str, int]]):
    """What an upstream was asked, told while it answers."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self._told = told

    def append(self, asked: tuple[str, int]) -> None:
        self._told(asked[0])
        super().append(asked)


def test_a_wait_to_ask_again_ends_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()

    def transport_for(host: str) -> httpx.BaseTransport:
        return httpx.MockTransport(lambda request: httpx.Response(503, content=b""))

    how: Any = {"say": print, "stop": stop, "transport_for": transport_for, "looks_at_robots": False}
    with tools_for(load_settings(tmp_path), **how) as tools:
        assert tools.stop is stop
        with pytest.raises(FetchFailed, match="being stopped") as failure:
            tools.fetcher.get("http://site.test/")
    assert failure.value.attempts == 1


def test_sources_that_have_not_begun_never_begin(archive: Archive) -> None:
    with slow_world(archive, *(lively(f"source-{number}") for number in range(3))) as world:
        scheduler = world.scheduler(workers=1)
        world.open.clear()
        scheduler.start()
        assert SlowSite.asked.wait(LONG_SECONDS)
        assert not scheduler.stop(0.0)
        SlowSite.answer_now.set()
        wait_until(scheduler.is_idle)
        wait_until(lambda: not {each.name.split("_")[0] for each in threading.enumerate()} & {"APScheduler", "source"})
        assert world.upstream.pages_asked == [200]
        assert counts(archive)["runs"] == 1


def test_a_stop_during_a_slow_fetch_leaves_nothing_half_stored(archive: Archive) -> None:
    with slow_world(archive) as world:
        scheduler = world.scheduler()
        world.open.clear()
        scheduler.start()
        assert SlowSite.asked.wait(LONG_SECONDS)
        assert not scheduler.stop(0.0)
        SlowSite.answer_now.set()
        wait_until(scheduler.is_idle)
        found = dump(archive)
        assert runs(archive) == ["stopped"]
        assert [row["state"] for row in found["captures"] if row["role"] == "listing"] == ["done"]
        assert [row["lease_owner"] for row in leases(archive)] == [None] * len(found["targets"])
        assert len(found["notifications"]) == len(SIX)
        scheduler.tick()
        assert runs(archive) == ["stopped"]


def test_a_stop_waits_for_a_tick_which_begins_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, go_on = threading.Event(), threading.Event()
    looks: list[datetime] = []

    def look_slowly(session: Session, now: datetime) -> set[str]:
        looks.append(now)
        looking.set()
        assert go_on.wait(LONG_SECONDS)
        return sources_with_work(session, now)

    with world_of(archive) as world:
        scheduler = world.scheduler()
        world.open.clear()
        monkeypatch.setattr("scheduler.sources_with_work", look_slowly)
        ticking = threading.Thread(target=scheduler.start)
        ticking.start()
        assert looking.wait(LONG_SECONDS)
        assert not scheduler.stop(0.0)
        go_on.set()
        wait_until(scheduler.is_idle)
        ticking.join()
        scheduler.tick()
        assert len(looks) == 1
        assert world.upstream.asked == []
        assert world.said == []


def leases(archive: Archive) -> list[dict[str, object]]:
    with archive.reading() as session:
        return [{"lease_owner": row.lease_owner} for row in session.scalars(select(Target))]
