"""Dates as feeds and their platforms state them for machines: RFC 822, RFC 3339, W3C-DTF, with their own offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from parsers.dates import EARLIEST_YEAR, LATEST_YEAR, Stated, read_date

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ZONES = {
    **dict.fromkeys(("gmt", "ut", "utc", "z"), "+00:00"),
    "bst": "+01:00",
    "edt": "-04:00",
    "est": "-05:00",
    "cdt": "-05:00",
    "cst": "-06:00",
    "mdt": "-06:00",
    "mst": "-07:00",
    "pdt": "-07:00",
    "pst": "-08:00",
}
"""RFC 822 section 5.1, and British Summer Time. Its other single letters are ambiguous (RFC 5322 4.3): unreadable."""

RFC_822 = re.compile(
    r"(?:([a-z]{3,9})\.?,? )?(\d{1,2})[ -]([a-z]{3,9})\.?[ -](\d{2}|\d{4})"
    r"(?: (\d{1,2}):(\d{2})(:\d{2})?(?: ?([+-]\d{2}:?\d{2}|[a-z]{1,3}))?)?(?: \([a-z ]{1,30}\))?",
    re.ASCII,
)
W3C_DTF = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[t ](\d{2}:\d{2})(:\d{2})?(?:[.,]\d{1,9})? ?([+-]\d{2}:?\d{2}|z)?)?)?)?",
    re.ASCII,
)
"""With RFC 3339's small letters and blank, and the offset without a colon that ISO 8601's basic form has."""
FORMATS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


def read_instant(printed: str, formats: Sequence[str] = ()) -> Stated:
    """A machine's date with its stated offset and precision; Europe/London where no zone is stated.

    `formats` are strptime formats of a publisher who keeps to no standard. Raises ValueError saying what was expected.
    """
    words = " ".join(printed.split()).lower()
    if len(words) <= 60:
        for name, read in (("RFC 822", _rfc_822), ("W3C-DTF", _w3c_dtf)):
            found = read(words)
            if found:
                return _checked(printed, found, name)
    if formats:
        return read_date(printed, formats)
    raise ValueError(f"date {printed[:60]!r}: unreadable, expected RFC 822, RFC 3339 or W3C-DTF")


def _checked(printed: str, iso: str, name: str) -> Stated:
    if len(iso) <= 7:
        if not EARLIEST_YEAR <= int(iso[:4]) <= LATEST_YEAR or not "01" <= (iso[5:] or "01") <= "12":
            raise ValueError(f"date {printed!r}: not a date of the calendar, expected a month of 1990 to 2089")
        return Stated(iso, "month" if iso[4:] else "year", name)
    try:
        found = read_date(iso, FORMATS)
    except ValueError as problem:
        raise ValueError(f"date {printed!r}: read as {name}: {problem}") from problem
    return Stated(found.iso, found.precision, name)


def _rfc_822(words: str) -> str | None:
    found = RFC_822.fullmatch(words)
    if not found:
        return None
    day_name, day, month_name, year, hour, minute, second, zone = found.groups()
    month = _place(month_name, MONTHS)
    offset = ZONES.get(zone, zone if zone and zone[0] in "+-" else None)
    if month is None or (zone and offset is None):
        return None
    number = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)
    iso = f"{number:04d}-{month + 1:02d}-{int(day):02d}"
    if day_name and not _falls_on(iso, day_name):
        raise ValueError(f"date {words!r}: {iso} is no {day_name}, expected the day of the week that it is")
    return iso if hour is None else f"{iso}T{int(hour):02d}:{minute}{second or ''}{offset or ''}"


def _place(name: str, names: tuple[str, ...]) -> int | None:
    """The place of a name in the calendar, in full or as its first three or four letters."""
    places = [place for place, full in enumerate(names) if name in (full, full[:3], full[:4])]
    return places[0] if places else None


def _falls_on(iso: str, day_name: str) -> bool:
    """Whether a date of the calendar is that day of the week, as RFC 5322 section 3.3 demands."""
    try:
        return date.fromisoformat(iso).weekday() == _place(day_name, DAYS)
    except ValueError:
        return True


def _w3c_dtf(words: str) -> str | None:
    found = W3C_DTF.fullmatch(words)
    if not found:
        return None
    year, month, day, time, second, zone = found.groups()
    iso = "-".join(part for part in (year, month, day) if part)
    return iso if time is None else f"{iso}T{time}{second or ''}{(zone or '').replace('z', '+00:00')}"
