"""When a source is asked next, in whole runs: after news and quiet, by what answers state, after failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.derived import SourceRow, Target
from archive.publications import publications_in
from archive.records import Notification
from archive.store import Archive
from ingest.replay import replay_into
from ingest.run import run_source
from ingest.settling import arrive
from parsers.source import sources
from replica.answers import Answer, Visit, digest
from replica.faults import status, too_many
from replica.messages import Message, synthetic_messages
from replica.page import page_of
from tests.lifecycle.notes import Note, Notes
from tests.lifecycle.notes_world import DAY
from tests.lifecycle.notes_world import World as NotesWorld
from tests.lifecycle.world import PAGE, START, Clock, SmallSite, Upstream, arrival, bsia, opened, shown, tools
from tests.parsers.feeds import ITEM, Bulletins

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
AMBER = replace(synthetic_messages(1)[0], level="Amber", issued=SIX[0].issued + timedelta(days=1))
GREEN = replace(AMBER, level="Green")


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


@dataclass
class World:
    """The association's page, polled when it is due or when a test says so."""

    archive: Archive

    def __post_init__(self) -> None:
        self.clock, self.upstream = Clock(), Upstream(SmallSite([SIX]))

    def show(self, *messages: Message) -> None:
        self.upstream.site = SmallSite([[*messages, *SIX]])

    def poll(self, minutes: float = 0.0) -> float:
        """Poll after so many minutes; in how many minutes the page is to be asked again."""
        self.clock.forward(minutes)
        run_source(self.archive, bsia(), tools(self.upstream, self.clock))
        return self.asked_in()

    def asked_in(self) -> float:
        with self.archive.reading() as session:
            at = session.scalars(select(Target.next_check_at).where(Target.role == "listing")).one()
        assert at is not None
        return (at - self.clock()) / timedelta(minutes=1)

    def published(self, slug: str = "bsia-cssc") -> list[tuple[float, bool]]:
        """When it published, in minutes before now, and whether that was an alarm."""
        with self.archive.reading() as session:
            _, seen = publications_in(session.scalars(select(SourceRow.published).where(SourceRow.slug == slug)).one())
        return [((self.clock() - each.at) / timedelta(minutes=1), each.is_alarm) for each in seen]


@pytest.fixture
def world(archive: Archive) -> World:
    return World(archive)


def near(minutes: float) -> Any:
    """With the jitter of a tenth."""
    return pytest.approx(minutes, rel=0.101)


class ConditionalUpstream(Upstream):
    """Adds headers to every answer, or to those with a body only."""

    headers: tuple[tuple[bytes, bytes], ...] = ()
    to_bodies_only = False

    def handle_request(self, request: Any) -> Any:
        response = super().handle_request(request)
        if response.status_code == 200 or not self.to_bodies_only:
            response.headers.update(dict(self.headers))
        return response


def test_a_source_that_is_new_is_asked_as_it_states(world: World) -> None:
    assert world.poll() == near(15)
    assert world.poll(16) == near(15)
    assert world.published() == []


def test_a_quiet_month_brings_fewer_polls_and_news_bring_them_back(world: World) -> None:
    world.poll()
    for day in range(1, 36):
        wait = world.poll(DAY)
        assert near(15) == wait if day < 7 else wait >= 15 * 0.9
    assert wait == near(30)
    for number in range(4):
        world.show(*synthetic_messages(number + 1, seed=3))
        wait = world.poll(2 * DAY)
    assert wait < 15


def test_an_amber_brings_closer_polls_that_fade(world: World) -> None:
    world.poll()
    world.show(AMBER)
    waits = [world.poll(minutes) for minutes in (60, 4 * 60, 4 * 60, 16 * 60)]
    assert waits[0] == near(15 / 4)
    assert waits[0] < waits[1] < waits[2] < 15 * 0.9
    assert waits[3] == pytest.approx(15, rel=0.25)
    assert [is_alarm for _, is_alarm in world.published()] == [True]


def test_a_green_is_no_alarm_and_what_is_raised_to_amber_is(world: World) -> None:
    world.poll()
    world.show(GREEN)
    assert world.poll(60) > 10
    world.show(AMBER)
    assert world.poll(60) == near(15 / 4)
    assert [is_alarm for _, is_alarm in world.published()] == [False, True]


def test_an_amber_that_is_edited_is_no_new_alarm(world: World) -> None:
    world.poll()
    world.show(AMBER)
    world.poll(60)
    world.show(replace(AMBER, paragraphs=(*AMBER.paragraphs, "The station is open again.")))
    world.poll(60)
    assert [is_alarm for _, is_alarm in world.published()] == [True, False]


def test_what_a_page_has_when_it_is_first_read_is_no_news(world: World) -> None:
    world.show(AMBER)
    assert world.poll() == near(15)
    assert world.published() == []


