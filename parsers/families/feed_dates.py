"""Dates as feeds and their platforms state them for machines: RFC 822, RFC 3339, W3C-DTF, with their own offset."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.dates import EARLIEST_YEAR, LATEST_YEAR, Stated, read_date
from parsers.families.feed_rfc_822 import rfc_822

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
        for name, read in (("RFC 822", rfc_822), ("W3C-DTF", _w3c_dtf)):
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


def _w3c_dtf(words: str) -> str | None:
    found = W3C_DTF.fullmatch(words)
    if not found:
        return None
    year, month, day, time, second, zone = found.groups()
    iso = "-".join(part for part in (year, month, day) if part)
    return iso if time is None else f"{iso}T{time}{second or ''}{(zone or '').replace('z', '+00:00')}"
