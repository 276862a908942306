"""Polls of the replica that a crawler has recorded: what an archive of them holds, to compare a walk with the polls."""

from __future__ import annotations

import copy
import gc
import io
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.derived import Attachment, Change, NotificationRow, Quarantined, Revision, Sighting
from archive.store import Archive
from archive.tables import Identity, Table
from ingest.fetch import Fetcher
from ingest.history import Walk
from ingest.holdings import Holding
from ingest.politeness import at_once
from ingest.report import Report
from ingest.run import run_source
from ingest.tools import Tools
from ingest.warc_import import Alone, import_warcs
from parsers.source import Source, sources
from replica.answers import Site
from replica.bulletins import LAST_STEP
from replica.sites import SITES
from tests.lifecycle.dumps import dump
from tests.lifecycle.world import Clock, PlainReader, Upstream, opened

MEMORY = Path("/dev/shm")
MINUTES_APART = 20
WHOLE = LAST_STEP + 1

LIVES: Mapping[str, frozenset[str]] = {
    "bsia-cssc": frozenset({"created", "revised", "withdrawn", "reinstated", "rolled-off"}),
    "met-police": frozenset({"created", "revised", "withdrawn"}),
    "cssc": frozenset({"created", "revised", "withdrawn"}),
    "environment-agency-floods": frozenset({"created", "revised", "ended"}),
}
"""Sources whose timelines are walked whole, and what becomes of their bulletins in them."""

SAID: Sequence[type[Table]] = (Identity, NotificationRow, Revision, Sighting, Attachment, Quarantined, Change)
"""The tables that say what became of which bulletin."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as a crawler recorded it."""

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Recorded(httpx.BaseTransport):
    """All sites of the replica at a step, each answer recorded with the clock's time."""

    sites: Mapping[str, Site]
    clock: Clock
    validators: bool = False
    upstreams: dict[str, Upstream] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    step: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host not in self.sites:
            raise httpx.ConnectError(f"no site {host}", request=request)
        upstream = self.upstreams.setdefault(host, Upstream(self.sites[host], validators=self.validators))
        upstream.step = self.step
        response = upstream.handle_request(request)
        pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        body = b"".join(response.stream)  # type: ignore[arg-type]
        self.exchanges.append(Exchange(str(request.url), self.clock(), response.status_code, pairs, body))
        return httpx.Response(response.status_code, headers=response.headers.raw, stream=httpx.ByteStream(body))


def poll(archive: Archive, source: Source, recorded: Recorded) -> None:
    """One run at the clock's time."""
    fetcher = Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: recorded,
        attempts=1,
        politeness=at_once(),
        clock=recorded.clock,
        sleep=lambda seconds: None,
    )
    run_source(archive, source, Tools(fetcher, PlainReader(), clock=recorded.clock))


def write_warc(file: Path, exchanges: Iterable[Exchange], *, revisits: bool = True) -> Path:
    """A compressed WARC of these exchanges; a payload that came before at its address is a revisit of it."""
    seen: dict[tuple[str, str], datetime] = {}
    with warnings.catch_warnings(), file.open("wb") as output:
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its temporary files to the collector
        writer = WARCWriter(output, gzip=file.suffix == ".gz")
        for each in exchanges:
            _write(writer, each, seen, revisits=revisits)
        del writer
        gc.collect()
    return file


def _write(writer: Any, each: Exchange, seen: dict[tuple[str, str], datetime], *, revisits: bool) -> None:
    head = StatusAndHeaders(f"{each.status} OK", list(each.headers), protocol="HTTP/1.1")
    stamp = each.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stated = {"WARC-Date": stamp}
    body = io.BytesIO(each.body)
    record = writer.create_warc_record(each.url, "response", payload=body, http_headers=head, warc_headers_dict=stated)
    writer.ensure_digest(record, block=False, payload=True)
    key = (each.url, record.rec_headers.get_header("WARC-Payload-Digest"))
    if revisits and each.status == 200 and key in seen:
        record = writer.create_revisit_record(
            each.url,
            key[1],
            refers_to_uri=each.url,
            refers_to_date=seen[key].strftime("%Y-%m-%dT%H:%M:%SZ"),
            http_headers=head,
            warc_headers_dict=stated,
        )
    seen.setdefault(key, each.at)
    writer.write_record(record)


def said(archive: Archive, *further: type[Table]) -> dict[str, list[dict[str, Any]]]:
    """What an archive says of its bulletins, without what tells a poll from a backfill."""
    tables = dump(archive, (*SAID, *further))
    return {name: [_without_cause(row) for row in rows] for name, rows in tables.items()}


def _without_cause(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("cause",)}


@dataclass(frozen=True, slots=True)
class Timeline:
    """A source that was polled through the replica's timeline: what the archive says then, and what a crawler kept."""

    source: Source
    clock: Clock
    exchanges: Sequence[Exchange]
    said: dict[str, list[dict[str, Any]]]

    @property
    def kinds(self) -> set[str]:
        """What became of the bulletins: the kinds of the changes, and the states that were reached."""
        states = {row["state"] for row in self.said["notifications"]} - {"current"}
        return {row["kind"] for row in self.said["changes"]} - {"state"} | states


def paced(slug: str) -> Source:
    """The source, asked every quarter of an hour like the one of the other tests."""
    source = copy.copy(sources()[slug])
    vars(source).update(every_minutes=15)
    return source


@cache
def timeline(slug: str, steps: int = WHOLE, *, validators: bool = False) -> Timeline:
    """Each step polled twice, 20 minutes apart; once in a test process."""
    source, clock = paced(slug), Clock()
    recorded = Recorded(SITES, clock, validators)
    place = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
    with place as name, opened(f"sqlite:///{name}/archive.sqlite", Path(name)) as archive:
        for step in range(steps):
            recorded.step = step
            for _ in range(2):
                poll(archive, source, recorded)
                clock.forward(MINUTES_APART)
        return Timeline(source, clock, recorded.exchanges, said(archive))


@dataclass(slots=True)
class Around:
    """What a walk looks at in these tests; `lines` is what it told."""

    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    lines: list[str] = field(default_factory=list)

    @property
    def say(self) -> Callable[[str], None]:
        return self.lines.append


def walked(archive: Archive, source: Source, holding: Holding, clock: Clock) -> Report:
    """The report of a walk through all that a holding has."""
    report = Report(source.slug)
    Walk(archive, source, holding, Around(clock), report).go()
    report.accounts.check("walk")
    return report


def imported(archive: Archive, source: Source, clock: Clock, *files: Path) -> Report:
    """The report of an import of WARC files."""
    report = Report(source.slug)
    import_warcs(archive, source, files, report, around=Alone(clock=clock))
    return report
