"""What a fetch came to: the responses as they came, or the reason why there is no usable answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.retries import wait_seconds


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
    """The redirects in order and the answer last, all of the last attempt."""

    hops: tuple[Response, ...]
    attempts: int = 1

    @property
    def answer(self) -> Response:
        return self.hops[-1]


class FetchFailed(Exception):
    """No usable answer. `hops` are the redirects of the last attempt; `retry_after_seconds` is what a server asked."""

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        hops: tuple[Response, ...] = (),
        attempts: int = 1,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.hops = hops
        self.attempts = attempts
        self.retry_after_seconds = retry_after_seconds


def retry_after_seconds(response: Response, now: datetime) -> float | None:
    """Seconds from `now` (aware) that the response asks to wait; None where it asks nothing one can read."""
    value = response.header("Retry-After")
    return None if value is None else wait_seconds(value, now)
