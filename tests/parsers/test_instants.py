"""Dates as machines state them keep their offset; ranges, dates without a year and wrong weekdays are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import read_date, read_instant, read_rfc822

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2089, 12, 30), timezones=OFFSETS)  # noqa: DTZ001 - zones follow


@given(MOMENTS)
def test_iso_8601_round_trips(moment: datetime) -> None:
    seconds = moment.replace(microsecond=0)
    assert read_instant(seconds.isoformat())[:2] == (seconds.isoformat(), "second")
    assert read_instant(moment.isoformat()).iso == seconds.isoformat()
    minutes = seconds.replace(second=0)
    assert read_instant(minutes.isoformat(timespec="minutes"))[:2] == (minutes.isoformat(timespec="minutes"), "minute")
    assert read_instant(f"{moment:%Y-%m-%d}") == (f"{moment:%Y-%m-%d}", "day", "ISO 8601")


@given(MOMENTS)
def test_rfc_822_round_trips(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert read_rfc822(format_datetime(moment))[:2] == (moment.isoformat(), "second")
    assert read_rfc822(f"{moment:%d %b %Y %H:%M %z}").precision == "minute"


@given(st.text(max_size=80))
def test_any_text_is_read_or_a_value_error(printed: str) -> None:
    for read in (read_instant, read_rfc822):
        try:
            assert read(printed).precision in ("day", "minute", "second")
        except ValueError as problem:
            assert "expected" in str(problem)


@pytest.mark.parametrize(
    ("printed", "iso", "how"),
    [
        ("2020-05-04T10:11:12Z", "2020-05-04T10:11:12+00:00", "ISO 8601"),
        ("2020-05-04t10:11z", "2020-05-04T10:11+00:00", "ISO 8601"),
        ("2020-05-04 10:11:12+0100", "2020-05-04T10:11:12+01:00", "ISO 8601"),
        ("2020-05-04T10:11:12+01", "2020-05-04T10:11:12+01:00", "ISO 8601"),
        ("2020-05-04T10:11:12-00:00", "2020-05-04T10:11:12+00:00", "ISO 8601"),
        ("2020-05-04T10:11:12.999Z", "2020-05-04T10:11:12+00:00", "ISO 8601, fraction .999 cut off"),
        ("2020-05-04T10:11", "2020-05-04T10:11+01:00", "ISO 8601"),
        ("2020-12-04T10:11", "2020-12-04T10:11+00:00", "ISO 8601"),
    ],
)
def test_instants(printed: str, iso: str, how: str) -> None:
    found = read_instant(printed)
    assert (found.iso, found.format) == (iso, how)


@pytest.mark.parametrize(
    "printed",
    [
        *("2020-02-30", "2020-05-04T24:00", "2020-05-04T10:11:60Z", "2020-W10", "2020-123", "20200504", "2020-05"),
        *("2020-05-04T10:11:12+23:00", "2020-05-04T10:11:12+01:99", "1970-01-01T00:00:00Z", "2021-03-28T01:30"),
        *("٢٠٢٠-٠٥-٠٤", "04/05/2020", "2020-05-04T10", "", "2020-05-04T10:11:12 GMT"),
    ],
)
def test_what_is_no_instant(printed: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_instant(printed)


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("Mon, 05 Jun 2017 10:11:12 GMT", "2017-06-05T10:11:12+00:00"),
        ("Mon, 05 Jun 2017 10:11:12 UT", "2017-06-05T10:11:12+00:00"),
        ("Mon, 05 Jun 2017 10:11:12 Z", "2017-06-05T10:11:12+00:00"),
        ("Mon, 05 Jun 2017 10:11:12 EST", "2017-06-05T10:11:12-05:00"),
        ("Mon, 5 Jun 17 10:11 BST", "2017-06-05T10:11+01:00"),
        ("Mon,  05 Jun 2017\n 10:11:12 +0100 (BST)", "2017-06-05T10:11:12+01:00"),
        ("Monday, 05 June 2017 10:11:12 +0100", "2017-06-05T10:11:12+01:00"),
        ("05 Jun 2017 10:11:12", "2017-06-05T10:11:12+01:00"),
        ("5 Jun 2017", "2017-06-05"),
        ("5 Jun 49", "2049-06-05"),
        ("5 Jun 99", "1999-06-05"),
    ],
)
def test_rfc_822(printed: str, iso: str) -> None:
    assert read_rfc822(printed).iso == iso


def test_a_missing_zone_is_said() -> None:
    assert read_rfc822("05 Jun 2017 10:11").format == "RFC 822 without a zone"


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        ("Tue, 05 Jun 2017 10:11:12 GMT", "2017-06-05 is a Monday, expected the weekday that is printed"),
        ("Mon, 05 Jun 2017 10:11:12 IST", "zone 'IST', expected an offset or one of GMT"),
        ("Mon, 05 Jun 2017 10:11:12 A", "zone 'A', expected"),
        ("Mon, 05 Jun 2017 25:11:12 GMT", "not of calendar and clock"),
        ("05 Jun 62 10:11 GMT", "year 1962, expected 1990 to 2089"),
        ("05 Jux 2017", "not a date of the calendar"),
        ("Thursday, April 30, 2026 -  06:09", "not RFC 822"),
        ("26 Mar 2017 01:30", "skipped by the change to summer time"),
    ],
)
def test_what_is_not_rfc_822(printed: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_rfc822(printed)


@pytest.mark.parametrize(
    ("printed", "pattern", "iso"),
    [
        ("Thursday, April 30, 2026 -  06:09", "%A, %B %d, %Y - %H:%M", "2026-04-30T06:09+01:00"),
        ("Dec 22, 2020 06:00 GMT", "%b %d, %Y %H:%M %Z", "2020-12-22T06:00+00:00"),
        ("Jun 22, 2020 06:00 GMT", "%b %d, %Y %H:%M %Z", "2020-06-22T06:00+00:00"),
        ("Jun 22, 2020 06:00 GMT", "%b %d, %Y %H:%M GMT", "2020-06-22T06:00+01:00"),
        ("Jun 22, 2020 06:00 BST", "%b %d, %Y %H:%M %Z", "2020-06-22T06:00+01:00"),
        ("Thursday 20th April 2017", "%A %d %B %Y", "2017-04-20"),
        ("Thu 20 April 2017", "%a %d %B %Y", "2017-04-20"),
        ("14 Sep 2020 15:15", "%d %b %Y %H:%M", "2020-09-14T15:15+01:00"),
        ("4 March 2020", "%d %B %Y", "2020-03-04"),
        ("September 2017", "%B %Y", "2017-09"),
        ("2017", "%Y", "2017"),
    ],
)
def test_formats_of_families(printed: str, pattern: str, iso: str) -> None:
    assert read_date(printed, (pattern,)).iso == iso


@pytest.mark.parametrize(
    ("printed", "pattern", "problem"),
    [
        ("Friday 20th April 2017", "%A %d %B %Y", "2017-04-20 is a Thursday, expected the weekday that is printed"),
        ("Jun 22, 2020 06:00 CET", "%b %d, %Y %H:%M %Z", "not a date of the calendar"),
        ("3–5 June 2017", "%d %B %Y", "a range of dates"),
        ("3 - 5 June 2017", "%d %B %Y", "a range of dates"),
        ("3 June to 5 July 2017", "%d %B %Y", "a range of dates"),
        ("3 June 2017 to 5 June 2017", "%d %B %Y", "a range of dates"),
        ("June 3-5, 2017", "%B %d, %Y", "a range of dates"),
        ("03/06/2017 - 05/06/2017", "%d/%m/%Y", "a range of dates"),
        ("Saturday 3rd and Sunday 4th June 2017", "%d %B %Y", "a range of dates"),
        ("3 June", "%d %B %Y", "no year"),
        ("Friday 3rd June", "%A %d %B %Y", "no year"),
        ("June 3", "%B %d", "no year"),
    ],
)
def test_what_is_not_one_whole_date(printed: str, pattern: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_date(printed, (pattern,))


def test_a_correction_may_mend_a_weekday() -> None:
    corrections = {"Friday 20 April 2017": "Thursday 20 April 2017"}
    assert read_date("Friday 20 April 2017", ("%A %d %B %Y",), corrections).iso == "2017-04-20"


@given(MOMENTS)
def test_every_weekday_is_checked(moment: datetime) -> None:
    other = moment + timedelta(days=1)
    assert read_date(f"{moment:%A %d %B %Y}", ("%A %d %B %Y",)).precision == "day"
    with pytest.raises(ValueError, match="expected the weekday that is printed"):
        read_date(f"{other:%A} {moment:%d %B %Y}", ("%A %d %B %Y",))


def test_utc_stays_utc() -> None:
    assert read_instant(datetime(2020, 7, 1, 5, tzinfo=UTC).isoformat()).iso == "2020-07-01T05:00:00+00:00"
