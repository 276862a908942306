"""When a message was sent, as its header or a forwarded block of headers states it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from itertools import product

from parsers.dates import LONDON, WEEKDAYS, Stated, read_date, read_rfc822
from parsers.mail_headers import split_message, without_preamble
from parsers.mail_languages import in_english
from parsers.page import PageChanged

COMMENT = re.compile(r"\s*\([^()]{0,100}\)")
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
ZONED = (*(f"{clock} %z" for clock in CLOCKS), *(f"{clock} %Z" for clock in CLOCKS), *CLOCKS)
DAYS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d")
BLOCK_FORMATS = tuple(f"{day} {clock}" for day, clock in product(DAYS, ZONED))
"""How Outlook, Gmail and Apple Mail print the date of an original, day name, commas and `at` apart."""
DAY_NAME = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+", re.IGNORECASE)


def read_header_date(printed: str) -> Stated:
    """The date of a header (RFC 5322, obsolete forms too), with its offset. Raises ValueError."""
    return read_rfc822(COMMENT.sub("", printed).strip())


def read_block_date(printed: str) -> Stated:
    """The date of a forwarded block: a header's, or as programs print it, Europe/London where no zone stands there.

    Raises ValueError.
    """
    try:
        return read_header_date(printed)
    except ValueError as problem:
        plain, day = in_english(COMMENT.sub("", printed[:200].strip()))
        weekday = DAY_NAME.match(plain)
        try:
            found = read_date(plain[weekday.end() :] if weekday else plain, BLOCK_FORMATS)
        except ValueError:
            raise ValueError(f"date {printed[:80]!r}: unreadable, expected one as mail programs print it") from problem
        if (weekday and not _is_on(found.iso, weekday[0])) or day not in (None, _day(found.iso)):
            raise ValueError(f"date {printed[:80]!r}: {found.iso[:10]} is another day, expected that one") from problem
        return found


def _is_on(iso: str, weekday: str) -> bool:
    return WEEKDAYS[_day(iso)].lower().startswith(weekday.lower()[:3])


def _day(iso: str) -> int:
    return datetime.fromisoformat(iso).weekday()


def sent_at(message: bytes) -> datetime | None:
    """When a message states that it was sent (UTC), from its headers; None where that cannot be read."""
    try:
        headers, _ = split_message(without_preamble(message))
        moment = datetime.fromisoformat(read_header_date(headers.words("date")).iso)
    except (PageChanged, ValueError):
        return None
    if moment.tzinfo is None:
        moment = datetime.combine(moment.date(), time.min, LONDON)
    return moment.astimezone(UTC)
