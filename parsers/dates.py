"""Printed dates by a strict list of formats, in the publisher's own terms (Europe/London where no zone is stated)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EARLIEST_YEAR, LATEST_YEAR = 1990, 2089
ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
ASCII_PRINTABLE = re.compile(r"[ -~]{1,60}")


class Stated(NamedTuple):
    """A date as its publisher stated it: ISO 8601, its precision (day, minute or second), the format it fitted."""

    iso: str
    precision: str
    format: str


def read_date(printed: str, formats: Sequence[str], corrections: Mapping[str, str] | None = None) -> Stated:
    """Read a printed date by the first strptime format that fits it whole; nothing is guessed, swapped or filled in.

    Two-digit years 00 to 68 are 2000s, 69 to 99 1900s (POSIX). Times are Europe/London unless the format reads a zone
    (`%z`). Raises ValueError saying what was expected: for no fitting format, a year outside 1990 to 2089, or a local
    time that the change to summer time skips.
    """
    meant = " ".join((corrections or {}).get(printed, printed).split())
    for pattern in formats:
        moment = _fit(meant, pattern)
        if moment is None:
            continue
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise ValueError(f"date {printed!r}: year {moment.year}, expected {EARLIEST_YEAR} to {LATEST_YEAR}")
        return _stated(printed, moment, pattern)
    raise ValueError(f"date {printed!r}: not a date of the calendar, expected {' or '.join(formats)}")


def _fit(printed: str, pattern: str) -> datetime | None:
    if not ASCII_PRINTABLE.fullmatch(printed):
        return None
    try:
        return datetime.strptime(ORDINAL.sub(r"\1", printed), pattern)  # noqa: DTZ007 - _stated gives it its zone
    except ValueError:
        return None


def _stated(printed: str, moment: datetime, pattern: str) -> Stated:
    if "%H" not in pattern and "%I" not in pattern:
        return Stated(date(moment.year, moment.month, moment.day).isoformat(), "day", pattern)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON)
        if moment.astimezone(ZoneInfo("UTC")).astimezone(LONDON).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValueError(f"date {printed!r}: skipped by the change to summer time, expected a time that exists")
    if "%S" in pattern:
        return Stated(moment.isoformat(timespec="seconds"), "second", pattern)
    return Stated(moment.isoformat(timespec="minutes"), "minute", pattern)
