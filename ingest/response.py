"""What a fetch came to: the responses as they came, or the reason why there is no usable answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from ingest.guard import NoAddress, admissible
from ingest.retries import Interrupted, Stopped, wait_seconds

RANGE = "Range"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Response:
    """One response as it came. `fetched_at` (UTC) is when its head had arrived; `body` is after content decoding.

    `headers` keep their order and case, values read as Latin-1.
    """

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str
    elapsed_seconds: float

    def header(self, name: str) -> str | None:
        """The first header of this name in any case, None where there is none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The redirects in order and the answer last, all of the last attempt.

    `aside` is what came of a look at another address before that, None where there was none.
    """

    hops: tuple[Response, ...]
    attempts: int = 1
    aside: tuple[Response, ...] | None = None

    @property
    def answer(self) -> Response:
        return self.hops[-1]


class FetchFailed(Exception):
    """No usable answer. `hops` are the redirects of the last attempt; `retry_after_seconds` is what a server asked.

    `head` is the last answer without its body, where that began and did not come whole.
    """

    aside: tuple[Response, ...] | None = None

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        hops: tuple[Response, ...] = (),
        attempts: int = 1,
        retry_after_seconds: float | None = None,
        head: Response | None = None,
    ) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.hops = hops
        self.attempts = attempts
        self.retry_after_seconds = retry_after_seconds
        self.head = head


def retry_after_seconds(response: Response, now: datetime) -> float | None:
    """Seconds from `now` (aware) that the response asks to wait; None where it asks nothing one can read."""
    value = response.header("Retry-After")
    return None if value is None else wait_seconds(value, now)


def refuse_partial(response: Response, conditions: Mapping[str, str]) -> None:
    """Raises Stopped for answers that are none to a plain GET of the whole, or to one of a part."""
    if response.status == 304 and not conditions:
        raise Stopped("304 to a request without conditions, expected the document")
    if response.status == 206 and RANGE not in conditions:
        raise Stopped("206, a part of a document that was asked for whole, expected all of it")


def redirect_target(url: httpx.URL, response: Response) -> httpx.URL | None:
    """Where a redirect leads, None where there is none; raises Refused, or Interrupted for what is no address."""
    location = response.header("Location") if response.status in REDIRECTS else None
    if location is None:
        return None
    try:
        return admissible(location.encode("latin-1").decode("utf-8", errors="replace"), base=url)
    except NoAddress as problem:
        raise Interrupted(f"location {problem}") from problem
