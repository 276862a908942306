"""Which documents a run asks, where and how, and what it says of those that it does not ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import Target
from archive.store import Archive
from ingest.citations import DOCUMENTS_AT_ONCE, IN_FULL_EVERY
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness
from ingest.report import Report
from ingest.robots import RobotsHere, RobotsRules
from ingest.run import run_source
from ingest.tools import Tools
from replica.answers import Answer
from replica.faults import Fault, redirect, status, too_many
from replica.messages import messages
from tests.lifecycle.test_documents_cited import FIRST, ONE, OTHER, SECOND, Setting
from tests.lifecycle.test_permanent_redirects import NEW_PDF, MovedSite
from tests.lifecycle.test_validators import Lying
from tests.lifecycle.world import Clock, PlainReader, SmallSite, Upstream, bsia, opened, shown, tools, with_document

MONTH = 31 * 24 * 60
SITE = "https://www.bsia.co.uk"
BOTH = {(ONE, 0): FIRST, (OTHER, 0): FIRST}


@pytest.fixture
def site() -> MovedSite:
    plain = [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]
    first, second, *rest = shown(*plain[:6])
    page = [with_document(first, ONE), with_document(second, OTHER), *rest]
    return MovedSite([page] * 3, BOTH)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


@pytest.fixture
def setting(archive: Archive, site: SmallSite) -> Setting:
    return Setting(archive, Upstream(site), Clock())


def polite_run(setting: Setting, robots: str = "") -> Report:
    """A run that leaves hosts alone and obeys their robots.txt."""
    setting.upstream.faults["/robots.txt"] = Fault("robots", lambda _: Answer(200, "text/plain", robots.encode()))
    politeness = Politeness(lambda host: HostRules(0), clock=setting.clock, sleep=lambda seconds: None)
    with Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: setting.upstream,
        attempts=1,
        politeness=politeness,
        robots=RobotsRules(RobotsHere(), politeness, setting.clock),
        clock=setting.clock,
        sleep=lambda seconds: None,
    ) as fetcher:
        return run_source(setting.archive, bsia(), Tools(fetcher, PlainReader(), clock=setting.clock))


def asked(setting: Setting, *paths: str) -> list[tuple[str, int]]:
    found = [each for each in setting.upstream.asked if each[0] in paths]
    setting.upstream.asked.clear()
    return found


def test_a_document_of_a_host_that_is_left_alone_waits_and_has_not_failed(setting: Setting) -> None:
    setting.upstream.faults |= {ONE: too_many("600"), OTHER: too_many("600")}
    report = polite_run(setting)
    (notice,) = report.told
    assert notice.startswith("1 documents not asked: www.bsia.co.uk is left alone until ")
    assert report.links == {"links": 2, "known": 0, "read": 0, "waiting": 1, "failed": 1}
    assert len(asked(setting, ONE, OTHER)) == 1
    (target,) = [found for path in (ONE, OTHER) if not (found := setting.target(path)).failures]
    assert (target.state, target.failures, target.last_error) == ("wanted", 0, None)
    assert target.next_check_at == setting.clock() + timedelta(seconds=600)
    assert not report.lossy


def test_documents_that_robots_txt_keeps_us_from_are_told_and_have_not_failed(setting: Setting) -> None:
    report = polite_run(setting, "User-agent: *\nDisallow: /Portals/\n")
    (notice,) = report.told
    assert notice.startswith(f"2 documents not asked: {SITE}/robots.txt disallows it for 'bulletins'")
    assert report.links == {"links": 2, "known": 0, "read": 0, "waiting": 2, "failed": 0}
    for path in (ONE, OTHER):
        target = setting.target(path)
        assert (target.state, target.failures) == ("wanted", 0)
        assert target.next_check_at == setting.clock() + timedelta(days=1)
    setting.clock.forward(25 * 60)
    assert polite_run(setting).links["read"] == 2


@pytest.mark.parametrize("validators", [True, False])
def test_one_that_is_held_and_moves_for_good_is_asked_there(setting: Setting, validators: bool) -> None:
    setting.upstream.validators = validators
    setting.run()
    setting.upstream.faults[ONE] = redirect(NEW_PDF, 301)
    setting.run(minutes=70)
    assert setting.target(ONE).moved_to == f"{SITE}{NEW_PDF}"
    asked(setting)
    setting.run(minutes=6 * 60)
    assert [path for path, _ in asked(setting, ONE, NEW_PDF)] == [NEW_PDF]


def test_a_304_that_hides_other_bytes_is_found_out(archive: Archive, site: SmallSite) -> None:
    setting = Setting(archive, Lying(site), Clock())
    setting.run()
    setting.upstream.site = SmallSite(site.pages, {**BOTH, (ONE, 0): SECOND})
    for _ in range(IN_FULL_EVERY - 1):
        setting.run(minutes=MONTH)
    assert setting.target(ONE).confirmed_polls == IN_FULL_EVERY - 1
    assert {kind for kind, _ in setting.changes()} == {"created"}
    setting.run(minutes=MONTH)
    assert [kind for kind, _ in setting.changes()].count("revised") == 1
    assert (setting.target(ONE).confirmed_polls, setting.target(OTHER).confirmed_polls) == (0, 0)


def moved(setting: Setting) -> None:
    """Have a document moved for good, and asked there until it is to be had in full."""
    setting.run()
    setting.upstream.faults[ONE] = redirect(NEW_PDF, 301)
    setting.run(minutes=MONTH)
    for _ in range(IN_FULL_EVERY - 1):
        setting.run(minutes=MONTH)
    assert {path for path, _ in asked(setting, ONE, NEW_PDF)[-IN_FULL_EVERY + 1 :]} == {NEW_PDF}


def test_its_stated_address_is_asked_when_it_is_had_in_full(setting: Setting) -> None:
    moved(setting)
    del setting.upstream.faults[ONE]
    setting.run(minutes=MONTH)
    assert asked(setting, ONE, NEW_PDF) == [(ONE, 200)]
    assert setting.target(ONE).moved_to is None


@pytest.mark.parametrize("fault", [status(404), status(500), redirect("/", 302)], ids=["gone", "ill", "led away"])
def test_where_nothing_is_there_it_stays_where_it_moved_to(setting: Setting, fault: Fault) -> None:
    moved(setting)
    setting.upstream.faults |= {ONE: fault, "/": Fault("page", lambda _: Answer(200, "text/html", b"<html>Home"))}
    setting.run(minutes=MONTH)
    assert [path for path, _ in asked(setting, ONE, NEW_PDF)] == [ONE, NEW_PDF]
    target = setting.target(ONE)
    assert (target.moved_to, target.failures, target.state) == (f"{SITE}{NEW_PDF}", 0, "held")


def test_a_run_asks_so_many_documents_and_leaves_the_rest_due(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.citations.DOCUMENTS_AT_ONCE", 1)
    assert setting.run().links == {"links": 2, "known": 0, "read": 1, "waiting": 1, "failed": 0}
    assert setting.run().links == {"links": 2, "known": 1, "read": 1, "waiting": 0, "failed": 0}


def test_it_is_2000_whatever_part_of_a_run_asks_them(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    assert DOCUMENTS_AT_ONCE == 2_000
    monkeypatch.setattr("ingest.citations.DOCUMENTS_AT_ONCE", 1)
    setting.run()
    with setting.archive.writing() as session:
        for target in session.scalars(select(Target)):
            target.next_check_at = setting.clock()
            target.links_wait = "a while" if target.role == "listing" else None
    asked(setting)
    assert not setting.run().lossy
    assert len(asked(setting, ONE, OTHER)) == 1


def test_one_that_is_held_is_not_passed_over(setting: Setting, site: MovedSite) -> None:
    first, second, *rest = site.pages[0]
    page = [with_document(first, OTHER), replace(second, paragraphs=second.paragraphs[:-1]), *rest]
    setting.upstream.site = SmallSite([page], BOTH)
    setting.run()
    setting.clock.forward(70)
    asked(setting)
    equipment = replace(tools(setting.upstream, setting.clock), max_documents=1)
    assert not run_source(setting.archive, bsia(), equipment).lossy
    assert {setting.target(path).state for path in (ONE, OTHER)} == {"held"}
    assert asked(setting, ONE, OTHER) == [(ONE, 304), (OTHER, 304)]
