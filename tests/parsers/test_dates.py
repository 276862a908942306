"""Dates round-trip or are refused; none is guessed, swapped or filled in."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import read_date

FORMATS = ("%d/%m/%Y", "%d/%m/%y")


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)))
def test_every_date_round_trips(day: date) -> None:
    assert read_date(f"{day:%d/%m/%Y}", FORMATS)[:2] == (day.isoformat(), "day")
    assert read_date(f"{day.day}/{day.month}/{day.year}", FORMATS).iso == day.isoformat()
    assert read_date(f"{day:%d %B %Y}", ("%d %B %Y",)).iso == day.isoformat()


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)))
def test_two_digit_years_to_68_are_2000s(day: date) -> None:
    assert read_date(f"{day:%d/%m/%y}", FORMATS).iso == day.isoformat()


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999))
def test_what_is_not_in_the_calendar_is_refused(day: int, month: int, year: int) -> None:
    printed = f"{day:02}/{month:02}/{year:04}"
    valid = 1990 <= year <= 2089 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    if valid:
        assert read_date(printed, FORMATS).iso == f"{year:04}-{month:02}-{day:02}"
    else:
        with pytest.raises(ValueError, match="expected"):
            read_date(printed, FORMATS)


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_a_value_error(printed: str) -> None:
    try:
        assert read_date(printed, FORMATS).precision == "day"
    except ValueError as problem:
        assert "expected" in str(problem)


@pytest.mark.parametrize(
    "printed", ["", "April 2017", "2017-04-03", "12/25/2016", "١٢/٠٤/٢٠١٧", "12/04/2017 x", "12/04/20171"]
)
def test_near_dates_are_refused(printed: str) -> None:
    with pytest.raises(ValueError, match="not a date of the calendar, expected %d/%m/%Y or %d/%m/%y"):
        read_date(printed, FORMATS)


@pytest.mark.parametrize(
    ("printed", "pattern", "iso", "precision"),
    [
        ("15:53 30/03/2020", "%H:%M %d/%m/%Y", "2020-03-30T15:53+01:00", "minute"),
        ("1st December 2020, 06:00", "%d %B %Y, %H:%M", "2020-12-01T06:00+00:00", "minute"),
        ("25/10/2020 01:30", "%d/%m/%Y %H:%M", "2020-10-25T01:30+01:00", "minute"),
        ("Mon, 05 Jun 2017 10:11:12 +0000", "%a, %d %b %Y %H:%M:%S %z", "2017-06-05T10:11:12+00:00", "second"),
    ],
)
def test_times_are_london_unless_stated(printed: str, pattern: str, iso: str, precision: str) -> None:
    assert read_date(printed, (pattern,))[:2] == (iso, precision)


def test_a_time_that_summer_time_skips_is_refused() -> None:
    with pytest.raises(ValueError, match="skipped by the change to summer time"):
        read_date("29/03/2020 01:30", ("%d/%m/%Y %H:%M",))


def test_corrections_are_the_publishers_typos() -> None:
    assert read_date("23 Janaury 2025", ("%d %B %Y",), {"23 Janaury 2025": "23 January 2025"}).iso == "2025-01-23"
