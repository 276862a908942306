"""How hosts are asked: few connections, pauses between requests, and left alone when they fail.

Every request is a turn at its host. Turns, pauses and failures of a host are common to all sources, threads and
processes of an archive, and outlast them.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from archive.hosts import HostState, changing_host
from archive.leases import owner_here
from archive.store import Archive
from ingest.retries import Stopped

JITTER = 0.25
"""A pause is up to this share longer than it has to be."""
FAILURES_TO_CLOSE = 5
"""So many requests in a row have failed when a host is left alone."""
FIRST_CLOSED = timedelta(minutes=5)
LONGEST_CLOSED = timedelta(hours=24)
FAILING = frozenset({401, 403, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526})
"""Answers that say the host is unwell, or does not want us; the 52x are those of a content network in front of it."""
TELLING = frozenset({429, 503})
"""Answers whose Retry-After says when the host may be asked again (RFC 6585, 4; RFC 9110, 15.6.4)."""
MOST_PAUSE_SECONDS = 3600.0
"""The most that a host's own rules may ask for between two requests."""
MOST_WAIT_SECONDS = 120.0
"""A pause that is longer than this is not waited for: what is to be asked is asked in a later run."""
LOOK_AGAIN_SECONDS = 0.5
"""How often it is looked whether another process has ended its request."""
TURN_SLACK = timedelta(seconds=60)
"""A turn is another's only when its request could not go on any more by this much."""


@dataclass(frozen=True, slots=True)
class HostRules:
    """How a host may be asked."""

    delay_seconds: float = 2.0
    connections: int = 1
    obeys_robots: bool = True


class NotNow(Stopped):
    """What may be asked later, and not before `seconds` have passed; that is no failure of what was to be asked."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Unwell(NotNow):
    """The same of a host that fails: a listing there cannot be had, and its source fails with it."""


def _closed(host: str, until: datetime, seconds: float, state: HostState) -> NotNow:
    failed = f"{state.failures} failures in a row, the last: {state.last_error}"
    why = failed if state.failures else "it asked for that"
    kind = Unwell if state.failures >= FAILURES_TO_CLOSE else NotNow
    return kind(f"{host} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC ({why}), expected that time", seconds)


class Ledger(Protocol):
    """Where the states of hosts are kept."""

    owner: str

    def changing(self, host: str, now: datetime) -> AbstractContextManager[HostState]:
        """The state of a host, nobody else's until the block ends."""


class OwnLedger:
    """States of hosts that this process alone asks."""

    owner = "this process"

    def __init__(self) -> None:
        self._states: dict[str, HostState] = {}
        self._lock = threading.Lock()

    @contextmanager
    def changing(self, host: str, now: datetime) -> Iterator[HostState]:
        with self._lock:
            yield self._states.setdefault(host, HostState(now))


