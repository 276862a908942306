"""Addresses that moved for good: recorded, asked at their new place, and at the old one again when that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.changes import list_changes
from archive.derived import Target
from archive.overview import source_state
from archive.store import Archive
from archive.tables import Capture
from ingest.citations import IN_FULL_EVERY as DOCUMENTS_IN_FULL_EVERY
from ingest.polling import IN_FULL_EVERY
from ingest.replay import replay_into
from replica.answers import Answer, Visit
from replica.faults import Fault, challenge, redirect, status
from replica.messages import messages
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, differences, dump
from tests.lifecycle.world import PAGE, Clock, SmallSite, Upstream, bsia, opened, run, shown, with_document
from tests.pdfs import text_document

NEW, NEWER, PDF, NEW_PDF = "/news/", "/news/all/", "/Portals/4/one.pdf", "/files/one.pdf"
DOCUMENT = text_document(["Meet at the north gate at noon"])


class MovedSite(SmallSite):
    """Answers at its new addresses what it answers at the old ones."""

    def answer(self, visit: Visit) -> Answer:
        old = {NEW: PAGE, NEWER: PAGE, NEW_PDF: PDF}.get(visit.path, visit.path)
        return super().answer(replace(visit, path=old))


class World:
    """An archive whose one source, on a site that may move, is run by hand."""

    def __init__(self, archive: Archive) -> None:
        plain = [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]
        first, *rest = shown(*plain[:6])
        site = MovedSite([[with_document(first, PDF), *rest]], {(PDF, 0): DOCUMENT})
        self.archive, self.upstream, self.clock = archive, Upstream(site), Clock()

    def asked(self, minutes: float = 20) -> list[tuple[str, int]]:
        self.upstream.asked.clear()
        self.clock.forward(minutes)
        run(self.archive, self.upstream, self.clock)
        return [*self.upstream.asked]

    def moved_to(self, role: str) -> str | None:
        with self.archive.reading() as session:
            return session.scalars(select(Target.moved_to).where(Target.role == role)).one()

    def is_healthy(self) -> bool:
        with self.archive.reading() as session:
            state = source_state(session, "bsia-cssc")
        return (state["state"], state["problem"], state["quarantined"]) == ("healthy", None, 0)

    def kinds(self) -> set[str]:
        with self.archive.reading() as session:
            return {row["kind"] for row in list_changes(session)}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with opened(database_url, tmp_path) as archive:
        yield World(archive)


@pytest.mark.parametrize("code", [301, 308])
def test_a_page_is_asked_at_its_new_place(code: int, world: World) -> None:
    world.asked()
    world.upstream.faults[PAGE] = redirect(NEW, code)
    assert world.asked() == [(PAGE, code), (NEW, 200)]
    assert world.moved_to("listing") == f"https://www.bsia.co.uk{NEW}"
    assert world.asked() == [(NEW, 304)]
    assert world.kinds() == {"created"}


def test_it_may_move_once_more(world: World) -> None:
    world.upstream.faults |= {PAGE: redirect(NEW, 301), NEW: redirect(NEWER, 308)}
    assert [path for path, _ in world.asked()][:3] == [PAGE, NEW, NEWER]
    assert world.asked() == [(NEWER, 304)]


@pytest.mark.parametrize("code", [302, 303, 307])
def test_a_passing_redirect_is_followed_each_time(code: int, world: World) -> None:
    world.upstream.faults[PAGE] = redirect(NEW, code)
    world.asked()
    assert (world.moved_to("listing"), world.asked()) == (None, [(PAGE, code), (NEW, 200)])


def test_one_that_passes_by_a_passing_one_has_not_moved(world: World) -> None:
    world.upstream.faults |= {PAGE: redirect(NEW, 301), NEW: redirect(NEWER, 302)}
    world.asked()
    assert world.moved_to("listing") is None


@pytest.mark.parametrize("fault", [status(404), status(500), challenge()], ids=["gone", "ill", "challenge"])
def test_the_old_place_is_asked_again_when_the_new_one_fails(fault: Fault, world: World) -> None:
    world.upstream.faults[PAGE] = redirect(NEW, 301)
    world.asked()
    world.upstream.faults = {NEW: fault}
    assert [path for path, _ in world.asked()] == [NEW]
    assert world.asked(minutes=60)[0] == (PAGE, 304)
    assert world.kinds() == {"created"}


def test_a_page_that_leads_to_no_page_has_not_moved(world: World) -> None:
    world.asked()
    world.upstream.faults |= {PAGE: redirect(NEW, 301), NEW: challenge()}
    world.asked()
    assert world.moved_to("listing") is None


def test_a_document_is_asked_at_its_new_place(world: World) -> None:
    world.upstream.faults[PDF] = redirect(NEW_PDF, 301)
    assert world.asked()[1:] == [(PDF, 301), (NEW_PDF, 200)]
    assert world.moved_to("attachment") == f"https://www.bsia.co.uk{NEW_PDF}"
    assert (NEW_PDF, 304) in world.asked(minutes=70)
    assert (PDF, 301) not in world.upstream.asked
    assert world.kinds() == {"created"}


def moved(world: World) -> None:
    """Have the page moved for good, and asked there until it is to be had in full."""
    world.upstream.faults[PAGE] = redirect(NEW, 301)
    world.asked()
    for _ in range(IN_FULL_EVERY - 1):
        assert world.asked()[0] == (NEW, 304)


def test_the_stated_address_is_asked_when_the_page_is_had_in_full(world: World) -> None:
    moved(world)
    assert world.asked()[:2] == [(PAGE, 301), (NEW, 200)]
    assert world.moved_to("listing") == f"https://www.bsia.co.uk{NEW}"
    for _ in range(IN_FULL_EVERY - 1):
        assert world.asked()[0] == (NEW, 304)
    del world.upstream.faults[PAGE]
    assert world.asked()[0] == (PAGE, 200)
    assert (world.moved_to("listing"), world.asked()[0]) == (None, (PAGE, 304))


@pytest.mark.parametrize("fault", [status(404), challenge()], ids=["gone", "challenge"])
def test_a_stated_address_that_is_no_page_costs_no_new_place(fault: Fault, world: World) -> None:
    moved(world)
    world.upstream.faults[PAGE] = fault
    assert world.asked()[0][0] == PAGE
    assert world.moved_to("listing") == f"https://www.bsia.co.uk{NEW}"
    assert world.asked(minutes=40)[-1][0] == NEW
    assert world.kinds() == {"created"}


def statuses(world: World) -> list[tuple[str, str | None]]:
    """The state of each capture at the old address since the page had moved, and why it is so."""
    with world.archive.reading() as session:
        rows = session.execute(select(Capture.status, Capture.state, Capture.reason).order_by(Capture.id))
        return [(f"{code} {state}", reason) for code, state, reason in rows]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has pages asked in full every fifth time."""
    monkeypatch.setattr("ingest.polling.IN_FULL_EVERY", 5)
    monkeypatch.setattr(f"{__name__}.IN_FULL_EVERY", 5)


