"""Listings of what is in force, or of all there is, that point to their bulletins: what it means to leave the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.store import Archive
from ingest.accepting import accept
from ingest.importing import import_files
from replica.faults import status
from tests.lifecycle.notes import LISTING, Note, Notes
from tests.lifecycle.notes_world import DAY, World
from tests.lifecycle.world import START, opened

FOUR = [Note(number, title) for number, title in enumerate(("Doors", "Windows", "Roofs", "Gates"), start=1)]


class InForce(Notes):
    """Notes that are listed while they are in force."""

    slug, listing, expect = "notes", "current", range(20)


class AllThereAre(Notes):
    """All notes there are."""

    slug, listing = "notes", "complete"


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def world_of(archive: Archive, source: Notes) -> World:
    world = World(archive, *FOUR, source=source)
    world.run()
    world.changes()
    return world


KINDS = [(InForce(), "state", "ended"), (AllThereAre(), "withdrawn", "withdrawn")]


@pytest.mark.parametrize(("source", "kind", "state"), KINDS)
@pytest.mark.parametrize("changes_its_words", [False, True])
def test_what_left_the_list_twice_has_ended_though_its_page_stays(
    archive: Archive, tmp_path: Path, source: Notes, kind: str, state: str, changes_its_words: bool
) -> None:
    world = world_of(archive, source)
    world.site.shown = FOUR[1:]
    assert (world.run().lossy, world.changes()) == (False, [])
    if changes_its_words:
        world.site.shown = [replace(FOUR[1], text="Please be quick."), *FOUR[2:]]
    report = world.run()
    assert world.changes() == [(kind, "Doors")]
    assert report.accounts.withdrawn == (kind == "withdrawn")
    assert world.states() == [state, "current", "current", "current"]
    for _ in range(3):
        world.run(minutes=DAY)
    assert (FOUR[0].path in world.asked(), world.states()[0]) == (True, state)
    world.changes()
    world.site.shown = FOUR
    world.run()
    assert ("reinstated", "Doors") in world.changes()
    assert world.is_derived_again(tmp_path)


def test_looks_that_are_too_close_count_once(archive: Archive) -> None:
    world = world_of(archive, InForce())
    world.site.shown = FOUR[1:]
    world.run()
    world.run(minutes=5)
    assert world.changes() == []
    world.run(minutes=10)
    assert world.changes() == [("state", "Doors")]


def test_one_look_without_it_is_forgotten_when_it_is_back(archive: Archive) -> None:
    world = world_of(archive, InForce())
    for shown in (FOUR[1:], FOUR, FOUR[1:]):
        world.site.shown = shown
        world.run()
    assert world.changes() == []


@pytest.mark.parametrize("fault", [status(500), status(403)])
def test_a_listing_that_fails_ends_nothing(archive: Archive, fault: object) -> None:
    world = world_of(archive, InForce())
    world.upstream.faults["/notes"] = fault  # type: ignore[assignment]
    world.run()
    world.run()
    assert world.states() == ["current"] * 4


def test_a_listing_beyond_its_size_ends_nothing(archive: Archive) -> None:
    class Few(AllThereAre):
        slug, expect = "notes", range(4, 9)

    world = world_of(archive, Few())
    for day in (2, 3, 4):
        world.site.shown = [replace(note, updated=f"2018-07-0{day}") for note in FOUR[1:]]
        world.run()
    assert world.changes() == []


def test_half_of_all_there_are_is_held_until_a_human_accepts_it(archive: Archive, tmp_path: Path) -> None:
    world = world_of(archive, AllThereAre())
    world.site.shown = FOUR[:2]
    for _ in range(3):
        report = world.run()
        assert (report.lossy, report.held) == (True, ["2 of 4 known links are missing, expected most of them"])
    assert world.changes() == []
    assert accept(archive, world.source, world.clock()) == 2
    assert sorted(world.changes()) == [("withdrawn", "Gates"), ("withdrawn", "Roofs")]
    assert not world.run().lossy
    assert world.states() == ["current", "current", "withdrawn", "withdrawn"]
    assert not any(kind for kind, _ in world.changes())


def test_all_that_is_in_force_may_end_at_once(archive: Archive) -> None:
    world = world_of(archive, InForce())
    world.site.shown = []
    assert not world.run().lossy
    assert not world.run().lossy
    assert world.states() == ["ended"] * 4


def test_a_window_that_rolls_on_ends_nothing(archive: Archive) -> None:
    world = world_of(archive, Notes())
    world.site.shown = FOUR[2:]
    for _ in range(3):
        world.run()
    assert world.states() == ["current"] * 4


def test_a_detail_that_is_read_only_after_it_left_the_list_has_ended(archive: Archive) -> None:
    world = World(archive, *FOUR, source=InForce())
    world.upstream.faults[FOUR[0].path] = status(500)
    world.run()
    world.site.shown = FOUR[1:]
    world.run()
    world.run()
    world.changes()
    world.upstream.faults.clear()
    world.run(minutes=61)
    assert world.changes() == [("created", "Doors"), ("state", "Doors")]


def test_a_detail_that_only_an_older_listing_shows_ends_like_one_that_left(archive: Archive, tmp_path: Path) -> None:
    world = World(archive, *FOUR[1:], source=InForce())
    world.run()
    older = [{"id": 1, "title": "Doors", "updated": "2018-07-01", "path": "/notes/1"}]
    file = tmp_path / "older.json"
    file.write_text(json.dumps({"notes": older, "older": None}))
    import_files(archive, world.source, [file], world.clock(), url=LISTING, at=START)
    world.site.known[FOUR[0].path] = FOUR[0]
    world.run(minutes=5)
    world.changes()
    world.site.shown = [*FOUR[1:], Note(9, "Fences")]
    for _ in range(2):
        world.run()
    assert sorted(world.changes()) == [("created", "Fences"), ("state", "Doors")]
    assert world.is_derived_again(tmp_path)


def test_one_that_says_itself_that_it_is_closed_is_not_reinstated_by_its_list(archive: Archive) -> None:
    world = world_of(archive, InForce())
    world.site.shown[0] = replace(FOUR[0], state="closed", updated="2018-07-03")
    world.run()
    closed = world.site.shown
    for shown in (FOUR[1:], FOUR[1:], closed):
        world.site.shown = list(shown)
        world.run()
    assert [kind for kind, _ in world.changes()] == ["revised", "state"]


def test_a_moved_address_that_is_listed_keeps_what_the_unlisted_one_gave(archive: Archive) -> None:
    world = world_of(archive, InForce())
    world.site.alias["/notes/one"], world.site.paths[1] = "/notes/1", "/notes/one"
    for _ in range(3):
        world.run()
    world.run(minutes=DAY)
    assert (world.changes(), world.states()) == ([], ["current"] * 4)
