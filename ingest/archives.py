"""Asking web archives with the manners that they ask for: few searches a minute, one at a time, long waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from ingest.fetch import Fetcher, FetchFailed, Refused, Response, retry_after_seconds
from ingest.holdings import Away
from ingest.retries import Overdue, Stopped

SEARCHES_A_MINUTE = 24
WAITS_SECONDS = (60.0, 300.0, 900.0)
"""How long an archive is left alone when it asks for that, or breaks off, until the walk stops."""
LONGEST_WAIT_SECONDS = 3_600.0
MOST_BREAKS = 3
"""How often an answer may break off before its archive is taken for not having it whole."""
OVERLOADED = frozenset({429, 503})
IN_TROUBLE = frozenset({500, 502, 504})


class Broken(Exception):
    """An answer that began and does not come whole, while its archive answers: the message says why."""


class Asker:
    """Asks one archive through a guarded fetcher; `wait` takes seconds and may return early to stop.

    The fetcher must make one attempt and follow nothing: what is asked again, and when, is decided here.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        say: Callable[[str], None] = lambda line: None,
        wait: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._fetcher, self._say, self._wait = fetcher, say, wait
        self._monotonic, self._is_stopped = monotonic, is_stopped
        self._next_search = monotonic()

    def search(self, url: str) -> Response:
        """The answer of an index, no sooner after the last search than is polite. Raises Away and Refused."""
        pause = self._next_search - self._monotonic()
        if pause > 0:
            self._wait(pause)
        answer = self.ask(url)
        self._next_search = self._monotonic() + 60 / SEARCHES_A_MINUTE
        return answer

    def ask(
        self, url: str, span: tuple[int, int] | None = None, is_final: Callable[[Response], bool] = lambda answer: False
    ) -> Response:
        """One answer. An archive that is overloaded or breaks off is left alone and asked again, then is Away.

        `is_final` tells an answer that stands for itself, whatever its status. Raises Away, Broken, and Refused for
        what is never asked.
        """
        problem, breaks = "", 0
        for pause in (*WAITS_SECONDS, None):
            answer: Response | None = None
            try:
                answer = self._fetcher.get(url, span=span, follow=False).answer
                if is_final(answer) or answer.status not in OVERLOADED | IN_TROUBLE:
                    return answer
                problem = f"{url}: status {answer.status}"
            except FetchFailed as failure:
                problem = str(failure)
                breaks += _is_broken(failure, is_final)
                if breaks and (breaks == MOST_BREAKS or _stays_so(failure)):
                    raise Broken(problem) from failure
            if pause is None or self._is_stopped():
                break
            told = retry_after_seconds(answer, datetime.now(UTC)) if answer is not None else None
            self._leave_alone(problem, max(pause, told or 0.0))
        if answer is not None and answer.status in IN_TROUBLE:
            return answer
        raise Away(f"{problem}, expected the archive to answer after {sum(WAITS_SECONDS) / 60:.0f} minutes of waiting")

    def _leave_alone(self, problem: str, seconds: float) -> None:
        if seconds > LONGEST_WAIT_SECONDS:
            raise Away(f"{problem}, and asks to be left alone for {seconds / 3600:.1f} hours")
        self._say(f"{problem}: asking again in {seconds:.0f} s")
        self._wait(seconds)


def _is_broken(failure: FetchFailed, is_final: Callable[[Response], bool]) -> bool:
    """Whether it was what was asked for that began, not a word of an archive in trouble."""
    head = failure.head
    return head is not None and (is_final(head) or head.status not in OVERLOADED | IN_TROUBLE)


def _stays_so(failure: FetchFailed) -> bool:
    """Whether another try would come to the same: it is too large, or coded in a way that we do not read."""
    return isinstance(failure.__cause__, Stopped) and not isinstance(failure.__cause__, Overdue)


__all__ = ["Asker", "Broken", "Refused", "Response"]
