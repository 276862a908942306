"""Levels of titles by a strict grammar: what it does not know is loud, what is no label is nothing."""

from __future__ import annotations

import pytest

from parsers.levels import level_of_title
from parsers.regions import CSSC_REGIONS, region_of

LEVELS = ("green", "amber", "red")


@pytest.mark.parametrize(
    ("title", "level", "region"),
    [
        ("London Amber Message – Incident London Bridge 3rd June 2017", "amber", "London"),
        ("London Green Message", "green", "London"),
        ("CSSC South-East Red Message: evacuation", "red", "South East"),
        ("Green Message - newsletter", "green", None),
        ("UPDATE: London Amber Message – x", "amber", "London"),
        ("NORTHERN IRELAND AMBER MESSAGE - x", "amber", "Northern Ireland"),
    ],
)
def test_labels(title: str, level: str, region: str | None) -> None:
    found = level_of_title(title, LEVELS)
    assert found is not None
    assert (found.level, found.region) == (level, region)
    assert title.startswith(found.words)


@pytest.mark.parametrize(
    "title",
    [
        None,
        "",
        "Christmas Message – from the chair",
        "Amber Rudd – message",
        "See the London Amber Message – x",
        "amber",
    ],
)
def test_no_label(title: str | None) -> None:
    assert level_of_title(title, LEVELS) is None


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("London Purple Message – x", "title 'London Purple Message': level 'purple', expected green, amber, red"),
        ("Midlands Amber Message – x", "region 'Midlands', expected Eastern, South East"),
    ],
)
def test_what_is_unknown_is_loud(title: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        level_of_title(title, LEVELS)


def test_regions_are_the_eleven() -> None:
    assert len(CSSC_REGIONS) == 11
    assert [region_of(region.upper().replace(" ", "-")) for region in CSSC_REGIONS] == list(CSSC_REGIONS)
    assert region_of("the Midlands") is None
