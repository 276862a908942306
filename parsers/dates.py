"""Printed dates by a strict list of formats, in the publisher's own terms (Europe/London where no zone is stated)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parsers.date_formats import DateFormat, date_format

LONDON = ZoneInfo("Europe/London")
EARLIEST_YEAR, LATEST_YEAR = 1990, 2089
LARGEST_OFFSET = timedelta(hours=14)
ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
TWO_LETTERS = re.compile("[A-Za-z]{2}")
"""What ordinals and names of weekdays have, and dates in numbers have not."""
ASCII_PRINTABLE = re.compile(r"[ -~]{1,60}")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|r|rs|ur)?(?:day)?\b", re.IGNORECASE)
ZONES = MappingProxyType({"GMT": "+0000", "UTC": "+0000", "UT": "+0000", "Z": "+0000", "BST": "+0100"})
"""Zones that the UK's publishers name; `%Z` of a format reads these and no other."""
ZONE = re.compile(rf"\b({'|'.join(ZONES)})\b")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = r"\b[0-9]{1,2}(?:st|nd|rd|th)?"
_TO = r"\s?(?:[-–—]|to|until|and)\s?"
RANGE = re.compile(
    rf"{_DAY}(?:\s{_MONTH}(?:,?\s[0-9]{{4}})?)?{_TO}(?:{WEEKDAY.pattern}\s)?{_DAY}\s{_MONTH}|{_MONTH}\s{_DAY}{_TO}(?:{_MONTH}\s)?{_DAY}|"
    rf"[0-9]{{1,2}}/[0-9]{{1,2}}(?:/[0-9]{{2,4}})?{_TO}[0-9]{{1,2}}/[0-9]{{1,2}}",
    re.IGNORECASE,
)
YEARLESS = re.compile(rf"(?:{WEEKDAY.pattern},?\s)?(?:{_DAY}(?:\sof)?\s{_MONTH}|{_MONTH}\s{_DAY})", re.IGNORECASE)


class Stated(NamedTuple):
    """A date as its publisher stated it: ISO 8601, its precision (year, month, day, minute, second), what it fitted."""

    iso: str
    precision: str
    format: str


def read_date(printed: str, formats: Sequence[str], corrections: Mapping[str, str] | None = None) -> Stated:
    """Read a printed date by the first strptime format that fits it whole; nothing is guessed, swapped or filled in.

    Two-digit years 00 to 68 are 2000s, 69 to 99 1900s (POSIX). Times are Europe/London unless the format reads a zone:
    `%z` an offset, `%Z` one of `ZONES`; a zone's name written out in the format is passed over. Raises ValueError
    saying what was expected: for no fitting format, a range of dates, a date without a year, a year outside 1990 to
    2089, a weekday that is not the date's, or a local time that the change to summer time skips.
    """
    meant = " ".join((corrections or {}).get(printed, printed).split())
    has_words = bool(TWO_LETTERS.search(meant))
    words = ORDINAL.sub(r"\1", meant) if has_words else meant
    for each in map(date_format, formats if ASCII_PRINTABLE.fullmatch(meant) else ()):
        moment = each.read(ZONE.sub(lambda named: ZONES[named[1]], words) if each.names_zones else words)
        if moment is None:
            continue
        if not each.has_year:
            raise ValueError(f"date {printed!r}: no year, expected a date with its year")
        _check(printed, meant if has_words else "", moment)
        return _stated(printed, moment, each)
    raise ValueError(f"date {printed!r}: {_not_a_date(meant)}, expected {' or '.join(formats)}")


def _not_a_date(words: str) -> str:
    if RANGE.search(words[:100]):
        return "a range of dates"
    return "no year" if YEARLESS.fullmatch(words[:60]) else "not a date of the calendar"


def _check(printed: str, meant: str, moment: date) -> None:
    """Raise ValueError where the year is none of ours or the printed weekday is not the date's."""
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"date {printed!r}: year {moment.year}, expected {EARLIEST_YEAR} to {LATEST_YEAR}")
    weekday, named = WEEKDAYS[moment.weekday()], WEEKDAY.search(meant)
    if named and not weekday.lower().startswith(named[1].lower()):
        raise ValueError(f"date {printed!r}: {moment:%Y-%m-%d} is a {weekday}, expected the weekday that is printed")


def _stated(printed: str, moment: datetime, read_as: DateFormat) -> Stated:
    precision = read_as.precision
    if precision in ("year", "month"):
        return Stated(f"{moment:%Y-%m}" if precision == "month" else f"{moment:%Y}", precision, read_as.stated)
    if precision == "day":
        return Stated(moment.isoformat()[:10], "day", read_as.stated)
    return _at(printed, moment, precision, read_as.stated)


