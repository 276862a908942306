"""When to ask, and when to ask again."""

from __future__ import annotations

import email.utils
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

ASK_AGAIN_STATUSES = frozenset({429, 500, 502, 503, 504})
FIRST_BACKOFF_SECONDS = 1.0


class Interrupted(Exception):
    """An exchange that broke; another attempt may succeed."""


class Stopped(Exception):
    """An exchange that another attempt would not mend."""


def wait_seconds(retry_after: str, now: datetime) -> float | None:
    """Seconds from `now` (aware) that a Retry-After value asks for; None where it is not one (RFC 9110, 10.2.3).

    Both forms are read: seconds and all three HTTP dates. A moment that has passed is 0.
    """
    value = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
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


class Pace:
    """Keeps at least `delay_seconds` between two requests to one host, whichever thread sends them."""

    def __init__(self, delay_seconds: float, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._delay_seconds = delay_seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Waits until `host` may be asked; the pause to the next request runs from the end of this one."""
        with self._lock:
            now = self._monotonic()
            start = max(now, self._free_at.get(host, now))
            self._free_at[host] = start + self._delay_seconds
        if start > now:
            self._sleep(start - now)
        try:
            yield
        finally:
            self._rest(host)

    def _rest(self, host: str) -> None:
        with self._lock:
            self._free_at[host] = max(self._free_at[host], self._monotonic() + self._delay_seconds)
