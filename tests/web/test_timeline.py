"""The picture of the last thirty days on the front page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.search import SearchEntry, index
from tests.archive.matcher import DAY_ZERO, entry
from tests.lifecycle.world import opened
from web.front import DAYS, last_days

NOON_OF_THE_LAST = DAY_ZERO + timedelta(days=DAYS - 1, hours=12)


def _issued(days: int, entry: SearchEntry) -> SearchEntry:
    return replace(entry, issued_sort=DAY_ZERO + timedelta(days=days))


def test_each_bulletin_stands_at_its_day_under_its_level(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        with archive.writing() as session:
            for number, days, level in ((1, 0, "red"), (2, 29, "green"), (4, 29, ""), (5, 29, "green")):
                index(session, _issued(days, entry(number, "van", level=level)))
            index(session, _issued(-1, entry(6, "before", level="red")))
        with archive.reading() as session:
            found = last_days(session, NOON_OF_THE_LAST)
    assert [day.total for day in found.days] == [1, *([0] * (DAYS - 2)), 3]
    assert [part.level for part in found.days[0].parts] == ["red"]
    parts = {part.level: part.height for part in found.days[-1].parts}
    assert set(parts) == {"green", ""}
    assert parts["green"] == pytest.approx(2 * parts[""], abs=0.02)
