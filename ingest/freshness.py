"""How long an answer states to be fresh: by its headers (RFC 9111) or, where it is a feed, by its own words."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

MOST_MINUTES = 7 * 24 * 60
MOST_SECONDS = MOST_MINUTES * 60
HEAD_BYTES = 64 * 1024
"""A feed speaks of itself before its first item, and not at length."""
PERIODS = {b"hourly": 60, b"daily": 24 * 60, b"weekly": 7 * 24 * 60, b"monthly": 30 * 24 * 60, b"yearly": 365 * 24 * 60}
"""Minutes in the update periods of RSS 1.0's module Syndication."""
UNTOUCHED_MINUTES = 60
"""Once an hour is what WordPress writes into every feed where nobody has set anything: it says nothing."""

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]{1,9})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?=\s*(?:[,=]|$))", re.IGNORECASE)
_FIRST_ITEM = re.compile(rb"<(?:[\w-]+:)?(?:item|entry)[\s>]")
_TTL = re.compile(rb"<ttl>\s*([0-9]{1,6})\s*</ttl>")
_PERIOD = re.compile(rb"<\w+:updatePeriod>\s*([a-z]+)\s*</")
_FREQUENCY = re.compile(rb"<\w+:updateFrequency>\s*([0-9]{1,4})\s*</")

Headers = Sequence[Sequence[str]]


def fresh_for(headers: Headers) -> timedelta | None:
    """How long from now on a response is fresh: Cache-Control's max-age less its Age, else Expires less Date.

    None where it states nothing; nought where it is not to be kept, or is stale already.
    """
    directives = ",".join(_all(headers, "cache-control"))
    if _NOT_KEPT.search(directives):
        return timedelta(0)
    if found := _MAX_AGE.search(directives):
        return timedelta(seconds=max(0, min(int(found[1]), MOST_SECONDS) - _age_seconds(headers)))
    if expires := _all(headers, "expires"):
        until, since = _moment(expires[0]), _moment(next(iter(_all(headers, "date")), ""))
        if until is None:
            return timedelta(0)
        return None if since is None else min(max(until - since, timedelta(0)), timedelta(minutes=MOST_MINUTES))
    return None


def _all(headers: Headers, wanted: str) -> list[str]:
    return [value for name, value in headers if name.lower() == wanted]


def _age_seconds(headers: Headers) -> int:
    age = next(iter(_all(headers, "age")), "").strip()
    return int(age) if re.fullmatch(r"[0-9]{1,9}", age) else 0


def _moment(value: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def minutes_stated(body: bytes) -> int | None:
    """After how many minutes a feed says to be asked again: its ttl (RSS 2.0) or its update period; None elsewhere."""
    head = body[:HEAD_BYTES]
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    head = _FIRST_ITEM.split(head, maxsplit=1)[0]
    if found := _TTL.search(head):
        return min(int(found[1]), MOST_MINUTES) or None
    period = _PERIOD.search(head)
    if period is None or period[1] not in PERIODS:
        return None
    times = _FREQUENCY.search(head)
    minutes = PERIODS[period[1]] // max(int(times[1]) if times else 1, 1)
    return None if minutes == UNTOUCHED_MINUTES else min(minutes, MOST_MINUTES) or None
