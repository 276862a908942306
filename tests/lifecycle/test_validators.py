"""Validators that lie: an ETag that is another each time, and a 304 that hides a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from sqlalchemy import select

from archive.blobs import CorruptBlob
from archive.derived import NotificationRow, Target
from archive.reading import notifications
from archive.records import Notification
from archive.store import Archive
from archive.tables import Check
from archive.targets import held_targets
from ingest.settling import arrive
from replica.answers import Answer, Visit
from replica.faults import status
from replica.page import page_of
from tests.lifecycle.dumps import counts, dump
from tests.lifecycle.notes import Candidate, Note, Notes
from tests.lifecycle.notes_world import DAY
from tests.lifecycle.notes_world import World as NotesWorld
from tests.lifecycle.world import PAGE, Clock, SmallSite, Upstream, arrival, bsia, opened, run, shown

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")


MINUTES_20 = timedelta(minutes=20)
IN_FULL_EVERY = 6
"""Sooner than in earnest, so that the polls between are few."""


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.polling.IN_FULL_EVERY", IN_FULL_EVERY)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


class Lying(Upstream):
    """Says 304 to every request with a condition, whatever has changed."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "If-None-Match" in request.headers and request.url.path not in self.faults:
            self.asked.append((request.url.path, 304))
            return httpx.Response(304)
        return super().handle_request(request)


def poll(archive: Archive, upstream: Upstream, clock: Clock, times: int = 1) -> None:
    for _ in range(times):
        clock.forward(20)
        run(archive, upstream, clock)


def confirmed(archive: Archive) -> int:
    with archive.reading() as session:
        return session.scalars(select(Target.confirmed_polls).where(Target.role == "listing")).one()


class RestlessSite(SmallSite):
    """The same bytes each time under an ETag that is another each time."""

    visits = 0

    def answer(self, visit: Visit) -> Answer:
        type(self).visits += 1
        return replace(super().answer(visit), etag=f'"{self.visits}"')


def test_the_same_bytes_under_another_etag_are_a_check_and_no_capture(archive: Archive) -> None:
    upstream, clock = Upstream(RestlessSite([SIX])), Clock()
    poll(archive, upstream, clock, 5)
    assert upstream.pages_asked == [200] * 5
    assert [row["kind"] for row in dump(archive, [Check])["checks"]] == ["identical"] * 4
    assert counts(archive)["captures"] == 1
    assert confirmed(archive) == 0


def test_a_304_that_hides_a_change_is_found_out(archive: Archive) -> None:
    upstream, clock = Lying(SmallSite([SIX[1:]])), Clock()
    poll(archive, upstream, clock)
    upstream.site = SmallSite([SIX])
    poll(archive, upstream, clock, IN_FULL_EVERY - 1)
    assert upstream.pages_asked == [200] + [304] * (IN_FULL_EVERY - 1)
    assert (counts(archive)["notifications"], confirmed(archive)) == (len(SIX) - 1, IN_FULL_EVERY - 1)
    poll(archive, upstream, clock)
    assert upstream.pages_asked[-1] == 200
    assert (counts(archive)["notifications"], confirmed(archive)) == (len(SIX), 0)
    assert dump(archive)["changes"][-1]["kind"] == "created"
    poll(archive, upstream, clock)
    assert (upstream.pages_asked[-1], confirmed(archive)) == (304, 1)


def test_an_honest_304_is_only_asked_for_its_body_now_and_then(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock, 2 * IN_FULL_EVERY + 1)
    assert upstream.pages_asked == [200, *([304] * (IN_FULL_EVERY - 1) + [200]) * 2]
    assert counts(archive)["captures"] == 1


def test_a_304_shows_what_it_confirms_until_then(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock, 2)
    with archive.reading() as session:
        found = notifications(session, list(session.scalars(select(NotificationRow.id))))
    assert upstream.pages_asked == [200, 304]
    assert {(row["first_seen"], row["last_seen"]) for row in found.values()} == {(clock() - MINUTES_20, clock())}


