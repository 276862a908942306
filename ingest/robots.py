"""What a host's robots.txt lets us ask, how often and when (RFC 9309; crawl-delay, request-rate and visit-time)."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Protocol

import httpx
from protego import Protego

from archive.hosts import Robots, keep_robots, robots_of
from archive.store import Archive
from ingest.guard import Refused, host_of
from ingest.options import origin_of
from ingest.politeness import HostRules, NotNow, Politeness, Unwell
from ingest.response import FetchFailed, Response
from ingest.retries import Interrupted, Stopped
from parsers.blocked import blocked

PRODUCT = "bulletins"
"""Our product token, by which a robots.txt names us."""
MAX_ROBOTS_BYTES = 500 * 1024
"""What is read of a robots.txt (RFC 9309, 2.5)."""
LONGEST_GOOD = timedelta(hours=24)
"""How long a robots.txt is used without asking again (RFC 9309, 2.4)."""
SHORTEST_GOOD = timedelta(hours=1)
ASKED_IN_A_ROW, ASKED_AGAIN_AFTER = 3, timedelta(minutes=5)
"""How often one that cannot be had is asked for in a row, and the pause after that."""
ALONE = HostRules(delay_seconds=0, connections=1)
"""How a robots.txt is asked for: by one at a time."""
USED_WHILE_UNREACHABLE = timedelta(days=30)
MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)

Ask = Callable[[httpx.URL, Mapping[str, str]], Response]
"""Asks an address with these conditions and gives the answer; raises Interrupted, Stopped or Refused."""


class Disallowed(Refused):
    """An address that the host's robots.txt keeps us from, for `seconds` at least: then it is asked for anew."""

    def __init__(self, url: str, reason: str, seconds: float) -> None:
        super().__init__(url, reason)
        self.seconds = seconds


class RobotsKept(Protocol):
    """Where robots.txt files are kept."""

    def get(self, origin: str) -> Robots | None: ...

    def keep(self, origin: str, robots: Robots) -> None: ...


class RobotsHere(dict[str, Robots]):
    """Robots.txt files that are kept while this process lives."""

    def keep(self, origin: str, robots: Robots) -> None:
        self[origin] = robots


