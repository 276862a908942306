"""Until when a weather warning is valid, printed without a year and sometimes as the end of a day."""

from __future__ import annotations

import pytest

from parsers.families.warning_validity import valid_until
from parsers.page import PageChanged

LINK = "https://www.metoffice.gov.uk/weather/warnings-and-advice/uk-warnings?date=2026-02-16&id=1"


@pytest.mark.parametrize(
    ("printed", "link", "until"),
    [
        ("valid from 1000 Sun 15 Feb to 0200 Mon 16 Feb", LINK, "2026-02-16T02:00+00:00"),
        ("valid from 1000 Sun 15 Feb to 2400 Mon 16 Feb", LINK, "2026-02-17T00:00+00:00"),
        ("valid from 1000 Wed 30 Dec to 2400 Thu 31 Dec", "?date=2026-12-30", "2027-01-01T00:00+00:00"),
        ("valid from 1000 Sat 28 Mar to 2400 Sat 28 Mar", "?date=2026-03-28", "2026-03-29T00:00+00:00"),
        ("valid from 1000 Sun 29 Mar to 2400 Sun 29 Mar", "?date=2026-03-28", "2026-03-30T00:00+01:00"),
    ],
)
def test_the_end_is_read(printed: str, link: str, until: str) -> None:
    end, how = valid_until(f"Rain warning {printed}", link, "here")
    assert end is not None and end.iso == until
    assert ("2400 is 00:00 of the next day" in how) == ("2400" in printed)


@pytest.mark.parametrize("time", ["2401", "2430", "2500", "2360"])
def test_no_other_time_beyond_the_day_is_one(time: str) -> None:
    with pytest.raises(PageChanged, match="here: date"):
        valid_until(f"valid from 1000 Sun 15 Feb to {time} Mon 16 Feb", LINK, "here")


def test_the_day_of_the_week_is_that_of_the_printed_day() -> None:
    with pytest.raises(PageChanged, match="expected days of the week"):
        valid_until("valid from 1000 Sun 15 Feb to 2400 Tue 16 Feb", LINK, "here")
