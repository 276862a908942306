"""What it costs to poll a page that does not change: requests, parses, rows, processor time, bytes, memory.

    python -m bench.poll [--polls 2000] [--memory-polls 10000]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select

from archive.derived import Target
from archive.migrate import open_archive
from archive.store import Archive
from archive.tables import Table
from bench.servers import (
    Cost,
    Stopwatch,
    in_own_process,
    machine,
    one_page,
    resident_mib,
    serving,
    source_at,
    transport_to,
)
from ingest.documents import DocumentReader
from ingest.fetch import Fetcher
from ingest.run import run_source
from ingest.tools import Tools
from parsers.page import Page
from parsers.source import Source, sources

POLLS_A_YEAR = 35_040
STARTED_AT = datetime(2018, 7, 2, 9, 0, tzinfo=UTC)
EVERY = timedelta(minutes=15)
SAMPLED_AFTER = (100, 1_000, 2_500, 5_000, 10_000)


@dataclass(slots=True)
class Seen:
    """What a poll did: requests by status, those with a condition, pages looked at, pages parsed."""

    statuses: Counter[int] = field(default_factory=Counter)
    conditional: int = 0
    pages: int = 0
    parses: int = 0


class Counting(httpx.BaseTransport):
    """Counts what passes."""

    def __init__(self, inner: httpx.BaseTransport, seen: Seen) -> None:
        self._inner, self._seen = inner, seen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        self._seen.statuses[response.status_code] += 1
        self._seen.conditional += "If-None-Match" in request.headers
        return response

    def close(self) -> None:
        self._inner.close()


@dataclass(slots=True)
class Clock:
    """A clock that moves on by one poll at a time."""

    now: datetime = STARTED_AT

    def __call__(self) -> datetime:
        return self.now


class Poller:
    """Polls one page of one archive; its document targets are put off so that only the page is asked."""

    def __init__(self, archive: Archive, port: int) -> None:
        self.archive, self.seen, self.clock = archive, Seen(), Clock()
        self.source = counted(source_at(*sources()["bsia-cssc"].start), self.seen)
        self.fetcher = Fetcher(
            user_agent="bench",
            transport_for=lambda host: Counting(transport_to(port), self.seen),
            delay_seconds=0,
            clock=self.clock,
        )
        self.tools = Tools(self.fetcher, DocumentReader(), clock=self.clock)

    def poll(self, times: int = 1) -> Cost:
        """Run the source so many times, 15 minutes apart by its clock."""
        watch = Stopwatch()
        for _ in range(times):
            self.clock.now += EVERY
            report = run_source(self.archive, self.source, self.tools)
            if report.state != "done" or report.accounts.errors:
                raise SystemExit(f"poll: {report.state} {report.notices}, expected done")
        return watch.read()

    def put_documents_off(self) -> None:
        with self.archive.writing() as session:
            for target in session.scalars(select(Target).where(Target.role == "attachment")):
                target.next_check_at = None

    def forget_reading(self) -> None:
        """Make the next poll parse: nothing is known of what the page said."""
        with self.archive.writing() as session:
            for target in session.scalars(select(Target).where(Target.role == "listing")):
                target.capture_id = None
