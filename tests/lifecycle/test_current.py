"""Listings of what is in force: absence is an end, an empty listing is healthy, and all of it may change at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.derived import Gap
from archive.records import Notification
from archive.store import Archive
from ingest.report import Report
from ingest.run import run_source
from parsers.compose import compose
from parsers.data import JsonPage
from parsers.source import Source
from replica.answers import Answer, Visit, digest
from tests.lifecycle.notes_world import changes_after
from tests.lifecycle.world import Clock, Upstream, opened, tools


@dataclass(frozen=True)
class Signal:
    """One signal in force."""

    name: str

    @property
    def raw(self) -> str:
        return self.name


class Signals(Source):
    """What is in force on a line that nobody rides."""

    slug, publisher, rights, basis = "signals", "tfl", "ours", "invented"
    start = ("https://signals.example.org/",)
    every_minutes, listing, expect = 15, "current", range(50)

    def page(self, body: bytes, url: str, media_type: str | None = None) -> JsonPage:
        return JsonPage(body, url)

    def entries(self, page: Any) -> Iterator[Signal]:
        yield from map(Signal, page.json["signals"])

    def notification(self, entry: Signal) -> Notification:
        return compose(self, self.start[0], f"{entry.name} is at danger.", ref=entry.name, title=entry.name)


class Line:
    """A line whose signals are set by hand."""

    host, last_step = "signals.example.org", 0

    def __init__(self) -> None:
        self.signals: tuple[str, ...] = ()

    def answer(self, visit: Visit) -> Answer:
        body = json.dumps({"signals": self.signals}).encode()
        return Answer(200, "application/json", body, f'"{digest(body)}"')


class World:
    """A line, a clock and an archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.line, self.clock, self._cursor = archive, Line(), Clock(), 0
        self.upstream = Upstream(self.line)

    def run(self, *signals: str) -> Report:
        self.line.signals = signals
        self.clock.forward(16)
        return run_source(self.archive, Signals(), tools(self.upstream, self.clock))

    def changes(self) -> list[tuple[str, str]]:
        with self.archive.reading() as session:
            rows = changes_after(session, self._cursor)
        self._cursor = rows[-1]["cursor"] if rows else self._cursor
        return [(row["kind"], row["title"]) for row in rows]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with opened(database_url, tmp_path) as archive:
        yield World(archive)


def test_an_empty_listing_is_healthy(world: World) -> None:
    report = world.run()
    assert (report.lossy, report.told, world.changes()) == (False, [], [])
    assert world.run("A1").accounts.new == 1


def test_all_of_it_may_end_at_once(world: World) -> None:
    world.run("A1", "A2", "A3", "A4")
    world.changes()
    assert not world.run().lossy
    assert world.changes() == []
    assert not world.run().lossy
    assert sorted(world.changes()) == [("state", f"A{number}") for number in (1, 2, 3, 4)]


def test_all_of_it_may_be_other_signals_without_a_gap(world: World) -> None:
    world.run("A1", "A2")
    report = world.run("B1", "B2", "B3")
    assert (report.lossy, report.accounts.new) == (False, 3)
    with world.archive.reading() as session:
        assert session.scalars(select(Gap)).all() == []


def test_one_that_is_in_force_again_is_reinstated(world: World) -> None:
    world.run("A1", "A2")
    world.run("A2")
    world.run("A2")
    world.changes()
    world.run("A1", "A2")
    assert world.changes() == [("reinstated", "A1")]
