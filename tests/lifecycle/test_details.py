"""Listings that point to their bulletins: each detail is read by itself, again by its age, and followed to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import Gap, Target
from archive.quarantine import list_quarantine
from archive.store import Archive
from ingest.replay import replay_into
from replica.faults import redirect, status
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, dump
from tests.lifecycle.notes import HOST, LISTING, Note, Notes
from tests.lifecycle.notes_world import DAY, World
from tests.lifecycle.world import opened

FIRST = [Note(1, "Doors"), Note(2, "Windows")]


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def test_details_are_read_in_the_run_that_finds_them(archive: Archive) -> None:
    world = World(archive, *FIRST)
    report = world.run()
    assert world.changes() == [("created", "Doors"), ("created", "Windows")]
    assert report.links == {"links": 2, "known": 0, "read": 2, "waiting": 0, "failed": 0}
    assert (report.accounts.seen, report.accounts.new, report.lossy) == (2, 2, False)


def test_a_detail_is_left_alone_until_its_age_or_its_listing_says_so(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.asked()
    world.run()
    assert world.asked() == ["/notes"]
    world.site.shown[0] = replace(FIRST[0], text="Please be very careful.", updated="2018-07-02")
    world.run()
    assert world.asked() == ["/notes", "/notes/1"]
    assert world.changes()[2:] == [("revised", "Doors")]
    world.run(minutes=60)
    assert world.asked() == ["/notes", "/notes/1", "/notes/2"]
    assert world.changes() == []


def test_an_edit_in_place_that_no_listing_tells_is_found_by_age(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.site.shown[1] = replace(FIRST[1], text="Please keep them shut.")
    world.run(minutes=61)
    assert world.changes()[2:] == [("revised", "Windows")]


@pytest.mark.parametrize("says_so", [False, True])
def test_a_detail_that_is_gone_twice_is_withdrawn_and_may_come_back(archive: Archive, says_so: bool) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.changes()
    if says_so:
        world.site.shown[0] = replace(FIRST[0], gone=True)
    else:
        world.site.missing = {1}
    report = world.run(minutes=61)
    assert (world.changes(), report.lossy, report.links["failed"]) == ([], False, 1)
    report = world.run(minutes=61)
    assert world.changes() == [("withdrawn", "Doors")]
    assert report.accounts.withdrawn == 1
    world.run(minutes=30 * DAY)
    assert world.changes() == []
    world.site.missing, world.site.shown[0] = set(), FIRST[0]
    world.run(minutes=60 * DAY)
    assert world.changes() == [("reinstated", "Doors")]


def test_a_detail_that_cannot_be_read_is_quarantined_until_it_can(archive: Archive) -> None:
    world = World(archive, FIRST[0], replace(FIRST[1], heading="Not found"))
    report = world.run()
    assert (report.accounts.quarantined, report.lossy, world.changes()) == (1, True, [("created", "Doors")])
    world.site.shown[1] = replace(FIRST[1], updated="2018-07-02")
    assert not world.run().lossy
    assert world.changes() == [("created", "Windows")]


@pytest.mark.parametrize("code", [403, 500])
def test_a_detail_that_is_refused_is_an_error_and_asked_again(archive: Archive, code: int) -> None:
    world = World(archive, *FIRST)
    world.upstream.faults["/notes/1"] = status(code)
    report = world.run()
    assert (report.accounts.errors, report.lossy, report.links["failed"]) == (1, True, 1)
    world.upstream.faults.clear()
    world.run(minutes=61)
    assert ("created", "Doors") in world.changes()


def test_deriving_again_gives_the_same(archive: Archive, tmp_path: Path) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.site.missing = {1}
    world.run(minutes=61)
    world.run(minutes=61)
    world.site.shown = [Note(7, "Note 7"), Note(8, "Note 8", action="cancel", about=(2,))]
    world.site.behind = [[FIRST[1], Note(5, "Note 5", state="closed")]]
    world.run()
    world.run(minutes=7 * DAY)
    world.site.missing = set()
    world.run(minutes=30 * DAY)
    with opened(f"sqlite:///{tmp_path / 'again.sqlite'}", tmp_path / "again") as again:
        replay_into(archive, again, {"notes": Notes()}, world.clock())
        assert dump(again, DERIVED_FROM_JOURNAL) == dump(archive, DERIVED_FROM_JOURNAL)


def test_a_listing_that_shares_nothing_is_followed_back_to_a_known_entry(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.changes()
    world.site.shown = [Note(number, f"Note {number}") for number in (7, 8)]
    world.site.behind = [[Note(5, "Note 5"), Note(6, "Note 6")], [Note(3, "Note 3"), FIRST[1]], [FIRST[0]]]
    report = world.run()
    assert sorted(world.changes()) == [("created", f"Note {number}") for number in (3, 5, 6, 7, 8)]
    assert "/notes/page3" not in world.asked()
    assert gaps(archive) == [] and not report.lossy


def test_a_listing_that_shares_nothing_to_its_end_is_a_gap(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.site.shown, world.site.behind = [Note(9, "Note 9")], [[Note(8, "Note 8")]]
    report = world.run()
    assert len(gaps(archive)) == 1 and report.lossy
    world.run()
    assert len(gaps(archive)) == 1


def test_what_a_note_says_of_its_own_state_is_its_state(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.changes()
    world.site.shown[0] = replace(FIRST[0], state="withdrawn", updated="2018-07-03")
    world.run()
    assert world.changes() == [("revised", "Doors"), ("withdrawn", "Doors")]
    world.run(minutes=61)
    assert world.changes() == []
    world.site.shown[0] = replace(FIRST[0], updated="2018-07-04")
    world.run()
    assert world.changes() == [("reinstated", "Doors"), ("revised", "Doors")]


def test_a_note_that_cancels_or_updates_others_ends_them_for_good(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.changes()
    world.site.shown += [
        Note(3, "No more doors", action="cancel", about=(1,)),
        Note(4, "Other windows", action="update", about=(2,)),
    ]
    world.run()
    assert sorted(world.changes()) == [
        ("created", "No more doors"),
        ("created", "Other windows"),
        ("state", "Doors"),
        ("state", "Windows"),
    ]
    assert world.states() == ["cancelled", "superseded", "current", "current"]
    world.run(minutes=DAY)
    assert world.changes() == []
    assert world.states() == ["cancelled", "superseded", "current", "current"]


def test_a_page_that_is_gone_takes_no_bulletin_that_another_page_shows(archive: Archive) -> None:
    world = World(archive, Note(1, "Doors"))
    world.run()
    world.site.alias["/notes/one"] = "/notes/1"
    world.site.paths[1] = "/notes/one"
    world.run()
    world.changes()
    world.site.missing_paths = {"/notes/1"}
    for _ in range(3):
        world.run(minutes=DAY)
    assert world.changes() == []
    assert world.states() == ["current"]


def test_a_detail_that_was_never_there_is_a_loss_and_said(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.site.missing = {2}
    report = world.run()
    assert (report.accounts.errors, report.lossy, report.links["failed"]) == (1, True, 1)


def test_an_older_page_that_leads_back_to_itself_is_a_gap_and_no_circle(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.site.shown, world.site.behind, world.site.loops = [Note(9, "Note 9")], [[Note(8, "Note 8")]], True
    world.asked()
    assert world.run().lossy
    assert world.asked().count("/notes/page1") == 1
    assert len(gaps(archive)) == 1


def test_a_fact_that_changes_is_read_though_the_page_is_the_same(archive: Archive) -> None:
    world = World(archive, Note(1, "Doors", heading="Windows"))
    assert world.run().accounts.quarantined == 1
    world.site.shown[0] = replace(world.site.shown[0], title="Windows")
    assert world.run().accounts.new == 1


def test_a_detail_that_leads_to_the_listing_is_no_bulletin(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.upstream.faults["/notes/1"] = redirect(LISTING, 302)
    report = world.run()
    assert report.lossy and ("created", "Doors") not in world.changes()
    with archive.reading() as session:
        (row,) = list_quarantine(session)
    assert row["reason"] == f"https://{HOST}/notes/1: led to {LISTING}, expected the page of a bulletin"


def test_a_note_that_cancels_one_which_is_read_after_it_ends_that_too(archive: Archive) -> None:
    world = World(archive, Note(2, "No more doors", action="cancel", about=(1,)), FIRST[0])
    world.site.missing = {1}
    world.run()
    world.site.missing = set()
    world.run(minutes=61)
    assert world.changes() == [("created", "No more doors"), ("created", "Doors"), ("state", "Doors")]
    world.run(minutes=DAY)
    assert world.states() == ["current", "cancelled"]


def test_an_older_page_that_cannot_be_had_is_a_gap_told_once(archive: Archive) -> None:
    world = World(archive, *FIRST)
    world.run()
    world.site.shown, world.site.behind = [Note(9, "Note 9")], [[Note(8, "Note 8")]]
    world.upstream.faults["/notes/page1"] = status(400)
    assert world.run().lossy
    world.run(minutes=61)
    assert len(gaps(archive)) == 1


def test_a_run_asks_so_many_details_and_leaves_the_rest_due(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.details.PAGES_AT_ONCE", 2)
    world = World(archive, *[Note(number, f"Note {number}") for number in range(1, 6)])
    world.max_pages = 3
    report = world.run()
    assert report.links == {"links": 5, "known": 0, "read": 3, "waiting": 2, "failed": 0}
    report = world.run()
    assert report.links == {"links": 5, "known": 3, "read": 2, "waiting": 0, "failed": 0}
    with archive.reading() as session:
        assert {target.lease_owner for target in session.scalars(select(Target))} == {None}


def gaps(archive: Archive) -> list[Gap]:
    with archive.reading() as session:
        return list(session.scalars(select(Gap)))
