"""What the desk says holds: of threat levels, sources in trouble, days, filters, former names and what is invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from archive.derived import Quarantined, Target
from archive.records import Notification
from archive.store import Archive
from archive.targets import ensure_target
from ingest.settling import arrive
from parsers.page import Page
from parsers.source import Source
from tests.archive.pages import Publisher, messages
from tests.lifecycle.world import START, arrival, bsia, opened
from tests.web.conftest import CATALOGUE
from web.app import make_app
from web.catalogue import Catalogue
from web.front import needs_attention, with_delay
from web.server import serving

NOW = datetime(2018, 7, 2, 12, tzinfo=UTC)
UK, NORTH = ("UK", "SUBSTANTIAL"), ("Northern Ireland", "SEVERE")
Ask = Callable[..., httpx.Response]


class Saying(Source):
    """A source whose page says the bulletins that a test wants."""

    records: tuple[Notification, ...] = ()

    def entries(self, page: Page) -> Iterable[Any]:
        return [SimpleNamespace(raw=str(each.ref), record=each) for each in self.records]

    def notification(self, entry: Any) -> Notification:
        made: Notification = entry.record
        return made


def bulletin(number: int, issued: str | None = "2018-06-01", **stated: Any) -> Notification:
    made = Notification(
        source="saying",
        ref=str(number),
        url=f"https://www.example.org/{number}",
        title=f"Notice {number}",
        text=f"Notice number {number} of the harbour.",
        issued=issued,
        issued_precision="day" if issued else None,
        level="green",
    )
    return replace(made, **stated)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def say(archive: Archive, records: Sequence[Notification]) -> None:
    source = Saying()
    vars(source).update({name: getattr(bsia(), name) for name in ("publisher", "rights", "basis", "start", "listing")})
    vars(source).update(slug="saying", every_minutes=15, expect=range(9_000), records=tuple(records))
    arrive(archive, source, [arrival(b"<p>said</p>", START, "saying")], START)


@contextmanager
def desk(archive: Archive, catalogue: Catalogue = CATALOGUE, now: datetime = NOW) -> Iterator[Ask]:
    app = make_app(archive, catalogue, lambda: now)
    with serving(app, "127.0.0.1", 0) as port, httpx.Client(trust_env=False) as client:
        yield lambda path, **asked: client.get(f"http://127.0.0.1:{port}{path}", **asked)


def test_a_threat_level_stays_however_many_bulletins_state_another(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = [bulletin(number, "2018-06-20", threat_levels=(UK,)) for number in range(1, 121)]
    say(archive, [bulletin(0, threat_levels=(NORTH,)), *newer])
    with desk(archive) as ask:
        front = ask("/").text
        assert "SEVERE" in front and "SUBSTANTIAL" in front and "that state one have it" not in front
        monkeypatch.setattr("archive.overview.threat_levels.__defaults__", ((), 120))
        front = ask("/").text
        assert "SEVERE" not in front and "bulletins in force that state one have it" in front


def test_what_an_ended_source_said_of_the_threat_is_not_in_force(archive: Archive) -> None:
    say(archive, [bulletin(1, threat_levels=(NORTH,))])
    facts = CATALOGUE.sources["hostile"]
    with desk(archive, Catalogue({"saying": facts})) as ask:
        assert "SEVERE" in ask("/").text
    with desk(archive, Catalogue({"saying": replace(facts, ended="since 2018")})) as ask:
        assert "No bulletin in force states one." in ask("/").text


def test_only_a_source_without_trouble_needs_no_attention() -> None:
    fine: dict[str, Any] = dict.fromkeys(("problem", "quarantined", "gaps", "missing"), 0)
    fine |= {"source": "bsia-cssc", "state": "healthy", "next_check": NOW - timedelta(minutes=59)}
    assert not needs_attention(CATALOGUE, with_delay(fine, NOW))
    troubles: Sequence[dict[str, Any]] = (
        {"state": "failing"},
        {"problem": "no answer"},
        {"quarantined": 1},
        {"gaps": 1},
        {"next_check": NOW - timedelta(minutes=61)},
    )
    for trouble in troubles:
        assert needs_attention(CATALOGUE, with_delay({**fine, **trouble}, NOW)), trouble


def test_the_front_page_says_what_is_missing_and_who_is_not_asked(archive: Archive) -> None:
    say(archive, [bulletin(1)])
    known = Catalogue({"saying": CATALOGUE.sources["hostile"]})
    with desk(archive, known, START + timedelta(minutes=20)) as ask:
        page = ask("/").text
        assert "None: all that are read answer" in page and "are missing" not in page
    with archive.writing() as session:
        session.execute(update(Target).values(next_check_at=START))
        ensure_target(session, "saying", "detail", "https://www.example.org/gone", START)[0].state = "missing"
    with desk(archive, known, START + timedelta(days=400)) as ask:
        page = ask("/").text
    assert "None: all that are read answer" not in page and "· not asked, due" in page
    assert "1 linked page or documents are missing, and 0 documents could not be read" in page


def test_what_is_missing_can_be_found(archive: Archive) -> None:
    say(archive, [bulletin(1)])
    with archive.writing() as session:
        ensure_target(session, "saying", "detail", "https://www.example.org/gone", START)[0].state = "missing"
    with desk(archive, Catalogue({"saying": replace(CATALOGUE.sources["hostile"], slug="saying")})) as ask:
        cells = re.findall(r"<t[hd][^>]*>(?:<[^>]*>)*([^<]*)", ask("/sources").text)
        assert cells[10 + cells[:10].index("Missing")] == "1"
        assert cells[10 + cells[:10].index("Last new, UTC")] == f"{START:%Y-%m-%d %H:%M:%S}"
        assert "0 not fetched yet, 1 missing at their publisher" in ask("/sources/saying").text


def test_a_source_that_is_not_asked_any_more_is_not_said_to_be(archive: Archive) -> None:
    say(archive, [bulletin(1)])
    for ended, is_said in ((None, True), ("page removed", False)):
        facts = replace(CATALOGUE.sources["hostile"], slug="saying", ended=ended)
        with desk(archive, Catalogue({"saying": facts})) as ask:
            assert ("about every 15 minutes" in ask("/sources/saying").text) == is_said


def test_what_was_seen_of_one_archive_is_not_seen_of_another(archive: Archive, tmp_path: Path) -> None:
    say(archive, [bulletin(number) for number in range(3)])
    with opened(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other") as other:
        say(other, [bulletin(number) for number in range(7, 12)])
        with desk(archive) as ask, desk(other) as ask_other:
            (name,) = re.findall(r'(seen-[0-9a-f]{12})="?3', _seen(ask, 3))
            assert "Nothing since your last visit" in ask("/", headers={"Cookie": f"{name}=3"}).text
            assert "What was new last" in ask_other("/", headers={"Cookie": f"{name}=3"}).text
            restored = ask("/", headers={"Cookie": f"{name}=4"}).text
    assert restored.count('class="kind created"') == 3


def _seen(ask: Ask, cursor: int) -> str:
    at = str(ask("/").url)
    answer = httpx.post(f"{at}seen", data={"cursor": str(cursor)}, trust_env=False)
    return str(answer.headers["Set-Cookie"])


def test_a_day_has_what_its_link_finds(archive: Archive) -> None:
    say(archive, [bulletin(1, "2018-07-02"), bulletin(2, "2018-07-11"), bulletin(3, "2018-06-30"), bulletin(4, None)])
    with desk(archive) as ask:
        told = re.findall(r'<a href="(/search\?since=[^"]+)" aria-label="[^"]*?: ([^"]+)"', ask("/").text)
        assert len(told) == 30
        for path, numbers in told:
            expected = sum(map(int, re.findall(r"\d+", numbers)))
            found = re.search(r"<h1>([\d,]+) bulletin", ask(path.replace("&amp;", "&")).text)
            assert found and int(found[1]) == expected, (path, numbers)


def test_a_bar_has_what_its_link_finds_though_the_span_begins_within_it(archive: Archive) -> None:
    days = [f"2018-{month:02}-{day:02}" for month in (1, 2, 3, 4) for day in (1, 9, 17, 25)]
    say(archive, [bulletin(number, day) for number, day in enumerate(days)])
    with desk(archive) as ask:
        page = ask("/search?since=2018-01-17&until=2018-04-10").text
        told = re.findall(r'<a href="(/search\?since=[^"]+)" aria-label="[A-Z][a-z]+ 2018: (\d+) bulletin', page)
        assert [int(many) for _, many in told] == [2, 4, 4, 2]
        for path, many in told:
            assert f"<h1>{many} bulletin" in ask(path.replace("&amp;", "&")).text, path


def test_a_former_name_leads_to_the_source(archive: Archive) -> None:
    say(archive, [bulletin(1), bulletin(2)])
    known = Catalogue({"saying": CATALOGUE.sources["hostile"]}, former={"said": "saying"})
    with desk(archive, known) as ask:
        assert ask("/sources/said").headers["Location"] == "/sources/saying"
        assert ask("/api/v1/sources/said").json()["source"] == "saying"
        for path in ("/search.json", "/changes.json", "/api/v1/notifications", "/api/v1/changes"):
            assert len(ask(path, params={"source": "said"}).json()["items"]) == 2, path
        assert len(ask("/search.jsonl?source=said").text.splitlines()) == 2
        assert "2 bulletins" in ask("/search?source=said").text


@pytest.mark.parametrize(("issued", "said"), [("2018-06-01", "Issued 1 June 2018"), (None, "No date stated")])
def test_feeds_say_when_a_bulletin_was_issued(archive: Archive, issued: str | None, said: str) -> None:
    say(archive, [bulletin(1, issued)])
    with desk(archive) as ask:
        for path in ("/search", "/changes"):
            (item,) = ask(f"{path}.json").json()["items"]
            assert item["summary"] == f"{said}, read from saying."
            assert f"<summary>{item['summary']}</summary>" in ask(f"{path}.atom").text


def test_feeds_of_what_is_invented_say_so(archive: Archive) -> None:
    say(archive, [bulletin(1)])
    for path in ("/search.json", "/changes.json"):
        for is_invented in (True, False):
            with desk(archive, replace(CATALOGUE, invented=is_invented)) as ask:
                feed = ask(path).json()
            assert ("invented" in feed["title"], "invented" in feed["items"][0]["tags"]) == (is_invented, is_invented)


@pytest.mark.parametrize("most", [1, 5, 6])
def test_what_is_left_out_of_what_a_capture_gave_is_told(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("archive.kept.MOST_GIVEN", most)
    publisher = Publisher(archive)
    publisher.show(messages(6))
    publisher.show([each.but(day="31/02/2026") for each in messages(6)])
    with archive.writing() as session:
        session.execute(update(Quarantined).values(reason="x" * 9_000, state="read"))
    with desk(archive) as ask:
        gave = [ask(f"/api/v1/captures/{number}").json() for number in (1, 2)]
        pages = [ask(f"/captures/{number}").text for number in (1, 2)]
    assert [(len(each["revisions"]), len(each["quarantine"])) for each in gave] == [(most, 0), (0, most)]
    for name, each, page in zip(("revisions", "quarantine"), gave, pages, strict=True):
        assert each["more"] == ([name] if most < 6 else [])
        assert (f"The first {most} of them." in page) == (most < 6)
    assert len(pages[1]) < 9_000 and pages[1].count("entry, read since: xxx") == most


@pytest.mark.parametrize("region", ["Greater  London", "STRASSE", "Straße"])
def test_a_filter_is_removed_however_it_was_written(archive: Archive, region: str) -> None:
    say(archive, [bulletin(1, region="Greater London"), bulletin(2, region="Straße")])
    with desk(archive) as ask:
        page = ask("/search", params={"region": region}).text
    assert "<h1>1 bulletin" in page
    (link,) = re.findall(r'<a href="([^"]+)" aria-label="Remove the filter region', page)
    assert link == "/search"


def test_only_so_much_is_briefed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    say(archive, [bulletin(1), bulletin(2), bulletin(3)])
    monkeypatch.setattr("web.takeaway.MOST_BRIEFED", 2)
    with desk(archive) as ask:
        answer = ask("/search/briefing")
        assert answer.status_code == 400 and "a briefing of 3 bulletins, expected a search for at most 2" in answer.text
        assert ask("/search/briefing?q=1+OR+2").status_code == ask("/search.csv").status_code == 200


def test_what_takes_too_long_is_refused_but_for_what_is_taken_away(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(archive, [bulletin(number) for number in range(400)])
    monkeypatch.setattr("archive.store.STEPS", 10)
    monkeypatch.setattr("web.app.MOST_SECONDS", 0.001)
    with desk(archive) as ask:
        answer = ask("/search?q=harbour")
        if archive.engine.dialect.name == "sqlite":
            assert answer.status_code == 503 and "took longer than 0.001 s, expected a narrower search" in answer.text
        assert len(ask("/search.jsonl").text.splitlines()) == 400


def test_filters_that_count_the_newest_alone_say_so(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    say(archive, [bulletin(number) for number in range(5)])
    monkeypatch.setattr("archive.tally.MOST_COUNTED", 3)
    with desk(archive) as ask:
        assert "filters count the newest 3" in ask("/search?q=harb*").text
        assert "filters count the newest" not in ask("/search?q=harbour").text
        assert "filters count the newest" not in ask("/search?q=harb*&until=1999-01-01").text


def test_names_that_nothing_has_are_answered(archive: Archive) -> None:
    with desk(archive) as ask:
        assert ask("/changes?source=%00").status_code == ask("/changes.atom?source=a%00").status_code == 400
        assert ask(f"/static/{'a' * 300}.css").status_code == 404