def test_an_answer_that_states_to_be_fresh_is_not_asked_sooner(archive: Archive, world: World) -> None:
    world.upstream = ConditionalUpstream(world.upstream.site)
    world.upstream.headers = ((b"cache-control", b"max-age=2400"),)
    assert 40 <= world.poll() <= 44
    assert 40 <= world.poll(45) <= 44
    assert world.upstream.pages_asked == [200, 304]
    world.upstream.to_bodies_only = True
    assert 40 <= world.poll(45) <= 44
    world.upstream.headers, world.upstream.to_bodies_only = ((b"cache-control", b"max-age=999999"),), False
    assert world.poll(61) == near(60)
    world.show(AMBER)
    assert world.poll(66) == near(15 / 4)


@pytest.mark.parametrize(
    ("retry_after", "minutes"), [("5400", 90.0), ("60", 15.0), ("999999", 24 * 60.0), ("soon", 15.0)]
)
def test_an_answer_that_asks_us_to_wait_is_obeyed(world: World, retry_after: str, minutes: float) -> None:
    world.upstream = ConditionalUpstream(world.upstream.site)
    world.upstream.headers = ((b"retry-after", retry_after.encode()),)
    assert world.poll() == near(minutes)


def test_failures_are_asked_again_as_before_and_not_sooner_than_they_say(world: World) -> None:
    world.poll()
    world.upstream.faults[PAGE] = status(500)
    assert [world.poll(60) for _ in range(3)] == [near(15), near(30), near(60)]
    world.upstream.faults[PAGE] = too_many("36000", 503)
    assert world.poll(60) >= 600
    world.upstream.faults.clear()
    assert world.poll(600) == near(15)


def test_a_clock_that_was_set_back_does_no_harm(world: World) -> None:
    world.poll()
    world.show(AMBER)
    assert world.poll(300 * DAY) == near(15 / 4)
    assert world.poll(-299 * DAY) == near(15)


def test_an_import_is_no_news_and_starts_no_watch(archive: Archive, world: World) -> None:
    at = START - timedelta(days=400)
    for number, messages in enumerate(([AMBER], SIX)):
        arrive(archive, bsia(), [arrival(page_of(messages, serial=1), at + timedelta(days=number))], START)
    assert world.poll() == near(15)
    assert world.published() == []


def test_replay_tells_the_same_rhythm(archive: Archive, world: World, tmp_path: Path) -> None:
    world.poll()
    for messages in ([GREEN], [AMBER], [AMBER, *synthetic_messages(2)]):
        world.show(*messages)
        world.poll(90)
    before = world.published()
    assert len(before) == 3
    with opened(f"sqlite:///{tmp_path / 'again.sqlite'}", tmp_path / "again") as again:
        replay_into(archive, again, sources(), world.clock())
        world.archive = again
        assert world.published() == before


class LeveledNotes(Notes):
    """Notes whose titles state a level in front."""

    slug = "leveled-notes"

    def notification(self, entry: Any) -> Notification:
        found = super().notification(entry)
        return replace(found, level="red" if found.title and found.title.startswith("RED") else None)


def test_a_red_on_a_page_of_its_own_has_the_listing_asked_sooner(archive: Archive) -> None:
    notes = NotesWorld(archive, Note(1, "RED Old"), source=LeveledNotes())
    world = World(archive)
    world.clock = notes.clock
    notes.run()
    assert world.asked_in() == near(15)
    notes.site.shown.insert(0, Note(2, "Doors"))
    notes.run(60)
    assert world.asked_in() > 10
    notes.site.shown.insert(0, Note(3, "RED Windows"))
    notes.run(60)
    assert world.asked_in() == near(15 / 4)
    assert [is_alarm for _, is_alarm in world.published("leveled-notes")] == [False, True]


@dataclass(frozen=True)
class OneFeed:
    """A feed of one item that says of itself what is put at its beginning."""

    stated: str
    host: str = "feeds.example.org"
    last_step: int = 0

    def answer(self, visit: Visit) -> Answer:
        head = f'<rss version="2.0"><channel><title>News</title><link>https://{self.host}/</link>{self.stated}'
        body = f"{head}{ITEM}</channel></rss>".encode()
        return Answer(200, "application/rss+xml", body, f'"{digest(body)}"')


@pytest.mark.parametrize(("stated", "minutes"), [("<ttl>120</ttl>", 120.0), ("", 60.0), ("<ttl>5</ttl>", 60.0)])
def test_a_feed_that_states_its_pace_is_asked_by_it_also_after_a_304(
    archive: Archive, stated: str, minutes: float
) -> None:
    world, upstream = World(archive), Upstream(OneFeed(stated))
    for _ in range(2):
        run_source(archive, Bulletins(), tools(upstream, world.clock))
        assert world.asked_in() == near(minutes)
        world.clock.forward(minutes * 1.2)
    assert [code for path, code in upstream.asked if path.endswith("feed.xml")] == [200, 304]


def test_a_detail_is_asked_no_sooner_than_its_server_asks_us_to(archive: Archive) -> None:
    world = NotesWorld(archive, Note(1, "Doors"))
    world.upstream.faults["/notes/1"] = too_many("72000", 503)
    world.run()
    with archive.reading() as session:
        again_at = session.scalars(select(Target.next_check_at).where(Target.role == "detail")).one()
    assert again_at == world.clock() + timedelta(hours=20)
