"""GOV.UK's own material: 95 published examples each with its outcome, fourteen real listings, 226 countries' history.

`govuk_outcomes.tsv` states of each example what becomes of it: a record with its fields, a refused entry, a page that
is gone, or a page that is no bulletin.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.records import Link, Notification, Reading
from parsers.families.govuk import GovUk
from parsers.page import PageChanged, PageGone
from parsers.source import parse, sources
from tests.corpus import corpus
from tests.parsers.govuk_history import Country, Day, as_item, days_of

OUTCOMES = Path(__file__).with_name("govuk_outcomes.tsv")
EXAMPLES = 95
CHANGES = 604
COUNTRIES = 226


class Finder(GovUk):
    """GOV.UK's finder of news, as the snapshots have it; read as HTML."""

    publisher = "home-office"
    start = ("https://www.gov.uk/search/news-and-communications?people%5B%5D=braverman&order=updated-newest",)
    listing = "window"


def outcome_of(path: Path) -> dict[str, str]:
    """What becomes of one example, as the table states it."""
    source = sources()["fcdo-travel-advice" if path.name.startswith("travel_advice") else "home-office"]
    base_path = json.loads(path.read_bytes()).get("base_path") or "/without-a-path"
    try:
        reading = parse(source, path.read_bytes(), f"https://www.gov.uk/api/content{base_path}", role="detail")
    except PageGone as problem:
        return {"example": path.stem, "outcome": "gone", "words": str(problem)}
    except PageChanged as problem:
        return {"example": path.stem, "outcome": "no bulletin", "words": str(problem)}
    if reading.refused:
        return {"example": path.stem, "outcome": "refused", "words": reading.refused[0].reason}
    return {"example": path.stem, "outcome": "record"} | _stated(reading.read[0].notification)


def _stated(record: Notification) -> dict[str, str]:
    return {
        "words": record.title or "",
        "issued": record.issued or "",
        "language": record.language or "",
        "codes": json.dumps(record.codes, ensure_ascii=False),
        "attachments": str(len(record.attachments)),
        "links": str(len(record.links)),
        "characters": str(len(record.text)),
        "url": record.url,
        "ref": record.ref or "",
    }


def table() -> list[dict[str, str]]:
    with OUTCOMES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("expected", table(), ids=lambda row: row["example"])
def test_example_has_its_outcome(expected: dict[str, str]) -> None:
    found = outcome_of(corpus("govuk") / f"{expected['example']}.json")
    assert found == {name: value for name, value in expected.items() if value or name in found}


def test_every_example_is_in_the_table() -> None:
    examples = {path.stem for path in corpus("govuk").glob("*.json")}
    assert {row["example"] for row in table()} == examples
    assert len(examples) == EXAMPLES


RECORDS = [row for row in table() if row["outcome"] == "record"]


@pytest.mark.parametrize("expected", RECORDS, ids=lambda row: row["example"])
def test_no_word_of_an_example_is_lost(expected: dict[str, str]) -> None:
    """Every word that HTML members of `details` show to a reader stands in the record's text."""
    from lxml import html

    path = corpus("govuk") / f"{expected['example']}.json"
    item = json.loads(path.read_bytes())
    source = sources()["fcdo-travel-advice" if "travel_advice" in path.name else "home-office"]
    reading = parse(source, path.read_bytes(), f"https://www.gov.uk/api/content{item['base_path']}", role="detail")
    said = set(reading.read[0].notification.text.split())
    parts = [part["body"] for part in item["details"].get("parts", ()) if isinstance(part["body"], str)]
    for written in (item["details"].get("body") or "", *parts):
        shown = html.fromstring(f"<div>{written}</div>")
        for element in shown.iter():
            for words in (element.text, element.tail):
                missing = {word for word in (words or "").split() if word.isalnum() and len(word) > 3} - said
                assert not {word for word in missing if not any(word in other for other in said)}


def snapshots() -> list[Path]:
    return sorted(corpus("html/govuk-listing-snapshots").glob("output_*.html"))


def read_snapshot(path: Path) -> list[Link]:
    finder = Finder()
    return list(parse(finder, path.read_bytes(), finder.start[0], "text/html; charset=utf-8").links)


