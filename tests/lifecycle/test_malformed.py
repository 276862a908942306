"""What a parser makes of an entry and no archive can keep is quarantined like what cannot be read, the rest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.records import Link, Notification
from archive.store import Archive
from ingest.settling import arrive
from parsers.page import Page
from parsers.source import Source
from tests.lifecycle.dumps import dump
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, arrival, bsia, opened, run, shown, with_document

GOOD = Notification(source="odd", url="https://www.example.org/1", text="Words.", title="Whole", ref="1")
PLACE = "https://www.example.org/2"
HALF = "half \ud83d"
LONG = "https://www.example.org/" + secrets.token_hex(4_000) + ".pdf"
"""An address that no index of PostgreSQL takes, compressed or not."""
MOST = "https://www.example.org/" + secrets.token_hex(988)
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "half of a character": ({"title": HALF}, r"title: 'half \ud83d', expected a text without"),
    "NUL": ({"text": "a\0b"}, r"text: 'a\x00b', expected a text without"),
    "a half in a pair": ({"links": (("https://x.example.org/", HALF),)}, "links: 'half"),
    "a half in evidence": ({"evidence": {"title": HALF}}, "evidence: 'half"),
    "no text at all": ({"text": None}, "text: None, expected a text"),
    "a number": ({"level": 7}, "level: 7, expected a text"),
    "a text for a list": ({"issuers": "btp"}, "issuers: 'btp', expected a tuple"),
    "a list of other things": ({"topics": ("fraud", None)}, "topics: None, expected a text"),
    "three for a pair": ({"attachments": (("a", "b", "c"),)}, "attachments: (('a', 'b', 'c'),), expected a tuple of"),
    "evidence without fields": ({"evidence": "title"}, "evidence: 'title', expected texts by field"),
    "no date": ({"issued": "31/02/2018", "issued_precision": "day"}, "issued: '31/02/2018', expected an ISO 8601"),
    "no month": ({"issued": "2018-13", "issued_precision": "month"}, "issued: '2018-13', expected an ISO 8601"),
    "the year one": ({"issued": "0001-01-01", "issued_precision": "day"}, "issued: '0001-01-01', expected"),
    "a year for a day": ({"issued": "2018", "issued_precision": "day"}, "issued: '2018', expected an ISO 8601"),
    "a month for a day": ({"issued": "2018-07", "issued_precision": "day"}, "issued: '2018-07', expected an ISO 8601"),
    "a day for a minute": ({"issued": "2018-07-02", "issued_precision": "minute"}, "issued: '2018-07-02', expected an"),
    "a time for a day": ({"issued": "2018-07-02T09:00", "issued_precision": "day"}, "issued: '2018-07-02T09:00', exp"),
    "a day for a year": ({"issued": "2018-07-02", "issued_precision": "year"}, "issued: '2018-07-02', expected an"),
    "a week for a day": ({"issued": "2018-W27-1", "issued_precision": "day"}, "issued: '2018-W27-1', expected an"),
    "a precision of nothing": ({"issued_precision": "day"}, "issued: None, expected an ISO 8601"),
    "a long id": ({"ref": LONG}, f"ref: {LONG[:40]!r}"[:-1]),
    "a long address": ({"url": LONG}, f"url: {LONG[:40]!r}"[:-1]),
    "a long region": ({"region": LONG}, f"region: {LONG[:40]!r}"[:-1]),
    "a long issuer": ({"issuers": ("btp", LONG)}, f"issuers: {LONG[:40]!r}"[:-1]),
    "a long topic": ({"topics": (LONG,)}, f"topics: {LONG[:40]!r}"[:-1]),
    "a long address of a document": ({"attachments": ((LONG, "PDF"),)}, f"attachments: {LONG[:40]!r}"[:-1]),
    "no precision": ({"issued": "2018-05-01", "issued_precision": "week"}, "issued_precision: 'week', expected one of"),
}


class Odd(Source):
    """A source of two entries, the second of which is whatever a test wants, and of links."""

    second: Any = GOOD
    raw: Any = "raw"
    points_to: tuple[Link, ...] = ()

    def entries(self, page: Page) -> Iterable[Any]:
        return [SimpleNamespace(raw="first", record=GOOD), SimpleNamespace(raw=self.raw, record=self.second)]

    def notification(self, entry: Any) -> Notification:
        made: Notification = entry.record
        return made

    def links(self, page: Page) -> Iterable[Link]:
        return self.points_to


def odd(**facts: Any) -> Source:
    source = Odd()
    vars(source).update({name: getattr(bsia(), name) for name in ("publisher", "rights", "basis", "start", "listing")})
    vars(source).update(slug="odd", every_minutes=15, expect=range(1_000), **facts)
    return source


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def came(archive: Archive, source: Source) -> dict[str, list[dict[str, Any]]]:
    arrive(archive, source, [arrival(b"<p>two entries</p>", START, "odd")], START)
    return dump(archive)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_record_that_cannot_be_kept_is_quarantined_and_the_others_are_kept(archive: Archive, fault: str) -> None:
    changed, reason = FAULTS[fault]
    found = came(archive, odd(second=replace(GOOD, **{"ref": "2", "title": "Odd", **changed})))
    assert [row["record"]["title"] for row in found["revisions"]] == ["Whole"]
    (held,) = found["quarantine"]
    assert held["reason"].startswith("http")
    assert f": entry 2: {reason}" in held["reason"]
    assert held["state"] == "waiting"


def test_so_is_what_is_no_record(archive: Archive) -> None:
    (held,) = came(archive, odd(second={"title": "Odd"}))["quarantine"]
    assert "entry 2: {'title': 'Odd'}, expected a Notification" in held["reason"]


def test_words_of_an_entry_are_kept_as_far_as_they_can_be(archive: Archive) -> None:
    (held,) = came(archive, odd(second=replace(GOOD, text=HALF), raw=f"raw \0 {HALF}"))["quarantine"]
    assert held["raw"] == "raw \ufffd half \ufffd"


BAD_LINKS: dict[str, tuple[Any, str, str]] = {
    "url": (Link(HALF, "detail"), "half \ufffd", r"a link: 'half \ud83d', expected a text without"),
    "ref": (Link(PLACE, "detail", HALF), PLACE, r"a link: 'half \ud83d', expected a text without"),
    "facts": (Link(PLACE, "detail", facts={"title": HALF}), PLACE, r"a link: 'half \ud83d', expected a text without"),
    "no facts": (Link(PLACE, "detail", facts=()), PLACE, "a link: (), expected texts by name"),  # type: ignore[arg-type]
    "no link": (PLACE, PLACE, f"a link: '{PLACE}', expected a Link"),
    "a long url": (Link(LONG, "detail"), LONG, "of 8,028 bytes, expected at most 2,000"),
    "a long ref": (Link(PLACE, "detail", LONG), PLACE, "of 8,028 bytes, expected at most 2,000"),
}


@pytest.mark.parametrize("bad", BAD_LINKS)
def test_a_link_that_cannot_be_kept_is_quarantined_and_all_else_is_kept(archive: Archive, bad: str) -> None:
    link, raw, reason = BAD_LINKS[bad]
    others = [Link(f"{PLACE}/{name}", "detail") for name in "ab"]
    found = came(archive, odd(second=replace(GOOD, ref="2"), points_to=(others[0], link, others[1])))
    assert [row["record"]["ref"] for row in found["revisions"]] == ["1", "2"]
    assert {row["url"] for row in found["targets"] if row["role"] == "detail"} == {each.url for each in others}
    (held,), (capture,) = found["quarantine"], found["captures"]
    assert (held["raw"], held["position"], held["state"]) == (raw, 2, "waiting")
    assert held["reason"].startswith("http") and reason in held["reason"]
    assert (capture["state"], capture["healthy"]) == ("done", False)
    (books,) = found["accounts"]
    assert (books["seen"], books["new"], books["quarantined"]) == (3, 2, 1)


def test_a_page_of_nothing_but_such_a_link_is_not_empty(archive: Archive) -> None:
    source = odd(points_to=(Link(LONG, "detail"),))
    vars(source).update(entries=lambda page: (), expect=range(1, 9))
    (held,) = came(archive, source)["quarantine"]
    assert (held["position"], held["what"]) == (0, "entry")


def test_what_is_as_long_as_may_be_is_kept(archive: Archive) -> None:
    """At the bound, in bytes that do not compress, wherever an index looks it up; what none looks up may be longer."""
    assert len(MOST.encode()) == 2_000
    keys: dict[str, Any] = {"ref": MOST, "url": MOST, "region": MOST, "issuers": (MOST,), "topics": (MOST,)}
    second = replace(GOOD, **keys, attachments=((MOST, "PDF"),), links=((LONG, "long"),))
    found = came(archive, odd(second=second, points_to=(Link(MOST, "detail", MOST),)))
    assert (found["quarantine"], len(found["revisions"])) == ([], 2)
    assert {row["role"] for row in found["targets"] if row["url"] == MOST} == {"attachment", "detail"}


def test_a_long_address_costs_its_entry_and_no_run(archive: Archive) -> None:
    six = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
    upstream, clock = Upstream(SmallSite([[with_document(six[0], LONG), *six[1:]], six])), Clock(START)
    report = run(archive, upstream, clock)
    assert (report.accounts.new, report.accounts.quarantined, report.lossy) == (5, 1, True)
    upstream.step = 1
    clock.forward(20)
    report = run(archive, upstream, clock)
    assert (report.accounts.new, report.accounts.unchanged, report.lossy) == (1, 5, False)
