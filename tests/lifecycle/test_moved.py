"""One id, one bulletin: a second address that states a known id is the same bulletin moved, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.orm import Session

from archive.derived import Target
from archive.moved import _leads, place_of
from archive.store import Archive
from archive.tables import Capture
from replica.faults import redirect
from tests.lifecycle.notes import HOST, Note
from tests.lifecycle.notes_world import DAY, World
from tests.lifecycle.world import opened

DOORS = Note(1, "Doors", text="Please keep your doors shut after dark, whatever the weather.")
OTHER = Note(
    2, "Windows", text="A man of forty was fined in Leeds for selling tickets twice.", issued="2019-03-04", id=1
)
"""Another bulletin of another day under the same id."""
GATES = Note(5, "Gates")
EDITED = replace(DOORS, text="Please keep your doors shut after dark, whatever the weather is like.")


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def refusal(here: str, there: str) -> str:
    return (
        f"https://{HOST}{here}: id '1' is that of another bulletin, read at https://{HOST}{there}, "
        "expected the same one or an id of its own"
    )


def moved_to(world: World, note: Note) -> None:
    """The listing points to `note` at another address by now; the first address still shows the first words."""
    world.site.known["/notes/one"] = note
    world.site.shown, world.site.paths[1] = [replace(note, number=1), *world.site.shown[1:]], "/notes/one"


def test_two_details_that_state_one_id_do_not_overwrite_each_other(archive: Archive, tmp_path: Path) -> None:
    world = World(archive, DOORS, OTHER)
    report = world.run()
    assert (report.accounts.new, report.accounts.quarantined, report.lossy) == (1, 1, True)
    assert world.changes() == [("created", "Doors")]
    assert world.quarantined() == [refusal("/notes/2", "/notes/1")]
    for days in (1, 3, 7, 30):
        assert world.run(minutes=days * DAY).lossy
    assert (world.changes(), len(world.quarantined())) == ([], 1)
    assert world.is_derived_again(tmp_path)


def test_the_refused_one_is_read_when_its_publisher_gives_it_an_id_of_its_own(archive: Archive) -> None:
    world = World(archive, DOORS, OTHER)
    world.run()
    world.site.shown[1] = replace(OTHER, id=None, updated="2019-03-05")
    assert not world.run().lossy
    assert world.changes() == [("created", "Doors"), ("created", "Windows")]


def test_an_id_that_is_used_again_for_another_bulletin_alters_none(archive: Archive, tmp_path: Path) -> None:
    world = World(archive, DOORS)
    world.run()
    world.changes()
    moved_to(world, OTHER)
    assert world.run().lossy
    world.site.missing_paths = {"/notes/1"}
    for _ in range(3):
        world.run(minutes=DAY)
    assert world.changes() == [("withdrawn", "Doors")]
    assert world.quarantined() == [refusal("/notes/one", "/notes/1")]
    assert world.is_derived_again(tmp_path)


def test_a_bulletin_that_moved_and_was_edited_is_revised_where_its_listing_says_so(
    archive: Archive, tmp_path: Path
) -> None:
    world = World(archive, DOORS, GATES)
    world.run()
    moved_to(world, EDITED)
    assert not world.run().lossy
    assert world.changes() == [("created", "Doors"), ("created", "Gates"), ("revised", "Doors")]
    assert world.is_derived_again(tmp_path)


def test_a_second_address_that_is_listed_beside_the_first_is_refused_until_the_first_is_gone(archive: Archive) -> None:
    world = World(archive, DOORS, replace(EDITED, number=2, id=1))
    assert world.run().lossy
    world.site.missing_paths = {"/notes/1"}
    world.run(minutes=61)
    world.run(minutes=6 * 61)
    assert world.changes()[:2] == [("created", "Doors"), ("revised", "Doors")]
    assert world.quarantined() == []


def test_a_second_address_to_which_the_first_leads_by_now_is_the_same_bulletin(archive: Archive) -> None:
    world = World(archive, DOORS, replace(EDITED, number=2, title="Shut them", id=1))
    assert world.run().lossy
    world.upstream.faults["/notes/1"] = redirect(f"https://{HOST}/notes/2", 301)
    world.site.shown[0] = replace(world.site.shown[1], number=1)
    world.run(minutes=61)
    world.run(minutes=6 * 61)
    assert world.quarantined() == []
    assert world.changes() == [("created", "Doors"), ("revised", "Shut them")]


class Captures:
    """Stands for a session that knows where the first address led when it was last asked."""

    def __init__(self, led_to: str) -> None:
        self._led_to = led_to

    def get(self, table: type[Capture], number: int) -> Capture:
        return table(id=number, url=self._led_to)


@pytest.mark.parametrize(
    ("asked", "led_to", "first", "first_led_to", "leads"),
    [
        ("/n/2", "/n/2", "/n/1", "/n/1", False),
        ("/n/2", "/n/3", "/n/1", "/n/4", False),
        ("/n/1/", "/n/3", "/n/1", "/n/4", True),
        ("/n/2", "/n/1", "/n/1", "/n/4", True),
        ("/n/2", "/n/3", "/n/1", "/n/2", True),
        ("/n/2", "/n/3", "/n/1", "/n/3/", True),
        ("/n/1", "/n/1", "/n/1", None, True),
        ("/n/2", "/n/2", "/n/1", None, False),
    ],
)
def test_one_address_leads_to_the_other_where_either_is_or_came_to_either(
    asked: str, led_to: str, first: str, first_led_to: str | None, leads: bool
) -> None:
    at = "https://a.org{}".format
    session = cast(Session, Captures(at(first_led_to)))
    second, before = Target(url=at(asked)), Target(url=at(first), capture_id=7 if first_led_to else None)
    assert _leads(session, Capture(url=at(led_to)), second, before) is leads


@pytest.mark.parametrize(
    "written", ["http://a.org/n/1", "https://a.org/n/1/", "https://www.a.org/n/1", "https://A.org:443/n/1#top"]
)
def test_one_address_may_be_written_otherwise(written: str) -> None:
    assert place_of(written) == place_of("https://a.org/n/1")


@pytest.mark.parametrize("other", ["https://a.org/n/2", "https://b.org/n/1", "https://a.org/n/1?page=2"])
def test_another_address_is_another(other: str) -> None:
    assert place_of(other) != place_of("https://a.org/n/1")
