"""A web archive in this process that answers as a test scripts it, and a clock that moves when somebody waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx

from ingest.archives import Asker
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness

ARCHIVE = "https://web.archive.org"
BEGUN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
NAMES = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
Answered = httpx.Response | None


@dataclass
class Watch:
    """A clock in seconds that waiting moves."""

    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def clock(self) -> datetime:
        return BEGUN + timedelta(seconds=self.seconds)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds += seconds


@dataclass(frozen=True, slots=True)
class Kept:
    """One capture that the archive holds."""

    url: str
    stamp: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    digest: str = ""

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @property
    def line(self) -> list[str]:
        digest = self.digest or f"D{hash((self.url, self.body)) & 0xFFFFFFFF:X}"
        return ["key", self.stamp, self.url, "text/html", str(self.status), digest, "1"]


@dataclass
class ScriptedArchive(httpx.BaseTransport):
    """The Internet Archive's two interfaces over `kept`. `before` may answer a request; `asked` are their URLs."""

    kept: Sequence[Kept] = ()
    before: Callable[[str, int], Answered] = lambda url, times: None
    asked: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        self.asked.append(url)
        answer = self.before(url, self.asked.count(url))
        if answer is None:
            answer = self._index(request) if "/cdx" in request.url.path else self._replay(url)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))

    @property
    def searches(self) -> list[str]:
        return [url for url in self.asked if "/cdx" in url]

    def _index(self, request: httpx.Request) -> httpx.Response:
        wanted = parse_qs(request.url.query.decode())
        since, until = wanted.get("from", [""])[0], wanted["to"][0]
        rows = [each.line for each in self.kept if each.url == wanted["url"][0] and since <= each.stamp <= until]
        rows = sorted(rows, key=lambda row: row[1])[: int(wanted["limit"][0])]
        return httpx.Response(200, text=json.dumps([NAMES, *rows] if rows else []))

    def _replay(self, url: str) -> httpx.Response:
        stamp, _, original = url.partition("/web/")[2].partition("id_/")
        for each in self.kept:
            if (each.stamp, each.url) == (stamp, original):
                return memento(each)
        return httpx.Response(404, text="<html>Wayback Machine has not archived that URL</html>")


def memento(kept: Kept) -> httpx.Response:
    """A capture as the Internet Archive replays it."""
    headers = [("Memento-Datetime", format_datetime(kept.at, usegmt=True))]
    headers.append(("Link", f'<{kept.url}>; rel="original"'))
    for name, value in kept.headers:
        headers.append((name if name in ("Content-Type", "Location") else f"X-Archive-Orig-{name}", value))
    return httpx.Response(kept.status, headers=headers, content=kept.body)


def asker(archive: httpx.BaseTransport, watch: Watch) -> Asker:
    """Asks the scripted archive, whatever host it is; `watch` moves when it waits."""
    fetcher = Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: archive,
        attempts=1,
        politeness=Politeness(lambda host: HostRules(0), clock=watch.clock, sleep=watch.wait),
        monotonic=watch,
        sleep=watch.wait,
    )
    return Asker(fetcher, wait=watch.wait, monotonic=watch)
