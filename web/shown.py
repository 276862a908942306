"""How values are written for people: dates as precisely as they were stated, moments in UTC, text with its marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LEVELS = ("green", "yellow", "amber", "red")
THREAT_LEVELS = ("low", "moderate", "substantial", "severe", "critical")


def class_of(level: str, known: Sequence[str] = LEVELS) -> str:
    """The class of a level in a stylesheet: its own where we know it, none for any other word."""
    return level.lower() if level.lower() in known else ""


def issued(row: dict[str, Any]) -> str:
    """When a bulletin says that it was issued, with its zone, and no more precisely than it says."""
    stated, precision = row.get("issued"), row.get("issued_precision")
    if not stated:
        return "undated"
    if precision == "year":
        return str(stated)[:4]
    if precision == "month":
        return f"{date.fromisoformat(f'{str(stated)[:7]}-01'):%B %Y}"
    moment = datetime.fromisoformat(str(stated))
    day = f"{moment.day} {moment:%B %Y}"
    if precision == "day" or len(str(stated)) <= 10:
        return day
    clock = f"{moment:%H:%M:%S}" if precision == "second" else f"{moment:%H:%M}"
    return f"{day}, {clock} {zone_of(moment)}"


def zone_of(moment: datetime) -> str:
    """The zone of a stated moment: London's where its offset is London's then, else the offset itself."""
    if moment.tzinfo is None:
        return "London time"
    there = moment.astimezone(LONDON)
    return str(there.tzname()) if there.utcoffset() == moment.utcoffset() else f"UTC{moment:%z}"


def moment(value: datetime | None) -> str:
    """One of our own times: UTC, to the second."""
    return "–" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine(value: datetime | str | None) -> str:
    """A moment as `<time datetime>` takes it."""
    return "" if value is None else value if isinstance(value, str) else value.astimezone(UTC).isoformat()


def is_web(address: str) -> bool:
    """Whether an address leads to a web page: what a publisher writes may name any scheme."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, and whether each is marked."""
    done = 0
    for start, end in marks:
        yield text[done:start], False
        yield text[start:end], True
        done = end
    yield text[done:], False
