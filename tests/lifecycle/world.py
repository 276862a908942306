"""A small world for whole runs: a clock moved by hand, a site in this very process, a reader that reads nothing."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from archive.journal import Arrival
from archive.migrate import open_archive
from archive.store import Archive
from ingest.documents import DocumentReader, DocumentText
from ingest.fetch import Fetcher
from ingest.politeness import at_once
from ingest.report import Report
from ingest.run import run_source
from ingest.tools import Tools
from parsers.pdf import EXTRACTOR, PageText
from parsers.source import Source, sources
from replica.answers import Answer, Site, Visit, digest
from replica.faults import Fault
from replica.messages import Message, messages
from replica.page import entries_of, page_of
from tests.shaped import shaped_sqlite

START = datetime(2018, 7, 2, 9, 0, tzinfo=UTC)
PAGE = "/about-us/partnerships/cssc-london.aspx"
ADDRESS = f"https://www.bsia.co.uk{PAGE}"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)


@dataclass
class Upstream(httpx.BaseTransport):
    """A site that answers in this process. Volatile parts of its pages move with `step`; faults stand by path."""

    site: Site
    step: int = 0
    validators: bool = True
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        fault = self.faults.get(path)
        query, halved = request.url.query.decode("latin-1"), bool(fault and fault.halved)
        answer = self.site.answer(Visit(path, self.step, self.step, halved, query))
        if not self.validators:
            answer = answer.without_validators()
        if fault:
            answer = fault.change(answer)
        elif answer.status == 200 and answer.unchanged_since(request.headers):
            answer = answer.not_modified()
        self.asked.append((path, answer.status))
        if fault and fault.delivery.ending != "whole":
            raise httpx.ReadError("the connection was reset", request=request)
        return httpx.Response(answer.status, headers=answer.header_pairs(), stream=httpx.ByteStream(answer.body))

    @property
    def pages_asked(self) -> list[int]:
        """The statuses of the listing page, in the order in which it was asked."""
        return [status for path, status in self.asked if path == PAGE]


@dataclass(frozen=True)
class SmallSite:
    """The CSSC page with a few messages, step by step; `documents` are (path, first step) → bytes."""

    pages: Sequence[Sequence[Message]]
    documents: Mapping[tuple[str, int], bytes] = field(default_factory=dict)
    host: str = "www.bsia.co.uk"

    @property
    def last_step(self) -> int:
        return len(self.pages) - 1

    def answer(self, visit: Visit) -> Answer:
        if visit.path == PAGE:
            shown = self.pages[min(visit.step, self.last_step)]
            shown = shown[: len(shown) // 2] if visit.halved else shown
            body = page_of(shown, serial=visit.serial)
            return Answer(200, "text/html; charset=utf-8", body, f'W/"{digest(entries_of(shown, "strong").encode())}"')
        held = [body for (path, step), body in self.documents.items() if path == visit.path and step <= visit.step]
        if not held:
            return Answer(404, "text/plain", b"nothing here")
        return Answer(200, "application/pdf", held[-1], f'"{digest(held[-1])}"')


class PlainReader(DocumentReader):
    """Reads every document in this process, as one page that names its bytes."""

    def read(self, body: bytes) -> DocumentText:
        page = PageText(1, f"document {hashlib.sha256(body).hexdigest()[:12]}", "text")
        return DocumentText("done", None, (page,), EXTRACTOR)


def bsia(slug: str = "bsia-cssc", every_minutes: float = 15) -> Source:
    """The source of these tests; under another slug it is another source of the same archive."""
    source = copy.copy(sources()["bsia-cssc"])
    vars(source).update(slug=slug, every_minutes=every_minutes)
    return source


def shown(*keys: str) -> list[Message]:
    """Messages of the replica, newest first."""
    return sorted((messages()[key] for key in keys), key=lambda message: message.issued, reverse=True)


def with_document(message: Message, path: str) -> Message:
    """The message with one more paragraph that links to a document."""
    return replace(message, paragraphs=(*message.paragraphs, f"Please [click here]({path}) to read more."))


def fetcher(upstream: Upstream, clock: Clock) -> Fetcher:
    """A fetcher that asks the upstream once, without a pause."""
    return Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: upstream,
        attempts=1,
        politeness=at_once(),
        clock=clock,
        sleep=lambda seconds: None,
    )


def tools(upstream: Upstream, clock: Clock) -> Tools:
    """What a run works with in this world."""
    return Tools(fetcher(upstream, clock), PlainReader(), clock=clock)


def run(archive: Archive, upstream: Upstream, clock: Clock, source: Source | None = None, **how: bool) -> Report:
    """One run at the clock's time."""
    return run_source(archive, source or bsia(), tools(upstream, clock), **how)


def arrival(body: bytes, at: datetime, slug: str = "bsia-cssc", **other: str) -> Arrival:
    """A page as if it had been imported at that time."""
    return Arrival(
        source=slug,
        role="listing",
        target_url=ADDRESS,
        url=ADDRESS,
        fetched_at=at,
        via="file",
        cause=other.get("cause", "import"),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
    )


@contextmanager
def opened(database_url: str, folder: Path) -> Iterator[Archive]:
    """An archive with its blobs in `folder`, its database made where there is none."""
    if database_url.startswith("sqlite:///"):
        shaped_sqlite(Path(database_url.removeprefix("sqlite:///")))
    archive = open_archive(database_url, str(folder / "blobs"))
    try:
        yield archive
    finally:
        archive.close()
