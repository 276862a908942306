"""strptime formats as patterns of their own, which read what `datetime.strptime` reads, several times faster."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "1[0-2]|0[1-9]|[1-9]",
    "d": "3[01]|[12][0-9]|0[1-9]|[1-9]| [1-9]",
    "H": "2[0-3]|[01][0-9]|[0-9]",
    "M": "[0-5][0-9]|[0-9]",
    "S": "6[01]|[0-5][0-9]|[0-9]",
}
NAMES = {
    "B": "|".join(sorted(MONTHS, key=len, reverse=True)),
    "b": "|".join(name[:3] for name in MONTHS),
    "A": "|".join(sorted(WEEKDAYS, key=len, reverse=True)),
    "a": "|".join(name[:3] for name in WEEKDAYS),
}
READ = {**NUMBERS, **NAMES, "z": "[+-][0-9]{2}:?[0-5][0-9]|(?-i:Z)"}
PIECE = re.compile(r"%(.)|(\s+)|([^%\s]+)")
MONTH_OF = {name: place for place, full in enumerate(MONTHS, 1) for name in (full, full[:3])}


class DateFormat(NamedTuple):
    """A format as stated and as strptime reads it, what it gives of a date, and its pattern (None: strptime must)."""

    stated: str
    read_as: str
    names_zones: bool
    has_year: bool
    precision: str
    pattern: re.Pattern[str] | None

    def read(self, printed: str) -> datetime | None:
        """The moment, where the format fits the whole of these words of ASCII without runs of white space."""
        if self.pattern is None:
            return self._by_strptime(printed)
        found = self.pattern.match(printed)
        if found is None:
            return None
        if found.end() < len(printed):  # an offset may have seconds
            return self._by_strptime(printed) if "z" in found.re.groupindex else None
        return _moment(found.groupdict())

    def _by_strptime(self, printed: str) -> datetime | None:
        try:
            return datetime.strptime(printed, self.read_as)  # noqa: DTZ007 - a zone that is not read is given later
        except ValueError:
            return None


@lru_cache(maxsize=1024)
def date_format(written: str) -> DateFormat:
    """The format taken apart; `%Z` reads what `%z` does."""
    meant = written.replace("%Z", "%z")
    return DateFormat(
        written, meant, meant != written, "%Y" in meant or "%y" in meant, _precision(meant), _pattern(meant)
    )


def _precision(written: str) -> str:
    if "%d" not in written and "%j" not in written:
        return "month" if any(month in written for month in ("%m", "%b", "%B")) else "year"
    if "%H" not in written and "%I" not in written:
        return "day"
    return "second" if "%S" in written else "minute"


def _pattern(written: str) -> re.Pattern[str] | None:
    """The pattern of a format with a year whose directives stand once each, an offset last; None for any other."""
    pieces = PIECE.findall(written)
    directives = [directive for directive, _, _ in pieces if directive]
    if not READ.keys() >= set(directives) or len(set(directives)) < len(directives) or written.endswith("%"):
        return None
    counts = [sum(each in directives for each in alike) for alike in ("Yy", "mbB", "z")]
    if counts[0] != 1 or counts[1] > 1 or (counts[2] and not written.endswith("%z")):
        return None
    return re.compile("".join(_read(*piece) for piece in pieces), re.IGNORECASE)


def _read(directive: str, space: str, literal: str) -> str:
    if directive:
        rule = READ[directive]
        return f"(?:{rule})" if directive in "Aa" else f"(?P<{directive}>{rule})"
    return r"\s+" if space else re.escape(literal)


def _moment(found: dict[str, str]) -> datetime | None:
    """The moment of the calendar and clock that these numbers and names make; None where there is none."""
    year = int(found.get("Y") or found["y"])
    if "y" in found:
        year += 2000 if year < 69 else 1900
    month, named = found.get("m"), found.get("b") or found.get("B")
    try:
        return datetime(
            year,
            int(month) if month else MONTH_OF[named.lower()] if named else 1,
            int(found.get("d", 1)),
            int(found.get("H", 0)),
            int(found.get("M", 0)),
            int(found.get("S", 0)),
            tzinfo=_zone(found.get("z")),
        )
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _zone(offset: str | None) -> timezone | None:
    """The zone of `Z`, `+0100` or `+01:00`; ValueError for one of a day and more."""
    if offset is None:
        return None
    if offset == "Z":
        return UTC
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-size if offset[0] == "-" else size)
