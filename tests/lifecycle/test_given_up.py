"""What is gone for good, and what only failed: only answers that say so give a detail or a document up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import Target
from archive.overview import source_state
from archive.store import Archive
from ingest.settling import arrive
from replica.faults import status
from replica.messages import messages
from replica.page import page_of
from tests.lifecycle.notes import Note
from tests.lifecycle.notes_world import DAY, World
from tests.lifecycle.test_documents_cited import FIRST, ONE, OTHER, Setting
from tests.lifecycle.world import Clock, SmallSite, Upstream, arrival, bsia, opened, shown, with_document

MONTH = 31 * DAY


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


@pytest.fixture
def world(archive: Archive) -> World:
    world = World(archive, Note(1, "Doors"), Note(2, "Windows"))
    world.run()
    world.changes()
    return world


@pytest.fixture
def setting(archive: Archive) -> Setting:
    plain = [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]
    first, second, *rest = shown(*plain[:6])
    page = [with_document(first, ONE), with_document(second, OTHER), *rest]
    return Setting(archive, Upstream(SmallSite([page] * 4, {(ONE, 0): FIRST, (OTHER, 0): FIRST})), Clock())


def detail(world: World) -> Target:
    with world.archive.reading() as session:
        return session.scalars(select(Target).where(Target.url.endswith("/notes/1"), Target.role == "detail")).one()


def test_failures_of_other_kinds_give_no_document_up(setting: Setting) -> None:
    setting.upstream.faults[ONE] = status(500)
    for _ in range(5):
        setting.run(minutes=MONTH)
    setting.upstream.faults[ONE] = status(404)
    setting.run(minutes=MONTH)
    target = setting.target(ONE)
    assert (target.state, target.failures, target.gone_looks) == ("missing", 6, 1)
    assert target.next_check_at is not None
    for _ in range(5):
        setting.run(minutes=MONTH)
    assert (setting.target(ONE).state, setting.target(ONE).next_check_at) == ("gone", None)


def test_a_failure_between_begins_the_count_anew(setting: Setting) -> None:
    for code in (410, 503, 410):
        setting.upstream.faults[ONE] = status(code)
        setting.run(minutes=MONTH)
    assert (setting.target(ONE).gone_looks, setting.target(ONE).state) == (1, "missing")


def test_failures_of_other_kinds_give_no_detail_up_that_is_current(world: World) -> None:
    world.upstream.faults["/notes/1"] = status(500)
    for _ in range(5):
        world.run(minutes=MONTH)
    world.upstream.faults["/notes/1"] = status(404)
    world.site.shown = [Note(2, "Windows")]
    world.run(minutes=MONTH)
    assert detail(world).next_check_at is not None
    world.run(minutes=MONTH)
    assert ("withdrawn", "Doors") in world.changes()


def test_no_detail_is_given_up_before_its_looks_have_withdrawn_it(world: World) -> None:
    world.site.shown = [Note(2, "Windows")]
    world.upstream.faults["/notes/1"] = status(410)
    world.run(minutes=61)
    with world.archive.writing() as session:
        session.get_one(Target, detail(world).id).next_check_at = world.clock()
    world.run(minutes=1)
    assert (detail(world).gone_looks, world.states()[0]) == (2, "current")
    assert detail(world).next_check_at is not None
    world.run(minutes=MONTH)
    assert (world.states()[0], detail(world).next_check_at) == ("withdrawn", None)


def test_a_detail_that_its_listing_still_shows_is_asked_monthly(world: World) -> None:
    world.upstream.faults["/notes/1"] = status(410)
    for _ in range(4):
        world.run(minutes=MONTH)
    assert ("withdrawn", "Doors") in world.changes()
    again_at = detail(world).next_check_at
    assert again_at is not None and again_at - world.clock() == timedelta(days=30)
    world.upstream.faults.clear()
    world.run(minutes=MONTH)
    assert world.changes() == [("reinstated", "Doors")]


@pytest.mark.parametrize("days", [0, 5])
def test_a_detail_that_was_given_up_is_asked_when_a_listing_shows_it_again(world: World, days: int) -> None:
    doors, windows = world.site.shown
    world.site.shown = [windows]
    world.upstream.faults["/notes/1"] = status(410)
    for _ in range(2):
        world.run(minutes=MONTH)
    assert (detail(world).next_check_at, detail(world).failures) == (None, 2)
    world.run(minutes=days * MONTH + DAY)
    world.upstream.faults.clear()
    world.site.shown = [doors, windows]
    world.changes()
    world.asked()
    world.run()
    assert ("/notes/1" in world.asked()) == bool(days)
    world.run(minutes=MONTH)
    assert world.changes() == [("reinstated", "Doors")]


def test_what_was_given_up_has_failed_in_the_books_and_is_missing(setting: Setting, world: World) -> None:
    setting.upstream.faults[ONE] = status(410)
    assert setting.run().links == {"links": 2, "known": 0, "read": 1, "waiting": 0, "failed": 1}
    assert setting.run(minutes=MONTH).links == {"links": 2, "known": 0, "read": 1, "waiting": 0, "failed": 1}
    assert setting.target(ONE).state == "gone"
    assert setting.run(minutes=30).links == {"links": 2, "known": 1, "read": 0, "waiting": 0, "failed": 1}
    world.site.missing = {1}
    for _ in range(3):
        world.run(minutes=MONTH)
    with setting.archive.reading() as session:
        assert source_state(session, "notes")["missing"] == 1
        assert source_state(session, "bsia-cssc")["missing"] == 1


def cited_by_one_more(setting: Setting) -> None:
    """Has another bulletin cite a document that was given up."""
    first, second, third, *rest = setting.upstream.site.pages[0]  # type: ignore[attr-defined]
    shown_now = [first, second, with_document(third, ONE), *rest]
    setting.upstream.site = SmallSite([shown_now] * 4, {(ONE, 0): FIRST, (OTHER, 0): FIRST})


def given_up(setting: Setting) -> None:
    setting.upstream.faults[ONE] = status(410)
    for _ in range(2):
        setting.run(minutes=MONTH)
    assert (setting.target(ONE).state, setting.target(ONE).next_check_at) == ("gone", None)


def test_a_document_that_was_given_up_is_asked_when_another_bulletin_cites_it(setting: Setting) -> None:
    given_up(setting)
    cited_by_one_more(setting)
    setting.upstream.faults.clear()
    setting.run(minutes=MONTH)
    assert (setting.target(ONE).state, setting.target(ONE).failures) == ("held", 0)


def test_and_is_given_up_again_after_as_many_answers_not_sooner_nor_later(setting: Setting) -> None:
    given_up(setting)
    cited_by_one_more(setting)
    setting.upstream.asked.clear()
    setting.run(minutes=MONTH)
    assert (setting.target(ONE).state, setting.target(ONE).gone_looks, setting.target(ONE).failures) == (
        "missing",
        1,
        1,
    )
    for _ in range(3):
        setting.run(minutes=MONTH)
    assert (setting.target(ONE).state, setting.target(ONE).next_check_at) == ("gone", None)
    assert [path for path, _ in setting.upstream.asked].count(ONE) == 2


def test_one_that_is_not_given_up_is_asked_no_sooner_for_that(setting: Setting) -> None:
    setting.upstream.faults[ONE] = status(404)
    setting.run(minutes=MONTH)
    before = setting.target(ONE).next_check_at
    cited_by_one_more(setting)
    setting.run(minutes=20)
    assert (setting.target(ONE).next_check_at, setting.target(ONE).gone_looks) == (before, 1)


def test_an_import_that_cites_it_is_no_sign_that_it_is_there(setting: Setting) -> None:
    given_up(setting)
    first, second, third, *rest = setting.upstream.site.pages[0]  # type: ignore[attr-defined]
    at = setting.clock() + timedelta(minutes=1)
    arrive(setting.archive, bsia(), [arrival(page_of([first, second, with_document(third, ONE), *rest]), at)], at)
    assert (setting.target(ONE).state, setting.target(ONE).next_check_at) == ("gone", None)


@pytest.mark.parametrize("cause", ["import", "backfill"])
def test_what_an_archive_says_of_an_address_is_not_what_it_answers(setting: Setting, cause: str) -> None:
    setting.run()
    setting.upstream.faults[OTHER] = status(500)
    setting.run(minutes=61)
    before = [facts(setting, path) for path in (ONE, OTHER)]
    for path in (ONE, OTHER):
        for days in (1, 2, -3000):
            at = setting.clock() + timedelta(days=days)
            came = arrival(b"gone", at, cause=cause)
            url = came.url.partition("/about")[0] + path
            came = replace(came, role="attachment", target_url=url, url=url, status=410)
            arrive(setting.archive, bsia(), [came], setting.clock())
    assert [facts(setting, path) for path in (ONE, OTHER)] == before


def facts(setting: Setting, path: str) -> tuple[object, ...]:
    target = setting.target(path)
    return target.state, target.failures, target.gone_looks, target.next_check_at, target.last_status, target.last_error