def test_every_real_listing_is_read_whole() -> None:
    assert len(snapshots()) == 14
    for path in snapshots():
        *details, older = read_snapshot(path)
        assert len(details) == 20, path.name
        assert all(link.role == "detail" and set(link.facts) == {"title", "updated"} for link in details), path.name
        assert (older.role, "page=2" in older.url) == ("listing", True), path.name


def test_templates_change_nothing_and_four_dates_move_and_come_back() -> None:
    """From 2024 on titles, links and order are one, and dates but for four items of 2025-04-06, a day earlier."""
    readings = {path.name: read_snapshot(path) for path in snapshots() if path.name >= "output_2024"}
    assert len(readings) == 11
    (name, before), *later = readings.items()
    changes: list[tuple[str, str, str]] = []
    for name, after in later:
        assert [(link.url, link.facts.get("title")) for link in after] == [
            (link.url, link.facts.get("title")) for link in before
        ], name
        changes += [
            (name[7:17], old.facts["updated"], new.facts["updated"])
            for old, new in zip(before, after, strict=True)
            if old.facts != new.facts
        ]
        before = after
    there = [("2023-10-20", "2023-10-19"), ("2023-10-18", "2023-10-17"), ("2023-10-12", "2023-10-11")]
    there.append(("2023-10-11", "2023-10-10"))
    assert changes == [("2025-04-06", *pair) for pair in there] + [("2025-07-06", *pair[::-1]) for pair in there]


@pytest.fixture(scope="module")
def countries() -> Mapping[str, Country]:
    return days_of(corpus("govuk/fcdo-git-history"))


def read_item(country: Country, item: dict[str, Any]) -> Reading:
    address = f"https://www.gov.uk/api/content{country.path}"
    return parse(sources()["fcdo-travel-advice"], json.dumps(item).encode(), address, role="detail")


def record_of(country: Country, day: Day, run: int) -> Notification:
    (entry,) = read_item(country, as_item(country, day, run)).read
    return entry.notification


def refusals_of(country: Country, item: dict[str, Any]) -> int:
    reading = read_item(country, item)
    assert not reading.read
    return len(reading.refused)


def test_observed_changes_are_changed_records_and_nothing_else_is(countries: Mapping[str, Country]) -> None:
    """Each country is asked before and after each day on which it changed, and what the platform moves has moved.

    One of the 604 is a day on which the observer got no answer for Bahrain (`Unable to determine status`, everything
    removed): nothing that the publisher stated. Such an answer is refused, and no record changes.
    """
    assert len(countries) == COUNTRIES
    assert sum(len(country.changes) for country in countries.values()) == CHANGES
    changed = failed = 0
    for country in countries.values():
        current = None
        for run, change in enumerate(country.changes):
            before = record_of(country, change.before, run)
            assert current in (None, before.content_hash()), "a record changed between two observed changes"
            current = before.content_hash()
            if change.after is None:
                assert refusals_of(country, as_item(country, change.before, run) | {"details": {}}) == 1
                failed += 1
                continue
            after = record_of(country, change.after, run + 1)
            assert after.content_hash() != current
            assert dict(after.codes)["change-note"] == " ".join(change.after.notes[0].words.split())
            assert (after.issued or "")[:10] == change.after.notes[0].day.isoformat()
            changed, current = changed + 1, after.content_hash()
        assert current in (None, record_of(country, country.now, 8).content_hash())
    assert (changed, failed) == (CHANGES - 1, 1)


def test_countries_without_an_observed_change_do_not_change(countries: Mapping[str, Country]) -> None:
    quiet = [country for country in countries.values() if not country.changes]
    assert len(quiet) == COUNTRIES - 165
    for country in quiet:
        assert len({record_of(country, country.now, run).content_hash() for run in range(3)}) == 1, country.path


def test_alert_statuses_are_those_printed(countries: Mapping[str, Country]) -> None:
    for country in countries.values():
        record = record_of(country, country.now, 0)
        printed = [value for scheme, value in record.codes if scheme == "fcdo-alert-status"]
        assert printed == sorted(country.now.alerts)
