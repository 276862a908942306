"""Every source keeps the rules of a source; each rule is also shown to find an offence, and to say what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.records import Notification
from parsers.configured import former_names
from parsers.page import Page
from parsers.source import Source, sources
from tests.house.code import modules
from tests.source_rules import (
    FIXTURES,
    ROOT,
    clock_derived,
    imports_the_network,
    slugs_used_twice,
    too_busy,
    without_cases,
)

CASES = sorted(path.parent for path in FIXTURES.glob("*/*/meta.json"))


class Parish(Source):
    """A source of these tests; `raw` of an entry is a line of the page."""

    slug, publisher, rights, basis = "parish", "parish", "ours", "invented"
    start = ("https://parish.example/notices",)
    every_minutes, listing, expect = 60, "window", range(500)

    def entries(self, page: Page) -> Iterator[Any]:
        for line in page.lines():
            if line.text:
                for _ in page.lines() if self.slug == "busy" else ():
                    sorted(word.upper() for word in line.text.split())
                yield Entry(line.text)

    def notification(self, entry: Any) -> Notification:
        return Notification(source=self.slug, url=self.start[0], text=entry.raw)


class Entry:
    """One line."""

    def __init__(self, raw: str) -> None:
        self.raw = raw


class Busy(Parish):
    """A source that goes through all lines for each."""

    slug = "busy"


@pytest.fixture
def fixtures(tmp_path: Path) -> Path:
    """A page of fifty notices as the healthy case of both sources."""
    for slug in ("parish", "busy", "today"):
        case = tmp_path / slug / "listing"
        case.mkdir(parents=True)
        notices = "".join(f"<p>Notice {number}: the gate is shut.</p>" for number in range(50))
        (case / "page.html").write_text(f"<html><body>{notices}</body></html>", "utf-8")
        (case / "meta.json").write_text(json.dumps({"url": Parish.start[0]}), "utf-8")
        (case / "expected.json").write_text("{}", "utf-8")
    return tmp_path


def test_every_source_has_cases() -> None:
    assert list(without_cases(sources(), FIXTURES)) == []


def test_a_source_without_cases_is_told_how_to_make_them(fixtures: Path) -> None:
    told = list(without_cases({"parish": Parish()}, fixtures))
    assert len(told) == 1 and "is refused, expected a changed or blocked page" in told[0]
    shutil.rmtree(fixtures / "parish")
    told = list(without_cases({"parish": Parish()}, fixtures))
    assert len(told) == 2 and "./bulletins fixture parish https://parish.example/notices" in told[0]


def test_no_slug_is_used_twice() -> None:
    assert list(slugs_used_twice(type(source) for source in sources().values())) == []
    assert former_names(sources()) == {old: slug for slug, each in sources().items() for old in each.formerly}


def test_a_slug_that_is_used_twice_names_both() -> None:
    again = type("Again", (Parish,), {"slug": "chapel", "formerly": ("parish",)})
    (told,) = slugs_used_twice([Parish, again])
    assert "'parish': tests.test_sources.Parish and tests.test_sources.Again" in told
    assert "give the newer of them another slug" in told
    assert len(list(slugs_used_twice([Parish, Parish]))) == 1


def test_no_parser_imports_the_network() -> None:
    assert list(imports_the_network(modules(ROOT))) == []


@pytest.mark.parametrize("line", ["import httpx", "from urllib.request import urlopen", "import socket"])
def test_a_parser_that_imports_the_network_is_told_what_to_do(line: str, tmp_path: Path) -> None:
    (tmp_path / "parsers" / "sources").mkdir(parents=True)
    (tmp_path / "parsers" / "sources" / "parish.py").write_text(f"def entries(page):\n    {line}\n", "utf-8")
    (told,) = imports_the_network(modules(tmp_path))
    assert told.startswith("parish.py:2: parsers.sources.parish imports ") and "yield a Link" in told


def test_no_record_depends_on_the_clock() -> None:
    assert list(clock_derived(CASES)) == []


CLOCKS = ["datetime.datetime.now()", "datetime.date.today()", "time.strftime('%Y-%m-%d')", "time.time()"]


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_record_that_depends_on_the_clock_is_told_what_to_do(clock: str, fixtures: Path) -> None:
    source = f"""
import datetime, time
from archive.records import Notification
from tests.test_sources import Parish
class Today(Parish):
    slug = "today"
    def notification(self, entry):
        return Notification(source=self.slug, url=self.start[0], text=entry.raw, title=str({clock}))
del Parish
"""
    case = fixtures / "today" / "listing"
    (told,) = clock_derived([case], further=source)
    assert "today/listing: its records depend on when it is parsed" in told
    assert "take every date from the page" in told


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_no_parser_does_more_than_its_page_warrants(case: Path) -> None:
    assert list(too_busy(sources()[case.parent.name], case)) == []


def test_a_parser_that_does_too_much_is_told_what_to_do(fixtures: Path) -> None:
    wanted: Mapping[str, Source] = {"parish": Parish(), "busy": Busy()}
    told = {slug: list(too_busy(source, fixtures / slug / "listing")) for slug, source in wanted.items()}
    assert told["parish"] == []
    assert "source busy: " in told["busy"][0] and "go through its lines once" in told["busy"][0]
    assert told["busy"] == list(too_busy(wanted["busy"], fixtures / "busy" / "listing"))
