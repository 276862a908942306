"""What a parser makes of an entry and no archive can keep is quarantined like what cannot be read, the rest is kept."""

from __future__ import annotations

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
from tests.lifecycle.world import START, arrival, bsia, opened

GOOD = Notification(source="odd", url="https://www.example.org/1", text="Words.", title="Whole", ref="1")
HALF = "half \ud83d"
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


@pytest.mark.parametrize("field", ["url", "ref", "facts"])
def test_a_link_that_cannot_be_kept_fails_its_page_with_a_reason(archive: Archive, field: str) -> None:
    stated: dict[str, Any] = {"url": "https://www.example.org/2", field: {"title": HALF} if field == "facts" else HALF}
    found = came(archive, odd(points_to=(Link(role="detail", **stated),)))
    assert found["notifications"] == []
    (capture,) = found["captures"]
    assert capture["state"] == "failed"
    assert r"a link: 'half \ud83d', expected a text without" in capture["reason"]
