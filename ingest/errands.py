"""One fetch on its way: what it may still use, and what it has come to so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from ingest.options import NO_OPTIONS, RequestOptions
from ingest.response import Response
from ingest.retries import Interrupted


@dataclass(slots=True)
class Errand:
    """What one fetch has left and has seen: seconds on the network over all attempts, the hops of the last one.

    `head` is what has come of an answer whose body broke off; `answered` is what the attempt before that came to, where
    it was an answer; `trouble` the last one that broke.
    """

    url: httpx.URL
    conditions: Mapping[str, str]
    seconds_left: float
    follow: bool = True
    obeys_robots: bool = True
    options: RequestOptions = NO_OPTIONS
    hops: list[Response] = field(default_factory=list)
    head: Response | None = None
    is_answered: bool = False
    answered: tuple[Response, ...] = ()
    trouble: Interrupted | None = None
    attempts: int = 0
    retry_after_seconds: float | None = None

    def begin_again(self) -> None:
        """One more attempt begins."""
        self.attempts += 1
        self.answered = tuple(self.hops) if self.is_answered else ()
        self.is_answered = False
        self.head = None
        self.hops.clear()