@pytest.mark.parametrize("fault", [status(404), status(410)], ids=["404", "410"])
def test_what_the_stated_address_answers_is_kept_and_says_nothing_of_the_page(
    fault: Fault, world: World, tmp_path: Path
) -> None:
    moved(world)
    world.upstream.faults[PAGE] = fault
    assert [path for path, _ in world.asked()][:2] == [PAGE, NEW]
    ((kept, reason),) = [each for each in statuses(world) if each[0].startswith("4")]
    assert kept.endswith(" failed")
    assert reason == f"https://www.bsia.co.uk{PAGE}: asked though it had moved to https://www.bsia.co.uk{NEW}"
    assert world.asked()[0] == (NEW, 304)
    assert world.is_healthy()
    with opened(f"sqlite:///{tmp_path / 'again.sqlite'}", tmp_path / "again") as again:
        replay_into(world.archive, again, {"bsia-cssc": bsia()}, world.clock())
        assert differences(dump(world.archive, DERIVED_FROM_JOURNAL), dump(again, DERIVED_FROM_JOURNAL)) == []


def test_so_is_where_it_led_to_nothing(world: World) -> None:
    moved(world)
    world.upstream.faults |= {PAGE: redirect("/lost", 302), "/lost": status(404), NEW: status(500)}
    assert [path for path, _ in world.asked()] == [PAGE, "/lost", NEW]
    assert [kept for kept, _ in statuses(world)][-3:] == ["302 done", "404 failed", "500 failed"]


def test_a_page_without_validators_is_looked_for_at_its_stated_address_too(world: World) -> None:
    world.upstream.validators = False
    world.upstream.faults[PAGE] = redirect(NEW, 301)
    world.asked()
    for _ in range(2):
        for _ in range(IN_FULL_EVERY - 1):
            assert world.asked()[0] == (NEW, 200)
        assert world.asked()[:2] == [(PAGE, 301), (NEW, 200)]
    world.upstream.faults[PAGE] = status(404)
    for _ in range(IN_FULL_EVERY - 1):
        assert world.asked()[0] == (NEW, 200)
    assert world.asked()[:2] == [(PAGE, 404), (NEW, 200)]
    assert world.asked()[0] == (NEW, 200)


def test_so_is_a_document(world: World) -> None:
    world.upstream.validators = False
    world.asked()
    world.upstream.faults[PDF] = redirect(NEW_PDF, 301)
    month = 31 * 24 * 60
    world.asked(month)
    for _ in range(DOCUMENTS_IN_FULL_EVERY - 1):
        assert (NEW_PDF, 200) in world.asked(month) and (PDF, 301) not in world.upstream.asked
    del world.upstream.faults[PDF]
    assert (PDF, 200) in world.asked(month)
    assert world.moved_to("attachment") is None
