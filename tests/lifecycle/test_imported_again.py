"""A page that is imported again, at the very moment at which it was read, adds nothing and brings nothing back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.journal import Arrival
from archive.store import Archive
from ingest.accepting import accept
from ingest.settling import arrive
from replica.page import page_of
from tests.lifecycle.dumps import counts
from tests.lifecycle.notes import HOST, Note
from tests.lifecycle.notes_world import World
from tests.lifecycle.world import START, arrival, bsia, opened, shown

DOORS, WINDOWS = Note(1, "Doors"), Note(2, "Windows")
ADDRESS = f"https://{HOST}{DOORS.path}"
KEYS = ("phone-system", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance", "snow")


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def withdrawn(archive: Archive, *, says_so: bool = False) -> World:
    """A note that was read at 16 minutes, confirmed at 77 and gone at 400 and 461."""
    world = World(archive, DOORS, WINDOWS)
    world.run()
    world.run(minutes=61)
    if says_so:
        world.site.shown[0] = replace(DOORS, gone=True)
    else:
        world.site.missing = {1}
    world.run(minutes=323)
    world.run(minutes=61)
    assert [kind for kind, _ in world.changes()] == ["created", "created", "withdrawn"]
    return world


def imported(world: World, note: Note, minutes: float) -> None:
    """Its page as a file that was saved so many minutes after the start."""
    at = START + timedelta(minutes=minutes)
    facts = {"title": note.title, "updated": note.updated}
    body = json.dumps(note.document()).encode()
    headers = (("Content-Type", "application/json"),)
    came = Arrival("notes", "detail", ADDRESS, ADDRESS, at, "file", "import", 200, headers, body, facts)
    arrive(world.archive, world.source, [came], world.clock())


@pytest.mark.parametrize("minutes", [16, 77])
def test_a_page_that_is_gone_by_now_stays_so(archive: Archive, minutes: float, tmp_path: Path) -> None:
    world = withdrawn(archive)
    before = counts(archive)
    imported(world, DOORS, minutes)
    assert (world.changes(), world.states()) == ([], ["withdrawn", "current"])
    assert counts(archive) == before
    assert world.is_derived_again(tmp_path)


@pytest.mark.parametrize(("minutes", "says_so"), [(77, False), (200, False), (430, False), (430, True)])
def test_an_older_state_of_what_is_gone_is_late(
    archive: Archive, minutes: float, says_so: bool, tmp_path: Path
) -> None:
    world = withdrawn(archive, says_so=says_so)
    imported(world, replace(DOORS, text="Please keep them open."), minutes)
    assert [kind for kind, _ in world.changes()] == ["revised"]
    assert world.states() == ["withdrawn", "current"]
    assert world.is_derived_again(tmp_path)


def test_a_page_that_was_there_again_is_reinstated(archive: Archive) -> None:
    world = withdrawn(archive)
    imported(world, DOORS, 462)
    assert world.changes() == [("reinstated", "Doors")]


def test_a_listing_that_was_confirmed_and_has_changed_since_adds_nothing(archive: Archive) -> None:
    source, first, second = bsia(), START, START + timedelta(hours=1)
    whole = page_of(shown(*KEYS), serial=1)
    for at in (first, second):
        arrive(archive, source, [arrival(whole, at)], second)
    half = page_of(shown(*KEYS[:5]), serial=1)
    arrive(archive, source, [arrival(half, second)], second)
    before = counts(archive)
    arrive(archive, source, [arrival(whole, second)], second)
    assert counts(archive) == before
    assert accept(archive, source, second) == 0