class RobotsInArchive:
    """Robots.txt files in the archive, for all its processes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def get(self, origin: str) -> Robots | None:
        with self._archive.reading() as session:
            return robots_of(session, origin)

    def keep(self, origin: str, robots: Robots) -> None:
        with self._archive.writing() as session:
            keep_robots(session, origin, robots)


class RobotsRules:
    """Says of each address whether it may be asked now, and tells `politeness` what pauses a host asks for."""

    def __init__(self, kept: RobotsKept, politeness: Politeness, clock: Callable[[], datetime]) -> None:
        self.politeness = politeness
        self._kept, self._clock = kept, clock
        self._known: dict[str, Robots] = {}
        self._unreachable: dict[str, tuple[int, datetime]] = {}
        """How often in a row the robots.txt of an origin could not be had, and when last."""
        self._asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def permit(self, url: httpx.URL, ask: Ask, sleep: Callable[[float], None]) -> None:
        """Returns where the address may be asked now; `sleep` waits for another who asks for the robots.txt just now.

        Raises Disallowed where it may not, NotNow outside the host's visiting hours, and what asking for the
        robots.txt raised: a host that does not give it is not asked anything (RFC 9309, 2.3.1.4).
        """
        rules = self.politeness.rules_for(host_of(url))
        if not rules.obeys_robots or url.path == "/robots.txt":
            return
        with self._one_at_a_time(url):
            robots = self._current(url, ask, sleep)
        if robots.text is None:
            return
        parsed = _parsed(robots.text)
        if not parsed.can_fetch(str(url), PRODUCT):
            where = f"{origin_of(url)}/robots.txt"
            reason = f"{where} disallows it for {PRODUCT!r}, expected an address it allows"
            raise Disallowed(str(url), reason, (robots.good_until - self._clock()).total_seconds())
        now = self._keep_apart(url, parsed)
        visits = parsed.visit_time(PRODUCT)
        if visits is not None:
            _keep_hours(url, visits.start_time, visits.end_time, now)

    def _one_at_a_time(self, url: httpx.URL) -> threading.Lock:
        """Held by the one who asks: many sources of a host that start together ask for its robots.txt once."""
        with self._lock:
            return self._asking[origin_of(url)]

    def _keep_apart(self, url: httpx.URL, parsed: Protego) -> datetime:
        """Has the pause kept that it asks for now; gives that time."""
        now = self._clock()
        self.politeness.keep_apart(host_of(url), origin_of(url), _pause_seconds(parsed, now))
        return now

    def _current(self, url: httpx.URL, ask: Ask, sleep: Callable[[float], None]) -> Robots:
        """The robots.txt of an origin; of all processes that want it at once, one asks and the others wait for that."""
        origin = origin_of(url)
        known = self._good(self._known.get(origin)) or self._good(self._kept.get(origin))
        if known is None:
            with self.politeness.turn(f"{origin}/robots.txt", sleep, ALONE):
                before = self._kept.get(origin)
                known = self._good(before) or self._asked(url, before, ask)
                self._kept.keep(origin, known)
        self._known[origin] = known
        return known

    def _good(self, known: Robots | None) -> Robots | None:
        """One that may be used without asking again; one from the future was had by a clock that was set back."""
        return known if known is not None and known.asked_at <= self._clock() < known.good_until else None

    def _asked(self, url: httpx.URL, known: Robots | None, ask: Ask) -> Robots:
        now = self._clock()
        self._leave_alone(origin_of(url), now)
        if known is not None and known.text is not None:
            self._keep_apart(url, _parsed(known.text))
        place = url.copy_with(raw_path=b"/robots.txt")
        try:
            answer = ask(place, _conditions(known))
            if answer.status == 304 and known is not None:
                return replace(known, asked_at=now, good_until=now + _good_for(answer), had_at=now)
            _refuse_unreachable(answer)
        except NotNow:
            raise
        except (Interrupted, Stopped, FetchFailed, Refused):
            if known is None or known.had_at is None or now - known.had_at > USED_WHILE_UNREACHABLE:
                self._unreachable[origin_of(url)] = (self._unreachable.get(origin_of(url), (0, now))[0] + 1, now)
                raise
            return replace(known, asked_at=now, good_until=now + SHORTEST_GOOD)
        self._unreachable.pop(origin_of(url), None)
        text = _text(answer.body) if answer.status == 200 else None
        return Robots(now, now + _good_for(answer), now, answer.status, answer.headers, text)

    def _leave_alone(self, origin: str, now: datetime) -> None:
        """Raises Unwell where the robots.txt could not be had a while ago, as often as one request is repeated."""
        failures, at = self._unreachable.get(origin, (0, now))
        left = (ASKED_AGAIN_AFTER - (now - at)).total_seconds()
        if failures >= ASKED_IN_A_ROW and 0 < left <= ASKED_AGAIN_AFTER.total_seconds():
            raise Unwell(f"{origin}/robots.txt could not be had, expected that before anything else is asked", left)


def _refuse_unreachable(answer: Response) -> None:
    """Raises Interrupted for an answer that is no robots.txt and does not say either that there is none."""
    if answer.status == 429 or answer.status >= 500 or 300 <= answer.status < 400:
        raise Interrupted(f"{answer.url}: status {answer.status}, expected a robots.txt or that there is none")
    page = answer.body[:MAX_ROBOTS_BYTES].lstrip()
    found = blocked(page.decode("utf-8", errors="replace")) if page.startswith(b"<") else None
    if found:
        raise Interrupted(f"{answer.url}: {found}, expected a robots.txt or that there is none")


def _conditions(known: Robots | None) -> dict[str, str]:
    """The validators of the robots.txt that is known, where it has a text that 304 could stand for."""
    if known is None or known.text is None:
        return {}
    stated = {name.lower(): value for name, value in known.headers}
    names = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {condition: stated[name] for condition, name in names if name in stated}


def _good_for(answer: Response) -> timedelta:
    stated = MAX_AGE.search(answer.header("Cache-Control") or "")
    asked = timedelta(seconds=int(stated[1])) if stated else LONGEST_GOOD
    return min(max(asked, SHORTEST_GOOD), LONGEST_GOOD)


def _text(body: bytes) -> str:
    return body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")


@lru_cache(maxsize=256)
def _parsed(text: str) -> Protego:
    return Protego.parse(text)


def _pause_seconds(parsed: Protego, now: datetime) -> float:
    """The longest pause that it asks for between two requests; a rate holds in its hours (UTC)."""
    rate = parsed.request_rate(PRODUCT)
    asked = parsed.crawl_delay(PRODUCT) or 0.0
    if rate is None or not rate.requests or not _is_within(rate.start_time, rate.end_time, now):
        return asked
    return max(asked, rate.seconds / rate.requests)


def _is_within(start: time | None, end: time | None, now: datetime) -> bool:
    if start is None or end is None:
        return True
    at = now.time()
    return start <= at <= end if start <= end else at >= start or at <= end


def _keep_hours(url: httpx.URL, start: time, end: time, now: datetime) -> None:
    if _is_within(start, end, now):
        return
    opens = datetime.combine(now.date(), start, now.tzinfo)
    opens += timedelta(days=1) if opens <= now else timedelta()
    hours = f"{start:%H:%M} to {end:%H:%M} UTC"
    reason = f"{origin_of(url)}/robots.txt lets us come from {hours}, expected that time"
    raise NotNow(reason, (opens - now).total_seconds())