class SharedLedger:
    """States of hosts in the archive, for all processes that work on it, on whichever machine."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.owner = owner_here()

    @contextmanager
    def changing(self, host: str, now: datetime) -> Iterator[HostState]:
        with self._archive.writing() as session, changing_host(session, host, now) as state:
            yield state


class Outcome:
    """What came of one request to a host is told here."""

    def __init__(self) -> None:
        self.failure: str | None = None
        self.told_seconds = 0.0
        self.answered = False

    def note_answer(self, status: int, retry_after_seconds: float | None) -> None:
        """An answer came. One that says the host is unwell counts as a failure; the time it asks for is kept to."""
        self.answered = status not in FAILING
        self.failure = f"status {status}" if status in FAILING else None
        self.told_seconds = (retry_after_seconds or 0.0) if status in TELLING else 0.0

    def note_failure(self, reason: str) -> None:
        """No whole answer came."""
        self.failure = reason


class Politeness:
    """Gives turns at hosts. Threads may share it, and those of one process ought to.

    `rules_for` says how a host may be asked; what its own rules (robots.txt) ask for is told by `keep_apart`.
    `max_wait_seconds` is how long a turn may wait for a host that is left alone.
    """

    def __init__(
        self,
        rules_for: Callable[[str], HostRules] = lambda host: HostRules(),
        ledger: Ledger | None = None,
        *,
        max_wait_seconds: float = 30.0,
        longest_turn_seconds: float = 60.0,
        jitter: float = JITTER,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rules_for = rules_for
        self._ledger = ledger or OwnLedger()
        self._max_wait_seconds = max_wait_seconds
        self._longest_turn = timedelta(seconds=longest_turn_seconds) + TURN_SLACK
        self._jitter = jitter
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._here: dict[str, threading.Semaphore] = {}
        self._asked_pauses: dict[str, dict[str, float]] = defaultdict(dict)

    def keep_apart(self, host: str, origin: str, seconds: float) -> None:
        """What the rules of one of the host's origins ask for between two requests; a longer delay of ours stays."""
        self._asked_pauses[host][origin] = min(seconds, MOST_PAUSE_SECONDS) if seconds > 0 else 0.0

    @contextmanager
    def turn(
        self, host: str, sleep: Callable[[float], None] | None = None, rules: HostRules | None = None
    ) -> Iterator[Outcome]:
        """Waits until `host` may be asked; the pause to the next request runs from the end of this one.

        `sleep` may raise to end the waiting; `rules` stand in the place of the host's. Raises NotNow where the host is
        not to be asked for too long.
        """
        rules = rules or self.rules_for(host)
        with self._lock:
            here = self._here.setdefault(host, threading.Semaphore(rules.connections))
        with here:
            slot, closed = self._take(host, rules, sleep or self._sleep)
            outcome = Outcome()
            try:
                yield outcome
            finally:
                self._end(host, slot, closed, rules, outcome)

    def _pause(self, host: str, rules: HostRules) -> timedelta:
        return self._longest_pause(host, rules) * (random.uniform(1, 1 + self._jitter) / (1 + self._jitter))

    def _longest_pause(self, host: str, rules: HostRules) -> timedelta:
        asked = max(self._asked_pauses[host].values(), default=0.0)
        return timedelta(seconds=max(rules.delay_seconds, asked)) * (1 + self._jitter)

    def _take(self, host: str, rules: HostRules, sleep: Callable[[float], None]) -> tuple[int, datetime | None]:
        """The slot of a turn, when one is free, and until when the host is closed to others by this very turn."""
        stands_still = False
        while True:
            now = self._clock()
            with self._ledger.changing(host, now) as state:
                self._set_right(host, state, now, rules)
                refusal = self._refusal(host, state, now)
                wait = 0.0 if stands_still else _wait_seconds(state, now)
                free = (each for each in range(rules.connections) if each not in state.turns)
                slot = next(free, None) if wait <= 0 and refusal is None else None
                if slot is not None:
                    state.turns[slot] = (self._ledger.owner, now + self._longest_turn)
                    state.free_at = now + self._pause(host, rules)
                    if state.closed_until is not None:
                        state.closed_until = now + self._longest_turn
                    return slot, state.closed_until
            if refusal is not None:
                raise refusal
            sleep(wait if wait > 0 else LOOK_AGAIN_SECONDS)
            stands_still = self._clock() <= now

    def _set_right(self, host: str, state: HostState, now: datetime, rules: HostRules) -> None:
        """No time lies further ahead than we ever put one: such a one is of a clock that was ahead, or was set back."""
        state.free_at = min(state.free_at, now + self._longest_pause(host, rules))
        if state.closed_until is not None:
            state.closed_until = min(state.closed_until, now + LONGEST_CLOSED)
        for slot, (owner, until) in state.turns.items():
            state.turns[slot] = (owner, min(until, now + self._longest_turn))

    def _refusal(self, host: str, state: HostState, now: datetime) -> NotNow | None:
        """Why the host is not to be asked for longer than anybody waits."""
        closed = (state.closed_until - now).total_seconds() if state.closed_until else 0.0
        if state.closed_until and closed > self._max_wait_seconds:
            return _closed(host, state.closed_until, closed, state)
        paused = (state.free_at - now).total_seconds()
        if paused > MOST_WAIT_SECONDS:
            return NotNow(f"{host} is to be asked at {state.free_at:%Y-%m-%d %H:%M:%S} UTC, expected that time", paused)
        return None

    def _end(self, host: str, slot: int, closed: datetime | None, rules: HostRules, outcome: Outcome) -> None:
        """What another turn has closed the host for stays closed, whatever came of this one."""
        now = self._clock()
        with self._ledger.changing(host, now) as state:
            if state.turns.get(slot, ("",))[0] == self._ledger.owner:
                del state.turns[slot]
            state.free_at = now + self._pause(host, rules)
            state.closed_until = None if state.closed_until == closed else state.closed_until
            if outcome.failure is not None:
                state.failures, state.last_error = state.failures + 1, outcome.failure
                state.closed_until = _closed_until(state.failures, now) or state.closed_until
            elif outcome.answered:
                state.failures, state.last_error = 0, None
            if outcome.told_seconds > 0:
                told = now + min(timedelta(seconds=outcome.told_seconds), LONGEST_CLOSED)
                state.closed_until = max(told, state.closed_until or told)


def _wait_seconds(state: HostState, now: datetime) -> float:
    """Until the host may be asked."""
    return (max(state.free_at, state.closed_until or state.free_at) - now).total_seconds()


def at_once() -> Politeness:
    """For hosts of this very machine: one request after the other, without a pause."""
    return Politeness(lambda host: HostRules(delay_seconds=0))


def _closed_until(failures: int, now: datetime) -> datetime | None:
    """Until when a host is left alone after so many failures in a row: 5 minutes, then twice as long each time."""
    if failures < FAILURES_TO_CLOSE:
        return None
    doublings = min(failures - FAILURES_TO_CLOSE, 20)
    return now + min(FIRST_CLOSED * (1 << doublings), LONGEST_CLOSED)
