"""Details that are gone: what of theirs is withdrawn, when, and when it was last shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import NotificationRow, Sighting, Target
from archive.records import Notification
from archive.store import Archive
from ingest.settling import arrive
from tests.lifecycle.notes import HOST, Candidate, Note, Notes
from tests.lifecycle.notes_world import World
from tests.lifecycle.test_orders import arrival
from tests.lifecycle.world import START, opened

FIRST = [Note(1, "Doors"), Note(2, "Windows")]


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def test_one_that_another_page_shows_is_that_pages_until_that_is_gone_too(archive: Archive) -> None:
    def look(number: int, minute: int, status: int) -> list[tuple[str, str]]:
        came = replace(arrival("notes", Note(number, "Doors", id=1), minute), status=status)
        arrive(archive, Notes(), [came], START + timedelta(minutes=minute))
        return world.changes()

    world = World(archive)
    assert look(1, 0, 200) == [("created", "Doors")]
    assert [look(2, minute, status) for minute, status in ((1, 200), (20, 404), (40, 404))] == [[], [], []]
    with archive.reading() as session:
        row = session.scalars(select(NotificationRow)).one()
        assert (session.get_one(Target, row.target_id).url, row.absences) == (f"https://{HOST}/notes/1", 0)
    assert look(1, 60, 404) == []
    assert look(1, 80, 404) == [("withdrawn", "Doors")]


class Undated(Notes):
    """Notes of which nobody says when they were issued."""

    def notification(self, entry: Candidate) -> Notification:
        return replace(super().notification(entry), issued=None, issued_precision=None)


def test_a_detail_without_a_date_that_is_gone_twice_is_withdrawn(archive: Archive) -> None:
    world = World(archive, *FIRST, source=Undated())
    world.run()
    world.site.missing = {1}
    world.changes()
    world.run(minutes=61)
    world.run(minutes=61)
    assert world.changes() == [("withdrawn", "Doors")]


def test_looks_at_what_is_gone_count_as_two_only_so_far_apart(archive: Archive) -> None:
    def look(minute: int, status: int = 404) -> list[tuple[str, str]]:
        came = replace(arrival("notes", FIRST[0], minute), status=status)
        arrive(archive, Notes(), [came], START + timedelta(minutes=minute))
        return world.changes()

    world = World(archive)
    assert look(0, 200) == [("created", "Doors")]
    assert look(1) == look(15) == []
    assert look(16) == [("withdrawn", "Doors")]


def test_what_is_gone_was_last_shown_when_it_was_last_read(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    read = world.clock()
    world.site.missing = {1}
    world.run(minutes=61)
    with archive.reading() as session:
        spans = session.execute(select(Sighting.notification_id, Sighting.last_at).order_by(Sighting.notification_id))
        first, *others = [last_at for _, last_at in spans]
    assert first is not None
    assert abs(first - read) < timedelta(minutes=1)
    assert set(others) == {None}
