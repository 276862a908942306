"""What the benchmarks share: upstream sites served from a process of their own, and the way there."""

from __future__ import annotations

import copy
import multiprocessing
import os
import platform
import resource
import socket
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import httpcore
import httpx

from ingest.transport import GuardedTransport
from ingest.wire import open_wire
from parsers.source import Source, sources
from replica.answers import Answer, Site, Visit, digest
from replica.app import Replica
from replica.documents import alert
from replica.many import FixedSite
from replica.messages import Message, seeded_sentence, synthetic_messages
from replica.page import page_of
from replica.server import serve
from replica.sites import CSSC_PATH, SITES, BsiaSite
from replica.timeline import state

T = TypeVar("T")
HOST = "127.0.0.1"
ENTRIES_PER_PAGE = 50
PAGES = ("unchanged", "view-state", "edited")
CHANGED_AT = datetime(2018, 7, 2, 8, 0, tzinfo=UTC)
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall clock and of processor time (user and system, this process's threads all together)."""

    wall_seconds: float
    cpu_seconds: float


class Stopwatch:
    """Cost since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> Cost:
        return Cost(time.perf_counter() - self._wall, time.process_time() - self._cpu)


def cssc_site(bulletins: int) -> Site:
    """Pages of the association's shape with 50 entries each; every entry cites a one-page PDF of its own."""
    answers: dict[str, Answer] = {}
    messages = [_citing(number, message) for number, message in enumerate(synthetic_messages(bulletins))]
    for page, path in enumerate(page_paths(bulletins)):
        shown = messages[page * ENTRIES_PER_PAGE : (page + 1) * ENTRIES_PER_PAGE]
        answers[path] = _fixed("text/html; charset=utf-8", page_of(shown, serial=page))
    for number in range(bulletins):
        body = alert(f"Bulletin {number}", tuple(seeded_sentence(f"pdf-{number}-{line}") for line in range(4)))
        answers[pdf_path(number)] = _fixed("application/pdf", body)
    return FixedSite(HOST, answers)


def _citing(number: int, message: Message) -> Message:
    return replace(message, paragraphs=(*message.paragraphs, f"[The bulletin as PDF]({pdf_path(number)})"))


def _fixed(media_type: str, body: bytes) -> Answer:
    return Answer(200, media_type, body, f'"{digest(body)}"', CHANGED_AT)


def page_paths(bulletins: int) -> list[str]:
    return [f"/cssc-{page:03d}.aspx" for page in range(-(-bulletins // ENTRIES_PER_PAGE))]


def pdf_path(number: int) -> str:
    return f"/Portals/4/CSSC/{number:06d}.pdf"


def many_bulletins(bulletins: int) -> Replica:
    """The replica that `ingest` reads."""
    return Replica({HOST: cssc_site(bulletins)})


class EditedSite(BsiaSite):
    """The CSSC page with another sentence in its first message at every visit."""

    def answer(self, visit: Visit) -> Answer:
        if visit.path != CSSC_PATH:
            return super().answer(visit)
        first, *others = state(0).shown
        edited = replace(first, paragraphs=(*first.paragraphs, f"Amended for the {visit.serial}th time."))
        return _fixed("text/html; charset=utf-8", page_of((edited, *others), serial=visit.serial))


def one_page(page: str) -> Replica:
    """The replica that `poll` asks, in one of the ways of PAGES; the view-state is new in every answer."""
    if page == "edited":
        site = EditedSite()
        return Replica({site.host: site})
    return Replica(SITES, validators=page == "unchanged")


def serving(make: Callable[[T], Replica], argument: T) -> AbstractContextManager[int]:
    """Serve a replica from a process of its own until the end of the block; gives its port on loopback."""
    return serving_by(_serve, make, argument)


@contextmanager
def serving_by(serve_until_closed: Callable[..., None], *arguments: Any) -> Iterator[int]:
    """Serve from a process of its own: the last argument is a connection that is told the port, then is waited for."""
    here, there = SPAWN.Pipe()
    server = SPAWN.Process(target=serve_until_closed, args=(*arguments, there))
    server.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        server.join()


def _serve(make: Callable[[T], Replica], argument: T, parent: Connection) -> None:
    with serve(make(argument)) as port:
        parent.send(port)
        parent.poll(None)


def in_own_process(work: Callable[..., T], *arguments: Any) -> T:
    """What `work` gives in a fresh process, so that no side pays for what another has loaded or leaked."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        return pool.submit(work, *arguments).result()


class _Loopback(httpcore.NetworkBackend):
    """Leads every host to one loopback port over the wire that the product uses, with its deadlines and caps."""

    def __init__(self, port: int, address: str) -> None:
        self._port, self._address = port, address

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        return open_wire([(socket.AF_INET, (self._address, self._port))], timeout)


def transport_to(port: int, address: str = HOST) -> httpx.BaseTransport:
    """The product's transport, all of it but the check that an address is public; plain HTTP needs no certificates."""
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return GuardedTransport(network_backend=_Loopback(port, address), ssl_context=no_certificates, max_connections=1)


def source_at(*urls: str) -> Source:
    """The source `bsia-cssc` with these pages to start from."""
    source = copy.copy(sources()["bsia-cssc"])
    vars(source)["start"] = urls
    return source


def resident_mib() -> float:
    """The memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def machine() -> str:
    """What the figures depend on: processors and how busy they were before, Python, SQLite."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {versions}"
