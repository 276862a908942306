"""Fetching: one answer to one URL, whole and as it came, or an error that says why there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Self, cast

import httpx
from tenacity import RetryCallState, Retrying, stop_after_attempt

from ingest.decode import ACCEPT_ENCODING, decoded
from ingest.errands import Errand
from ingest.guard import Refused, admissible, host_of
from ingest.options import NO_OPTIONS, RequestOptions, Way
from ingest.politeness import NotNow, Politeness
from ingest.response import RANGE, Fetched, FetchFailed, Response, redirect_target, refuse_partial, retry_after_seconds
from ingest.retries import ASK_AGAIN_STATUSES, Interrupted, Stopped, backoff_seconds
from ingest.robots import RobotsRules
from ingest.transport import GuardedTransport
from ingest.wire import DEADLINE_SECONDS, IDLE_SECONDS, MAX_HEAD_BYTES, MAX_WIRE_BYTES, Allowance

TransportFor = Callable[[str], httpx.BaseTransport]
"""What carries requests to a host in the place of the guarded transport: the replica's, or a test's."""
MAX_BODY_BYTES = 50 * 1024 * 1024
NO_BODY = httpx.ByteStream(b"")

__all__ = ["FetchFailed", "Fetched", "Fetcher", "Refused", "Response", "TransportFor", "retry_after_seconds"]


class Fetcher:
    """Fetches with one transport of httpx per host. Use it as a context manager; threads may share it.

    `deadline_seconds` holds for all the network time of one `get` (hops and attempts, waits apart), `idle_seconds` for
    a single silence; `repeats` is how often anything may be asked again with it. `sleep`, `clock` (aware UTC) and
    `monotonic` (seconds) are the only clocks it knows. `politeness` says when a host may be asked; without `robots` no
    robots.txt is looked at. The transports are handed whole requests, without httpx's client around them: so no
    redirect is followed unseen, no cookie kept, and no proxy settings or credentials of the environment are used.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        transport_for: TransportFor | None = None,
        max_wire_bytes: int = MAX_WIRE_BYTES,
        max_head_bytes: int = MAX_HEAD_BYTES,
        max_body_bytes: int = MAX_BODY_BYTES,
        deadline_seconds: float = DEADLINE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        max_redirects: int = 5,
        attempts: int = 3,
        max_wait_seconds: float = 30.0,
        repeats: int = 20,
        politeness: Politeness | None = None,
        robots: RobotsRules | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._headers = (
            (b"Connection", b"keep-alive"),
            (b"User-Agent", user_agent.encode("ascii")),
            (b"Accept", b"*/*"),
            (b"Accept-Language", b"en-GB, en;q=0.8"),
            (b"Accept-Encoding", ACCEPT_ENCODING.encode("ascii")),
        )
        self._transport_for = transport_for
        self._max_wire_bytes = max_wire_bytes
        self._max_head_bytes = max_head_bytes
        self._max_body_bytes = max_body_bytes
        self._deadline_seconds = deadline_seconds
        self._idle_seconds = idle_seconds
        self._timeouts = httpx.Timeout(idle_seconds).as_dict()
        self._max_redirects = max_redirects
        self._max_wait_seconds = max_wait_seconds
        self._repeats_left = repeats
        self._clock, self._sleep = clock, sleep
        self._monotonic = monotonic
        self._politeness = politeness or Politeness(clock=clock, sleep=sleep)
        self._robots = robots
        self._attempts = attempts
        self._retrying = Retrying(
            stop=stop_after_attempt(attempts),
            retry=self._is_to_be_repeated,
            wait=self._wait_seconds,
            sleep=sleep,
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )
        self._transports: dict[tuple[str, Way], httpx.BaseTransport] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        with self._lock:
            while self._transports:
                self._transports.popitem()[1].close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        span: tuple[int, int] | None = None,
        follow: bool = True,
        options: RequestOptions = NO_OPTIONS,
    ) -> Fetched:
        """The answer to `url`, its redirects before it; validators make it conditional and 304 an answer.

        With `span` (first byte and last) it is asked for that part, and 206 is an answer. With `follow` off, a
        redirect is. `options` are what its source adds to requests.
        Raises Refused for what is never asked, FetchFailed where no whole answer came. An error status is an
        answer: 429 and 5xx are asked again and returned when they stay, or at once when Retry-After is too long.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        kept = {name: value for name, value in conditions.items() if value}
        kept |= {RANGE: f"bytes={span[0]}-{span[1]}"} if span else {}
        errand = Errand(admissible(url), kept, self._deadline_seconds, follow, options=options)
        try:
            self._retrying(self._attempt, errand)
        except (Interrupted, Stopped) as problem:
            if isinstance(problem, NotNow) and errand.answered:
                return Fetched(errand.answered, errand.attempts - 1)
            cause = errand.trouble if isinstance(problem, NotNow) and errand.trouble else problem
            raise FetchFailed(
                str(errand.url),
                str(cause),
                hops=tuple(errand.hops),
                attempts=errand.attempts,
                retry_after_seconds=getattr(problem, "seconds", errand.retry_after_seconds),
                head=errand.head,
            ) from cause
        except Refused as refusal:
            refusal.hops = tuple(errand.hops)
            raise
        return Fetched(tuple(errand.hops), errand.attempts)

    def _is_to_be_repeated(self, state: RetryCallState) -> bool:
        return self._may_pass(state) and self._takes_a_repeat(state.attempt_number)

    def _takes_a_repeat(self, attempts_made: int) -> bool:
        """Whether one more repeat is left for all that is asked with this fetcher; it is used up then."""
        if attempts_made >= self._attempts:
            return True
        with self._lock:
            self._repeats_left -= 1
            return self._repeats_left >= 0

    def _may_pass(self, state: RetryCallState) -> bool:
        """Whether what went wrong may be better when it is asked again."""
        outcome, errand = state.outcome, cast(Errand, state.args[0])
        if outcome is None or outcome.failed:
            return outcome is not None and isinstance(outcome.exception(), Interrupted)
        if outcome.result().status not in ASK_AGAIN_STATUSES or errand.seconds_left <= 0:
            return False
        return (errand.retry_after_seconds or 0.0) <= self._max_wait_seconds

    def _wait_seconds(self, state: RetryCallState) -> float:
        asked = cast(Errand, state.args[0]).retry_after_seconds
        if asked is not None and not (state.outcome and state.outcome.failed):
            return asked
        return backoff_seconds(state.attempt_number, self._max_wait_seconds)

    def _attempt(self, errand: Errand) -> Response:
        try:
            return self._follow(errand)
        except Interrupted as problem:
            errand.trouble = problem
            raise

    def _follow(self, errand: Errand) -> Response:
        """One attempt: the first request with its conditions, then every redirect without."""
        errand.begin_again()
        url, conditions = errand.url, errand.conditions
        seen = {str(url)}
        while True:
            if self._robots is not None and errand.obeys_robots:
                self._robots.permit(url, partial(self._ask_robots, errand.options.way), self._sleep)
            response = self._exchange(url, conditions, errand)
            errand.hops.append(response)
            target = redirect_target(url, response) if errand.follow else None
            if target is None:
                errand.retry_after_seconds = retry_after_seconds(response, self._clock())
                errand.is_answered = True
                return response
            if str(target) in seen:
                raise Stopped(f"redirected in a circle to {target}, expected an answer")
            if len(errand.hops) > self._max_redirects:
                raise Stopped(f"more than {self._max_redirects} redirects, expected an answer")
            seen.add(str(target))
            url, conditions = target, {}

    def _ask_robots(self, way: Way, url: httpx.URL, conditions: Mapping[str, str]) -> Response:
        """A robots.txt, wherever it is redirected to; asked once, as an errand of its own, by the way of the other."""
        options = RequestOptions(way=way)
        return self._follow(Errand(url, conditions, self._deadline_seconds, obeys_robots=False, options=options))

    def _exchange(self, url: httpx.URL, conditions: Mapping[str, str], errand: Errand) -> Response:
        """One request and its whole response; its time is taken off the errand's."""
        with self._politeness.turn(host_of(url), self._sleep) as outcome:
            started = self._monotonic()
            allowance = Allowance(
                started + errand.seconds_left,
                self._idle_seconds,
                self._max_wire_bytes,
                self._monotonic,
                self._max_head_bytes,
            )
            try:
                response = self._whole_response(url, conditions, allowance, errand, started)
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.ProxyError) as problem:
                raise Stopped(f"{type(problem).__name__}, expected a request that can be sent") from problem
            except httpx.TransportError as problem:
                if errand.options.way.proxy is None:
                    outcome.note_failure(_named(problem))
                raise Interrupted(f"{_named(problem)}, expected a complete answer") from problem
            except Interrupted as problem:
                outcome.note_failure(str(problem))
                raise
            finally:
                errand.seconds_left -= self._monotonic() - started
            is_archived = response.header("Memento-Datetime") is not None
            outcome.note_answer(200 if is_archived else response.status, retry_after_seconds(response, self._clock()))
        refuse_partial(response, conditions)
        return response

    def _whole_response(
        self, url: httpx.URL, conditions: Mapping[str, str], allowance: Allowance, errand: Errand, started: float
    ) -> Response:
        request = self._request(url, conditions, allowance, errand)
        with closing(self._transport(host_of(url), errand.options.way).handle_request(request)) as answer:
            fetched_at = self._clock()
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
            coding = answer.headers.get("Content-Encoding", "")
            errand.head = Response(str(url), fetched_at, answer.status_code, headers, b"", answer.http_version, 0.0)
            body = decoded(self._metered(answer, allowance), coding, self._max_body_bytes)
            return replace(errand.head, body=body, elapsed_seconds=self._monotonic() - started)

    def _request(
        self, url: httpx.URL, conditions: Mapping[str, str], allowance: Allowance, errand: Errand
    ) -> httpx.Request:
        """A GET without a body; the timeouts are for transports that do not know of allowances."""
        stated = [(name.encode("ascii"), value.encode("latin-1")) for name, value in conditions.items()]
        added = list(errand.options.lines_for(url))
        taken = {name.lower() for name, _ in added} | ({b"connection"} if errand.options.way.http2 else set())
        own = [(name, value) for name, value in self._headers if name.lower() not in taken]
        headers = [(b"Host", url.netloc), *own, *stated, *added]
        extensions = {"allowance": allowance, "timeout": self._timeouts}
        return httpx.Request("GET", url, headers=headers, stream=NO_BODY, extensions=extensions)

    def _metered(self, answer: httpx.Response, allowance: Allowance) -> Iterator[bytes]:
        """The body's pieces as they come; the cap and the deadline hold whatever the transport does."""
        stated = answer.headers.get("Content-Length", "")
        cap = f"expected at most {self._max_wire_bytes}"
        if stated.isdecimal() and len(stated) < 20 and int(stated) > self._max_wire_bytes and answer.status_code != 304:
            raise Stopped(f"{stated} bytes stated, {cap}")
        received = 0
        for piece in cast(Iterable[bytes], answer.stream):
            allowance.seconds()
            received += len(piece)
            if received > self._max_wire_bytes:
                raise Stopped(f"more than {self._max_wire_bytes} bytes received, {cap}")
            yield piece

    def _transport(self, host: str, way: Way) -> httpx.BaseTransport:
        with self._lock:
            if (host, way) not in self._transports:
                made = self._transport_for(host) if self._transport_for else GuardedTransport(way=way)
                self._transports[host, way] = made
            return self._transports[host, way]


def _named(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
