"""How values are written for people: dates as precisely as they were stated, moments in UTC, text with its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from archive.facets import LEVELS

LONDON = ZoneInfo("Europe/London")
MOST_OF_A_TITLE = 300
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
RECOGNISED = {
    "first": "first met here",
    "ref": "the publisher’s id",
    "exact": "the same words",
    "earlier": "words of an earlier revision",
    "similar": "alike words",
    "attachment": "a document that was replaced",
}
THREAT_LEVELS = ("low", "moderate", "substantial", "severe", "critical")


def class_of(level: str, known: Sequence[str] = LEVELS) -> str:
    """The class of a level in a stylesheet: its own where we know it, none for any other word."""
    return level.lower() if level.lower() in known else ""


def issued(row: Mapping[str, Any]) -> str:
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


def field(name: str, record: Mapping[str, Any]) -> list[str]:
    """A field of a record in words: one for each of its values, none where there is none."""
    value = record.get(name)
    if name == "issued":
        return [issued(record)] if value else []
    if name == "expires" and value:
        return [moment_stated(str(value))]
    if name == "threat_levels":
        return [f"{scope(each['scope'])}: {each['level']}" for each in value or ()]
    if isinstance(value, list):
        return [_pair(each) if isinstance(each, dict) else str(each) for each in value]
    return [] if value is None else [str(value)]


def brief(title: str | None) -> str:
    """A title where many stand below each other."""
    said = title or "(no title)"
    return said if len(said) <= MOST_OF_A_TITLE else f"{said[:MOST_OF_A_TITLE]}…"


def span(minutes: float) -> str:
    """How long something takes, in the words that people have for it."""
    for size, name in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size and minutes % size == 0:
            many = int(minutes // size)
            return f"{many} {name}s" if many > 1 else name
    return f"{minutes:g} minutes" if minutes > 1 else f"{round(minutes * 60)} seconds"


def scope(slug: str) -> str:
    """What a threat level is of: `uk`, `northern-ireland`."""
    return slug.upper() if len(slug) < 3 else slug.replace("-", " ").title()


def language(tag: str | None) -> str:
    """A language tag as pages take it; English where none is stated, or none that is one."""
    return tag if tag and LANGUAGE.fullmatch(tag) else "en"


def moment_stated(stated: str) -> str:
    """A moment as a publisher states it, in words; what is none, as it stands."""
    try:
        return issued({"issued": stated})
    except ValueError:
        return stated


def recognised(matched: str) -> str:
    """By what a revision was taken for one of its bulletin; how alike the words were where that decided."""
    method, _, score = matched.partition(" ")
    said = RECOGNISED.get(method, method)
    return f"{said} ({score})" if method == "similar" else said


def _pair(value: Mapping[str, Any]) -> str:
    return ": ".join(str(each) for each in value.values() if each)


def zone_of(moment: datetime) -> str:
    """The zone of a stated moment: London's where its offset is London's then, else the offset itself."""
    if moment.tzinfo is None:
        return "London time"
    there = moment.astimezone(LONDON)
    if there.utcoffset() == moment.utcoffset():
        return str(there.tzname())
    return f"UTC{moment:%z}" if moment.utcoffset() else "UTC"


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