def _at(printed: str, moment: datetime, precision: str, how: str) -> Stated:
    """The moment with its offset, Europe/London's where it has none."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON)
        if moment.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValueError(f"date {printed!r}: skipped by the change to summer time, expected a time that exists")
    elif abs(moment.utcoffset() or timedelta()) > LARGEST_OFFSET:
        raise ValueError(f"date {printed!r}: offset beyond 14 hours, expected a zone of this world")
    return Stated(moment.isoformat(timespec="seconds" if precision == "second" else "minutes"), precision, how)


INSTANT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>[.,][0-9]{1,9})?)?"
    r"\s?(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


def read_instant(printed: str) -> Stated:
    """Read an ISO 8601 or RFC 3339 date or time as machines state it: day, minute or second, its own offset kept.

    A time without a zone is Europe/London's. Fractions of a second are cut off, and `format` says so. Raises ValueError
    for anything else: week dates, ordinal dates, 24:00, leap seconds, and what `read_date` refuses.
    """
    found = INSTANT.fullmatch(printed.strip()) if printed.isascii() and len(printed) <= 60 else None
    if found is None:
        raise ValueError(f"date {printed[:80]!r}: not ISO 8601, expected YYYY-MM-DD[THH:MM[:SS][zone]]")
    how = "ISO 8601" + (f", fraction {found['fraction']} cut off" if found["fraction"] else "")
    return _read_parts(printed, found["day"], found, found["zone"] or "", how)


RFC822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,?\s)?(?P<date>[0-9]{1,2}\s[A-Za-z]{3,9}\s(?:[0-9]{4}|[0-9]{2}))"
    r"(?:\s(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?:\s?(?P<zone>[+-][0-9]{4}|[A-Z]{1,4}))?(?:\s\([^()]{1,40}\))?)?"
)
RFC822_ZONES = MappingProxyType(
    {
        **ZONES,
        "EST": "-0500",
        "EDT": "-0400",
        "CST": "-0600",
        "CDT": "-0500",
        "MST": "-0700",
        "MDT": "-0600",
        "PST": "-0800",
        "PDT": "-0700",
    }
)
"""RFC 822 section 5.1, and BST as the UK's publishers mean it; military letters but Z say nothing (RFC 5322 4.3)."""


def read_rfc822(printed: str) -> Stated:
    """Read a date of RFC 822, 2822 or 5322, obsolete forms too: day name, seconds and zone may be missing.

    Two-digit years 00 to 49 are 2000s, others 1900s (RFC 5322 4.3). Without a zone the time is Europe/London's, which
    `format` says. Raises ValueError for a zone that is not one of `RFC822_ZONES`, and for what `read_date` refuses.
    """
    found = RFC822.fullmatch(" ".join(printed[:200].split()))
    if found is None or not printed.isascii():
        raise ValueError(f"date {printed[:80]!r}: not RFC 822, expected [Day,] DD Mon YYYY [HH:MM[:SS] [zone]]")
    zone = found["zone"] or ""
    if zone[:1].isalpha() and zone not in RFC822_ZONES:
        raise ValueError(
            f"date {printed[:80]!r}: zone {zone!r}, expected an offset or one of {', '.join(RFC822_ZONES)}"
        )
    day = read_date(_full_year(found["date"]), ("%d %b %Y", "%d %B %Y")).iso
    how = "RFC 822" if zone or not found["hour"] else "RFC 822 without a zone"
    return _read_parts(printed, day, found, RFC822_ZONES.get(zone, zone), how)


def _full_year(words: str) -> str:
    year = words.rsplit(" ", 1)[1]
    if len(year) == 4:
        return words
    return f"{words[:-2]}{'20' if year < '50' else '19'}{year}"


def _read_parts(printed: str, day: str, found: re.Match[str], zone: str, how: str) -> Stated:
    """The date `day` (ISO) at the hour, minute, second and zone that a pattern found."""
    try:
        moment = datetime.fromisoformat(day)
        if found["hour"] is not None:
            moment = moment.replace(
                hour=int(found["hour"]), minute=int(found["minute"]), second=int(found["second"] or 0)
            )
        if zone:
            moment = moment.replace(tzinfo=datetime.strptime(ZONES.get(zone.upper(), zone).ljust(5, "0"), "%z").tzinfo)
    except ValueError as problem:
        raise ValueError(
            f"date {printed[:80]!r}: not of calendar and clock ({problem}), expected one that is"
        ) from problem
    _check(printed, printed, moment)
    if found["hour"] is None:
        return Stated(day, "day", how)
    return _at(printed, moment, "second" if found["second"] else "minute", how)
