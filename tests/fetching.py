"""A Fetcher whose hosts are scripted servers and whose clock is the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ingest.fetch import Fetcher, FetchFailed, Response
from ingest.politeness import HostRules, Politeness
from ingest.robots import RobotsHere, RobotsRules
from ingest.transport import GuardedTransport
from tests.servers import Answer, Script, Server, loopback, serving

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PAGE = b"<html><body><h3>02/03/2026 - CSSC London Green Message - Bridge works</h3></body></html>"


class Watch:
    """A clock that only moves when it is told to, or by `tick_seconds` at every look."""

    def __init__(self, tick_seconds: float = 0.0) -> None:
        self.seconds = 0.0
        self.tick_seconds = tick_seconds
        self.slept: list[float] = []

    def monotonic(self) -> float:
        self.seconds += self.tick_seconds
        return self.seconds

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@contextmanager
def fetching(script: Script, watch: Watch | None = None, **settings: Any) -> Iterator[tuple[Fetcher, Server, Watch]]:
    """A fetcher for which every `*.test` host is the scripted server; all other hosts are guarded as ever."""
    watch = watch or Watch()
    ledger, connections = settings.pop("ledger", None), settings.pop("connections", 1)
    obeys = settings.pop("obeys_robots", False)
    rules = HostRules(settings.pop("delay_seconds", 0), connections)
    politeness = Politeness(lambda host: rules, ledger, jitter=0, clock=watch.clock, sleep=watch.sleep)
    kept = settings.pop("kept", RobotsHere())
    robots = RobotsRules(kept, politeness, watch.clock) if obeys else None
    robots = settings.pop("rules", robots)
    with serving(script) as server:

        def transport_for(host: str) -> httpx.BaseTransport:
            return loopback(server.port) if host.endswith(".test") else GuardedTransport()

        with Fetcher(
            user_agent="bulletins/0.1 (+desk@example.org)",
            transport_for=transport_for,
            clock=watch.clock,
            monotonic=watch.monotonic,
            sleep=watch.sleep,
            politeness=politeness,
            robots=robots,
            **settings,
        ) as fetcher:
            yield fetcher, server, watch


def failure_in(fetcher: Fetcher, url: str, **conditions: Any) -> FetchFailed:
    with pytest.raises(FetchFailed) as failure:
        fetcher.get(url, **conditions)
    return failure.value


def failure_of(script: Script, **settings: Any) -> tuple[FetchFailed, list[str]]:
    with fetching(script, **settings) as (fetcher, server, _watch):
        return failure_in(fetcher, server.url()), server.paths()


def answer_to(answer: Answer, **settings: Any) -> Response:
    with fetching({"/": answer}, **settings) as (fetcher, server, _watch):
        return fetcher.get(server.url()).answer
