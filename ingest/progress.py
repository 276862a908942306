"""How far a walk has come, said now and then: rows of rows, rate, and about how long the rest takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from archive.history import Plan, count_rows
from archive.store import Archive

T = TypeVar("T")
EVERY = timedelta(seconds=10)


class Surroundings(Protocol):
    """What a walk looks at: our clock, whether to stop, and whom to tell."""

    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def stop(self) -> threading.Event: ...
    @property
    def say(self) -> Callable[[str], None]: ...


class Progress:
    """Says where a walk stands, at most every ten seconds."""

    def __init__(self, archive: Archive, plan: Plan, tools: Surroundings, *, tells_searches: bool = True) -> None:
        self._archive, self._plan, self._tools = archive, plan, tools
        self._tells_searches = tells_searches
        self._began = self._said = tools.clock()
        self._taken = 0

    def searched(self, url: str, found: int) -> None:
        """An address was searched for."""
        if self._tells_searches:
            self._tools.say(f"{self._plan.source}: {found} captures of {url}")

    def taken(self, rows: int = 1) -> None:
        """So many rows were taken."""
        self._taken += rows
        now = self._tools.clock()
        if now - self._said >= EVERY:
            self._said = now
            self._tools.say(self.line(now))

    def line(self, now: datetime) -> str:
        """Where the walk stands at that moment."""
        with self._archive.reading() as session:
            counts = count_rows(session, self._plan)
        waiting, of_all = counts.get("waiting", 0), sum(counts.values())
        rate = self._taken / max((now - self._began).total_seconds(), 1e-3)
        left = f"{timedelta(seconds=round(waiting / rate))} left" if rate else "no telling how long"
        return f"{self._plan.source}: {of_all - waiting} of {of_all} captures, {rate:.1f} a second, about {left}"


def counted(things: Iterable[T], of_all: int, what: str, say: Callable[[str], None]) -> Iterator[T]:
    """The things one after the other; says how many there were so far, at most every ten seconds."""
    said = time.monotonic()
    for count, each in enumerate(things):
        if time.monotonic() - said >= EVERY.total_seconds():
            said = time.monotonic()
            say(f"{what}: {count} of {of_all}")
        yield each
