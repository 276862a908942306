"""Manners as a publisher's own log shows them: a scheduler with several sources on one host, and two processes."""

from __future__ import annotations

import copy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from archive.store import Archive
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness, SharedLedger
from ingest.robots import RobotsInArchive, RobotsRules
from ingest.tools import Tools, utc_now
from parsers.source import Source
from replica.answers import Answer as Shown
from replica.answers import digest
from replica.messages import messages
from replica.page import page_of
from scheduler import Scheduler
from tests.lifecycle.world import PlainReader, opened
from tests.servers import Answer, Server, loopback, serving
from tests.upstreams.stage import HOST, USER_AGENT, moved_here, sent

PATHS = ("/north", "/east", "/south", "/west")
PAGE = page_of(list(messages().values())[:6])
PAUSE_SECONDS, SLACK_SECONDS = 0.1, 0.005
ROUNDS = 2


@dataclass
class Line:
    """One line of the log: what was asked with which headers, on which connection, from when to when."""

    path: str
    headers: dict[str, str]
    connection: int
    begun: float
    ended: float = 0.0


@dataclass
class Log:
    """What a publisher sees of us."""

    server: Server | None = None
    robots: bytes = b"User-agent: *\nDisallow: /west\n"
    lines: list[Line] = field(default_factory=list)

    def otherwise(self, path: str) -> Answer:
        asked = self.server.asked[-1] if self.server else None
        headers = {name.lower(): value for name, value in asked.headers.items()} if asked else {}
        line = Line(path, headers, asked.connection if asked else 0, time.monotonic())
        self.lines.append(line)
        shown = Shown(200, "text/html; charset=utf-8", PAGE, f'W/"{digest(path.encode())}"')
        if path == "/robots.txt":
            shown = Shown(200, "text/plain", self.robots)

        def answer(connection: socket.socket) -> None:
            time.sleep(0.02)
            line.ended = time.monotonic()
            connection.sendall(sent(shown.not_modified() if shown.unchanged_since(headers) else shown))

        return answer

    @property
    def pages(self) -> list[Line]:
        return [line for line in self.lines if line.path != "/robots.txt"]

    def pauses(self) -> list[float]:
        """Seconds from the end of each request to the begin of the next one; negative where they overlap."""
        in_order = sorted(self.lines, key=lambda line: line.begun)
        return [later.begun - line.ended for line, later in pairwise(in_order)]


@contextmanager
def publisher(**how: bytes) -> Iterator[Log]:
    log = Log(**how)  # type: ignore[arg-type]
    with serving({}, otherwise=log.otherwise) as server:
        log.server = server
        yield log


def source(path: str) -> Source:
    made = copy.copy(moved_here("bsia-cssc", path))
    vars(made).update(slug=path.strip("/"), every_minutes=1 / 60)
    return made


def rules(archive: Archive) -> RobotsRules:
    """Those of one process."""
    politeness = Politeness(lambda host: HostRules(PAUSE_SECONDS), SharedLedger(archive), jitter=0)
    return RobotsRules(RobotsInArchive(archive), politeness, utc_now)


@contextmanager
def tools(port: int, shared: RobotsRules, stop: threading.Event) -> Iterator[Tools]:
    with Fetcher(
        user_agent=USER_AGENT,
        transport_for=lambda host: loopback(port),
        politeness=shared.politeness,
        robots=shared,
        attempts=1,
    ) as fetcher:
        yield Tools(fetcher, PlainReader(), stop=stop)


def poll_all(archive: Archive, port: int, paths: tuple[str, ...], until: float, most: int) -> None:
    """A scheduler over these sources, until each was asked so often that `most` runs are behind it."""
    told: list[str] = []
    shared = rules(archive)
    scheduler = Scheduler(
        archive,
        [source(path) for path in paths],
        lambda stop: tools(port, shared, stop),
        clock=utc_now,
        say=told.append,
        tick_seconds=0.05,
        with_ended=True,
    )
    scheduler.start()
    while len([line for line in told if "entries" in line]) < most and time.monotonic() < until:
        time.sleep(0.02)
    scheduler.stop(20)


def expect_manners(log: Log) -> None:
    """One request at a time with a pause between, who we are, robots.txt first and once, then conditions."""
    assert min(log.pauses()) >= PAUSE_SECONDS - SLACK_SECONDS
    assert log.lines[0].path == "/robots.txt"
    assert len(log.lines) - len(log.pages) == 1
    assert {line.headers["user-agent"] for line in log.lines} == {USER_AGENT}
    assert {line.headers["host"] for line in log.lines} == {HOST}
    for path in PATHS[:3]:
        first, *later = (line for line in log.pages if line.path == path)
        assert "if-none-match" not in first.headers
        assert later
        assert {line.headers["if-none-match"] for line in later} == {f'W/"{digest(path.encode())}"'}
    assert "/west" not in [line.path for line in log.lines]


def test_four_sources_of_one_host_ask_as_one(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive, publisher() as log:
        port = log.server.port if log.server else 0
        poll_all(archive, port, PATHS, time.monotonic() + 12, most=ROUNDS * len(PATHS) + 4)
        expect_manners(log)


def test_a_host_that_asks_for_a_longer_pause_has_it(tmp_path: Path) -> None:
    with (
        opened(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path) as archive,
        publisher(robots=b"User-agent: *\nCrawl-delay: 0.3\n") as log,
    ):
        port = log.server.port if log.server else 0
        poll_all(archive, port, PATHS, time.monotonic() + 12, most=len(PATHS))
        assert min(log.pauses()[1:]) >= 0.3 - SLACK_SECONDS


PROCESS = """
import sys, time
from pathlib import Path
from tests.ingest.test_manners import PATHS, poll_all
from tests.lifecycle.world import opened
url, folder, port, most = sys.argv[1:]
with opened(url, Path(folder)) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    poll_all(archive, int(port), PATHS, time.monotonic() + 12, int(most))
"""


def test_two_processes_on_one_archive_ask_as_one(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path), publisher() as log:
        port = str(log.server.port if log.server else 0)
        command = [sys.executable, "-c", PROCESS, database_url, str(tmp_path), port, "8"]
        pipe = subprocess.PIPE
        both = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
        for each in both:
            assert each.stdout and each.stdout.readline() == "ready\n"
        for each in both:
            each.communicate("go\n", timeout=60)
        assert [each.returncode for each in both] == [0, 0]
        assert len({line.connection for line in log.pages}) > 1
        expect_manners(log)