def test_a_page_of_which_too_little_could_be_read_lends_no_validators(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock)
    upstream.site = SmallSite([SIX[:3]])
    poll(archive, upstream, clock, 3)
    upstream.site = SmallSite([SIX])
    poll(archive, upstream, clock)
    assert upstream.pages_asked == [200, 200, 200, 200, 304]


def test_what_was_saved_before_a_304_is_late(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock, 2)
    for minutes in (15, 10):
        late = arrival(page_of(SIX[1:], serial=minutes), clock() - timedelta(minutes=minutes))
        arrive(archive, bsia(), [late], clock())
    with archive.writing() as session:
        assert held_targets(session, "bsia-cssc") == []
    assert {row["kind"] for row in dump(archive)["changes"]} == {"created"}
    assert [row["absences"] for row in dump(archive)["notifications"]] == [0] * len(SIX)


def test_failures_between_count_for_nothing(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock, 3)
    upstream.faults[PAGE] = status(500)
    poll(archive, upstream, clock, 2)
    assert confirmed(archive) == 2
    upstream.faults.clear()
    poll(archive, upstream, clock)
    assert (upstream.pages_asked[-1], confirmed(archive)) == (304, 3)


def test_a_detail_is_had_in_full_now_and_then_too(archive: Archive) -> None:
    world = NotesWorld(archive, Note(1, "Doors"))
    world.upstream = Lying(world.site)
    world.run()
    world.site.shown[0] = replace(world.site.shown[0], text="Please be very careful.")
    for _ in range(IN_FULL_EVERY):
        world.run(minutes=31 * 24 * 60)
    assert world.changes() == [("created", "Doors"), ("revised", "Doors")]


class HeadedByTheListing(Notes):
    """Its bulletins have the titles that the listing states."""

    def notification(self, entry: Candidate) -> Notification:
        title = entry.page.facts["title"]
        return super().notification(replace(entry, note={**entry.note, "title": title}))


def test_a_page_of_which_the_listing_states_something_else_is_not_asked_with_the_validators_of_before(
    archive: Archive,
) -> None:
    world = NotesWorld(archive, Note(1, "Doors", heading="Doors"), source=HeadedByTheListing())
    world.run()
    world.site.shown[0] = replace(world.site.shown[0], title="Windows")
    world.run()
    assert statuses(world) == [200, 200]
    assert world.changes() == [("created", "Doors"), ("revised", "Windows")]


def test_a_page_that_another_parser_has_read_is_had_in_full_for_this_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = NotesWorld(archive, Note(1, "Doors"))
    world.run()
    monkeypatch.setattr("ingest.settling.parser_version", lambda source: "a later one")
    for _ in range(2):
        world.run(minutes=31 * DAY)
    assert statuses(world, "/notes") == statuses(world) == [200, 200, 304]


def test_a_page_that_says_it_is_gone_lends_no_validators(archive: Archive) -> None:
    world = NotesWorld(archive, Note(1, "Doors"))
    world.run()
    world.site.shown[0] = replace(world.site.shown[0], gone=True)
    for _ in range(2):
        world.run(minutes=DAY)
    assert statuses(world) == [200, 200, 200]


def statuses(world: NotesWorld, path: str = "/notes/1") -> list[int]:
    return [status for asked, status in world.upstream.asked if asked == path]


def test_a_page_whose_body_is_damaged_is_asked_anew_and_that_answer_counts(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> NoReturn:
        raise CorruptBlob("blob: damaged, expected its bytes")

    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    poll(archive, upstream, clock, 2)
    with archive.writing() as session:
        session.scalars(select(Target).where(Target.role == "listing")).one().capture_id = None
    monkeypatch.setattr("ingest.polling._as_stored", damaged)
    poll(archive, upstream, clock)
    assert upstream.pages_asked == [200, 304, 304, 200]
    with archive.reading() as session:
        target = session.scalars(select(Target).where(Target.role == "listing")).one()
    assert (target.last_status, target.confirmed_polls) == (200, 0)
