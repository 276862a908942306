"""A bulletin that was imported by its address alone gets its publisher's id when a listing states it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.derived import Target
from archive.reading import notification, number_of
from archive.records import Notification
from archive.store import Archive
from archive.targets import ensure_target
from ingest.importing import import_files
from tests.lifecycle.notes import HOST, Candidate, Note, Notes
from tests.lifecycle.notes_world import World
from tests.lifecycle.world import START, opened

DOORS = Note(1, "Doors", text="Please keep your doors shut after dark, whatever the weather.")


class Guided(Notes):
    """Notes whose id only the listing states: without it one is named by its path."""

    slug = "notes"

    def notification(self, entry: Candidate) -> Notification:
        stated = entry.page.facts
        entry.page.facts = {"title": entry.note["title"], **stated}
        return replace(super().notification(entry), ref=stated.get("ref") or urlsplit(entry.page.url).path)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def imported(world: World, folder: Path, address: str) -> None:
    file = folder / "saved.json"
    file.write_text(json.dumps(DOORS.document()))
    report = import_files(world.archive, world.source, [file], world.clock(), url=address, at=START)
    assert report.accounts.new == 1


@pytest.mark.parametrize("address", ["https://{}/notes/1", "http://{}/notes/1", "https://www.{}/notes/1/"])
@pytest.mark.parametrize("text", [DOORS.text, "Something quite different stands here by now."])
def test_it_stays_one_bulletin_with_its_public_id(archive: Archive, tmp_path: Path, address: str, text: str) -> None:
    world = World(archive, replace(DOORS, text=text), Note(2, "Windows"), source=Guided())
    imported(world, tmp_path, address.format(HOST))
    with archive.reading() as session:
        held = notification(session, 1)
    assert world.run().accounts.new == 1
    kinds = [("created", "Doors"), ("rekeyed", "Doors"), ("revised", "Doors"), ("created", "Windows")]
    expected = [kind for kind in kinds if text != DOORS.text or kind[0] != "revised"]
    assert sorted(world.changes()) == sorted(expected)
    with archive.reading() as session:
        row = notification(session, 1)
        assert (row["id"], row["ref"], row["state"]) == (held["id"], "1", "current")
        assert number_of(session, held["id"]) == 1
    world.site.shown[0] = replace(DOORS, text="Another word.", updated="2018-07-09")
    world.run()
    assert world.changes() == [("revised", "Doors")]
    assert world.is_derived_again(tmp_path)


def test_one_that_moves_afterwards_is_still_the_same(archive: Archive, tmp_path: Path) -> None:
    world = World(archive, DOORS, Note(2, "Windows"), source=Guided())
    imported(world, tmp_path, f"https://{HOST}/notes/1")
    world.run()
    world.site.alias["/notes/one"], world.site.paths[1] = "/notes/1", "/notes/one"
    world.run()
    assert [kind for kind, title in world.changes() if title == "Doors"] == ["created", "rekeyed"]


def test_an_address_whose_id_was_stated_before_gets_no_second_one(archive: Archive) -> None:
    world = World(archive, DOORS, Note(2, "Windows"), source=Guided())
    world.run()
    world.site.shown[0] = replace(DOORS, id=9, text="Another bulletin under this address.")
    world.run()
    assert world.changes()[2:] == [("created", "Doors")]


@pytest.mark.parametrize("role", ["attachment", "older"])
def test_one_address_holds_what_it_is_asked_as(archive: Archive, role: str) -> None:
    world = World(archive, DOORS)
    with archive.writing() as session:
        target, _ = ensure_target(session, "notes", role, f"https://{HOST}/notes/1", START)
    assert world.run().accounts.new == 1
    assert world.changes() == [("created", "Doors")]
    with archive.reading() as session:
        assert session.get_one(Target, target.id).role == role


def test_a_page_that_points_to_its_listing_as_a_bulletin_makes_none(archive: Archive) -> None:
    world = World(archive, DOORS)
    world.site.paths[1] = "/notes"
    world.run()
    assert (world.changes(), world.asked()) == ([], ["/notes"])
