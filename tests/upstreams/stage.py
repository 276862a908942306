"""A source that is read over a raw socket, by the real fetcher, into a real archive; its site may do anything."""

from __future__ import annotations

import copy
import re
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore

from archive.store import Archive
from ingest.fetch import Fetcher
from ingest.guard import PublicNetwork
from ingest.politeness import HostRules, Politeness, SharedLedger
from ingest.report import Report
from ingest.robots import RobotsInArchive, RobotsRules
from ingest.run import run_source
from ingest.tools import Tools
from ingest.transport import GuardedTransport
from ingest.wire import open_wire
from parsers.source import Source, sources
from replica.answers import Answer as Shown
from replica.answers import Site, Visit
from replica.messages import messages
from replica.sites import SITES
from tests.fetching import Watch
from tests.ingest.test_tls import Authority
from tests.lifecycle.world import PAGE, PlainReader, SmallSite, shown, with_document
from tests.servers import Answer, Server, response, serving

HOST = "www.site.test"
USER_AGENT = "bulletins/0.1 (+desk@example.org)"
HELD, NEW = "/Portals/4/held.pdf", "/Portals/4/new.pdf"
DOCUMENTS = {(HELD, 0): b"%PDF-1.4 held from the first", (NEW, 1): b"%PDF-1.4 came later"}


@dataclass(frozen=True)
class Scene:
    """A source and its site, and the steps between which something new comes."""

    source: Source
    site: Site
    steps: tuple[int, int] = (0, 1)

    def paths(self, role: str) -> list[str]:
        """The path of the listing, or those of a detail or document that is new at the end and of one that is not."""
        start = urlsplit(self.source.start[0]).path
        if role == "listing":
            return [start]
        if role == "document":
            return [HELD, NEW]
        return re.findall(r'__item"><a href="([^"]+)"', self.shown(start).body.decode())[:2]

    def shown(self, path: str, step: int | None = None) -> Shown:
        """What the site shows at a path, at its last step where none is named."""
        parts = urlsplit(path)
        step = self.steps[1] if step is None else step
        return self.site.answer(Visit(parts.path, step, step, query=parts.query))


def moved_here(slug: str, path: str) -> Source:
    """The source as if its publisher had the host of these tests."""
    source = copy.copy(sources()[slug])
    vars(source).update(start=(f"http://{HOST}{path}",), every_minutes=15)
    return source


def page_of_messages(document: str = HELD) -> Scene:
    """One page that shows all and cites a document; a newer message with another one comes."""
    plain = [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]
    newest, first, *rest = shown(*plain[:13])
    priced = replace(first, paragraphs=(*first.paragraphs, "Entry is £5 – don’t pay more at the café."))
    before = [with_document(priced, document), *rest]
    return Scene(moved_here("bsia-cssc", PAGE), SmallSite([before, [with_document(newest, NEW), *before]], DOCUMENTS))


def news_with_details() -> Scene:
    """A list that leads to articles; a new one comes."""
    site = copy.copy(SITES["www.gwent.police.uk"])
    vars(site).update(size=3)
    return Scene(moved_here("gwent-police", "/news/gwent/news/"), site, (0, 3))


class Network(httpcore.NetworkBackend):
    """Leads `*.test` to the server of a stage, or wherever a behaviour has it; all other hosts are guarded as ever."""

    def __init__(self, ports: dict[int, int]) -> None:
        self.ports = ports
        self.instead: dict[str, httpcore.NetworkBackend] = {}

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        other = self.instead.get(host) or (None if host.endswith(".test") else PublicNetwork())
        if other is not None:
            return other.connect_tcp(host, port, timeout)
        return open_wire([(socket.AF_INET, ("127.0.0.1", self.ports[port]))], timeout)


@dataclass
class Stage:
    """A scene that is played: its site on a socket, a clock moved by hand, an archive."""

    scene: Scene
    archive: Archive
    server: Server
    network: Network
    watch: Watch = field(default_factory=Watch)
    step: int = 0

    def run(self, **how: bool) -> Report:
        """One run of the source, as the product makes it."""
        rules = Politeness(
            lambda host: HostRules(0),
            SharedLedger(self.archive),
            jitter=0,
            clock=self.watch.clock,
            sleep=self.watch.sleep,
        )
        with Fetcher(
            user_agent=USER_AGENT,
            transport_for=lambda host: GuardedTransport(network_backend=self.network),
            max_wire_bytes=300_000,
            max_body_bytes=1_000_000,
            idle_seconds=0.25,
            politeness=rules,
            robots=RobotsRules(RobotsInArchive(self.archive), rules, self.watch.clock),
            clock=self.watch.clock,
            monotonic=self.watch.monotonic,
            sleep=self.watch.sleep,
        ) as fetcher:
            return run_source(self.archive, self.scene.source, Tools(fetcher, PlainReader(), self.watch.clock), **how)

    def now(self) -> datetime:
        return self.watch.clock()

    def forward(self, minutes: float) -> None:
        self.watch.seconds += 60 * minutes

    def asked(self) -> list[str]:
        """The paths asked since the last call, apart from robots.txt."""
        paths = [path for path in self.server.paths() if path != "/robots.txt"]
        self.server.asked.clear()
        return paths


def sent(answer: Shown) -> bytes:
    """An answer of the replica as it goes over the wire."""
    stated = [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in answer.header_pairs()]
    status = f"{answer.status} as it is"
    return response(answer.body, *stated, status=status, length=0 if answer.status == 304 else None)


@cache
def untrusted() -> ssl.SSLContext:
    """TLS with a certificate for the host by an authority that nobody knows."""
    with tempfile.TemporaryDirectory() as folder:
        return Authority(Path(folder)).server(HOST, [])


@contextmanager
def staged(scene: Scene, archive: Archive, watch: Watch | None = None) -> Iterator[Stage]:
    """A stage that is healthy, at the first step of its scene."""
    stages: list[Stage] = []

    def otherwise(path: str) -> Answer:
        asked = {name.lower(): value for name, value in stages[0].server.asked[-1].headers.items()}
        answer = scene.shown(path, stages[0].step)
        is_same = answer.status == 200 and answer.unchanged_since(asked)
        return sent(answer.not_modified() if is_same else answer)

    with serving({}, otherwise=otherwise) as server, serving({}, tls=untrusted()) as secured:
        network = Network({80: server.port, 443: secured.port})
        stages.append(Stage(scene, archive, server, network, watch or Watch(), scene.steps[0]))
        yield stages[0]
