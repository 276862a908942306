"""Until when a weather warning is valid, printed without a year: `valid from 1000 Sun 16 Feb to 0200 Mon 17 Feb`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from parsers.dates import Stated, read_date
from parsers.lines import fold
from parsers.page import PageChanged

MOMENT = r"([0-9]{4}) ([A-Z][a-z]{2}) ([0-9]{1,2}) ([A-Z][a-z]{2})"
VALIDITY = re.compile(rf"\bvalid from {MOMENT} to {MOMENT}\b")
DAY = re.compile(r"[?&]date=([0-9]{4}-[0-9]{2}-[0-9]{2})\b")
NEAR = timedelta(days=60)
END_OF_DAY = "2400"
"""The end of the day that is printed with it (ISO 8601:2004, 4.2.3: it is the start of the next day)."""


def valid_until(text: str, link: str, where: str) -> tuple[Stated | None, str]:
    """The end of the validity, Europe/London as no zone is stated, and how it was read; None where none is stated.

    Its year is that of the day which the warning's address states (`date=2026-02-16`), or of the turn of the year next
    to it. Raises PageChanged where the validity is unreadable or its day of the week is another.
    """
    found = VALIDITY.search(fold(text))
    day = DAY.search(link)
    if not found:
        if "valid from" in fold(text).lower():
            raise PageChanged(f"{where}: validity, expected 'valid from HHMM Day DD Mon to HHMM Day DD Mon'")
        return None, ""
    if not day:
        return None, ""
    time, weekday, number, month = found.groups()[4:]
    try:
        near = date.fromisoformat(day[1])
        for year in (near.year, near.year + 1, near.year - 1):
            read = date.fromisoformat(read_date(f"{number} {month} {year}", ("%d %b %Y",)).iso)
            if abs(read - near) <= NEAR and read.strftime("%a") == weekday:
                end, how = _moment(time, read)
                said = f"description {found.group()!r}, year of {day.group()[1:]!r} in the address, no zone stated"
                return end, said + how
    except ValueError as problem:
        raise PageChanged(f"{where}: {problem}") from problem
    raise PageChanged(f"{where}: {found.group()!r}, expected days of the week of a date near {day[1]}")


def _moment(time: str, day: date) -> tuple[Stated, str]:
    """The time of that day, and what is to be said of how it was read."""
    if time == END_OF_DAY:
        return read_date(f"0000 {day + timedelta(days=1)}", ("%H%M %Y-%m-%d",)), "; 2400 is 00:00 of the next day"
    return read_date(f"{time} {day}", ("%H%M %Y-%m-%d",)), ""
