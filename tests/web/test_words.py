"""What the pages say around the words of publishers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.web import stated
from tests.web.conftest import CATALOGUE
from tests.web.stated import desk_of, only_id
from web import shown
from web.catalogue import SourceFacts
from web.front import MOST_CHANGES

LEVELS = ("green", "amber", "red")


@pytest.fixture
def month(tmp_path: Path) -> list[dict[str, object]]:
    """Twenty bulletins of the last days."""
    return [
        {
            "ref": str(number),
            "text": f"Words of {number}.",
            "title": f"Message {number}",
            "level": LEVELS[number % 2],
            "issued": f"2018-07-{number % 4 + 1:02}",
            "issued_precision": "day",
            "threat_levels": [["northern-ireland", "severe"]],
        }
        for number in range(20)
    ]


def test_colours_have_names_and_what_is_new_is_not_a_wall(tmp_path: Path, month: list[dict[str, object]]) -> None:
    with desk_of(tmp_path, month) as site:
        page = site.get("/").text
    legend = re.search(r'<ul class="legend".*?</ul>', page, re.DOTALL)
    assert legend and re.findall(r"</span>([^<]+)", legend[0]) == ["amber", "green"]
    assert "<dt>Northern Ireland</dt>" in page
    assert re.search(
        r"stated <time[^>]*>4 July 2018</time>\s* by bsia, read from <a href=\"/sources/by-hand\">by-hand</a>", page
    )
    shown_first, _, behind = page.partition("<summary>8 more</summary>")
    assert shown_first.count('<span class="kind') == 12 and behind.count('<span class="kind') == 8


@pytest.mark.parametrize(("many", "is_told"), [(MOST_CHANGES - 1, False), (MOST_CHANGES + 5, True)])
def test_what_is_new_and_not_shown_is_told(tmp_path: Path, many: int, is_told: bool) -> None:
    with desk_of(tmp_path, [{"ref": str(number), "text": f"Words of {number}."} for number in range(many)]) as site:
        assert (f"These are the newest {MOST_CHANGES}" in site.get("/").text) is is_told


def test_sources_in_trouble_stand_before_those_that_were_never_read(tmp_path: Path) -> None:
    others = {f"other-{number}": SourceFacts(f"other-{number}") for number in range(30)}
    catalogue = replace(stated.CATALOGUE, sources={**others, **stated.CATALOGUE.sources})
    with desk_of(tmp_path, [{"ref": "1", "text": "Words."}], refused="a date", catalogue=catalogue) as site:
        attention = site.get("/").text.partition('id="attention"')[2].partition("</section>")[0]
    assert "by-hand</a>" in attention.partition("<details>")[0] and "1 in quarantine" in attention
    assert "<summary>30 never read yet</summary>" in attention
    assert "other-7</a>" in attention.partition("<details>")[2]


def test_a_briefing_of_one_has_no_contents(tmp_path: Path, month: list[dict[str, object]]) -> None:
    with desk_of(tmp_path, month[:1]) as site:
        one = site.get(f"/bulletins/{only_id(site)}/briefing").text
    assert "Contents" not in one and "Threat level: Northern Ireland severe" in one


@pytest.mark.parametrize(
    ("path", "has_help"),
    [
        *(("/search?q=%22", True), ("/search.csv?q=%22", True), ("/search?q=nowhere", True)),
        *(("/bulletins/none", False), ("/changes?before=x", False), ("/nowhere", False)),
    ],
)
def test_what_a_search_takes_is_told_to_who_searches(site: httpx.Client, path: str, has_help: bool) -> None:
    page = site.get(path).text
    assert ("A search takes words" in page) is has_help
    assert CATALOGUE.banner in page


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.15, "9 seconds"), (1, "minute"), (15, "15 minutes"), (60, "hour"), (90, "90 minutes"), (1440, "day")],
)
def test_spans_are_said_as_people_say_them(minutes: float, said: str) -> None:
    assert shown.span(minutes) == said


@pytest.mark.parametrize(
    ("tag", "language"), [("cy", "cy"), ("en-GB", "en-GB"), (None, "en"), ("", "en"), ("a b", "en"), ('"><b>', "en")]
)
def test_only_language_tags_are_languages(tag: str | None, language: str) -> None:
    assert shown.language(tag) == language
