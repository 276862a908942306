"""When to ask, and when to ask again."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

ASK_AGAIN_STATUSES = frozenset({429, 500, 502, 503, 504})
FIRST_BACKOFF_SECONDS = 1.0
MOST_SECONDS = 1e9
"""A longer wait than 30 years is one of 30 years."""


class Interrupted(Exception):
    """An exchange that broke; another attempt may succeed."""


class Stopped(Exception):
    """An exchange that another attempt would not mend."""


class Overdue(Stopped):
    """An exchange that took too long; at another time it may not."""


def wait_seconds(retry_after: str, now: datetime) -> float | None:
    """Seconds from `now` (aware) that a Retry-After value asks for; None where it is not one (RFC 9110, 10.2.3).

    Both forms are read: seconds, parts of them too, and all three HTTP dates. A moment that has passed is 0.
    """
    value = retry_after.strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return min(float(value), MOST_SECONDS)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff_seconds(attempts_made: int, max_wait_seconds: float) -> float:
    """The pause after this many attempts where the server asked for none: 1, 2, 4 … seconds."""
    return float(min(max_wait_seconds, FIRST_BACKOFF_SECONDS * 2 ** min(attempts_made - 1, 30)))
