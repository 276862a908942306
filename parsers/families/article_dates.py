"""Dates as machines state them (ISO 8601, RFC 3339, RFC 822), for pages and feeds of news."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.dates import Stated, read_date

ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]{1,9})?\s?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
"""Fractions of a second are dropped: no bulletin is told from another by them."""
ISO_FORMATS = tuple(f"%Y-%m-%d{time}" for time in ("", "T%H:%M", "T%H:%M%z", "T%H:%M:%S", "T%H:%M:%S%z"))
UNIVERSAL = re.compile(r"\s(?:GMT|UTC?|Z)$")
RFC_822_FORMATS = tuple(f"{weekday}%d %b %Y {time} %z" for weekday in ("%a, ", "") for time in ("%H:%M:%S", "%H:%M"))


def machine_date(stated: str, corrections: Mapping[str, str] | None = None) -> Stated:
    """A date that a page states for machines; raises ValueError for what is neither ISO 8601 nor RFC 822."""
    meant = (corrections or {}).get(stated, stated).strip()
    iso = ISO.fullmatch(meant)
    if iso is None:
        return read_date(UNIVERSAL.sub(" +0000", meant), RFC_822_FORMATS)
    date, time, zone = iso.groups()
    return read_date(f"{date}T{time}{(zone or '').upper()}" if time else date, ISO_FORMATS)


def first_readable(stated: Sequence[tuple[str, str]], corrections: Mapping[str, str]) -> tuple[Stated, str] | None:
    """The first statement (place, words) that is a date, and how it was read; None where nothing is stated.

    Raises ValueError where dates are stated and none can be read.
    """
    problems: list[str] = []
    for place, words in stated:
        try:
            found = machine_date(words, corrections)
        except ValueError as problem:
            problems.append(f"{place}: {problem}")
            continue
        return found, f"{place} {words!r}"
    if problems:
        raise ValueError("; ".join(problems))
    return None
