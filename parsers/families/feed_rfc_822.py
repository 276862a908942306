"""Dates of RFC 822 and its successors as feeds write them, in any case, read as ISO 8601."""

from __future__ import annotations

import re
from datetime import date

from parsers.date_formats import MONTHS, WEEKDAYS


def _places(names: tuple[str, ...]) -> dict[str, int]:
    """The place of each name in the calendar, in full and as its first three or four letters."""
    return {form: place for place, full in reversed([*enumerate(names)]) for form in (full, full[:4], full[:3])}


MONTH_PLACES, DAY_PLACES = _places(MONTHS), _places(WEEKDAYS)
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


def rfc_822(words: str) -> str | None:
    """The date in ISO 8601, None where the words (small letters) are none; raises ValueError for a wrong weekday."""
    found = RFC_822.fullmatch(words)
    if not found:
        return None
    day_name, day, month_name, year, hour, minute, second, zone = found.groups()
    month = MONTH_PLACES.get(month_name)
    offset = ZONES.get(zone, zone if zone and zone[0] in "+-" else None)
    if month is None or (zone and offset is None):
        return None
    number = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)
    iso = f"{number:04d}-{month + 1:02d}-{int(day):02d}"
    if day_name and not _falls_on(iso, day_name):
        raise ValueError(f"date {words!r}: {iso} is no {day_name}, expected the day of the week that it is")
    return iso if hour is None else f"{iso}T{int(hour):02d}:{minute}{second or ''}{offset or ''}"


def _falls_on(iso: str, day_name: str) -> bool:
    """Whether a date of the calendar is that day of the week, as RFC 5322 section 3.3 demands."""
    try:
        return date.fromisoformat(iso).weekday() == DAY_PLACES.get(day_name)
    except ValueError:
        return True
