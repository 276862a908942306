"""How soon the desk answers beside Datasette on the same file, how much while a run writes, and what memory it takes.

    python -m bench.web 100000 [--keep FOLDER] [--datasette COMMAND] [--readers 50] [--seconds 20]

With `--keep` the archive is made in that folder, or taken from it where it is there already. Datasette is a peer that
is not installed with us: name its command, or have it on the PATH. First bytes are wall-clock milliseconds of one
reader over one kept connection, each address asked once before; every side is served from a process of its own.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import random
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from archive.tables import Identity
from bench.poll import opened
from bench.search import make, poller_of, queries
from bench.servers import HOST, SPAWN, machine, one_page, resident_mib, serving, serving_by
from desk import catalogue_of
from parsers.source import sources
from web.app import make_app
from web.server import serving as serving_web

SEARCHES = ("rare word", "common word", "two common words", "phrase of common words", "common without common")
FOUND = (
    "select n.id, r.record from search_entries join search_keys k on k.search_key = search_entries.rowid"
    " join notifications n on n.id = k.notification_id"
    " join revisions r on r.notification_id = n.id and r.number = n.revision"
    " where search_entries match :q order by search_entries.rowid desc limit 20"
)
"""What a user of Datasette would write to see the newest bulletins with a word."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("size", type=int, nargs="?", default=100_000, help="notifications")
    arguments.add_argument("--keep", type=Path, help="the archive's folder, used again when it is there")
    arguments.add_argument("--datasette", default=shutil.which("datasette"), help="the peer's command")
    arguments.add_argument("--samples", type=int, default=40, help="addresses of each kind")
    arguments.add_argument("--readers", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=20.0)
    options = arguments.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as throwaway:
        folder = options.keep or Path(throwaway)
        if not (folder / "archive.sqlite").exists():
            make(folder, options.size)
        ids = some_ids(folder, options.samples)
        with serving_by(serve_desk, folder) as port:
            asked = desk_addresses(ids, options.samples)
            first_bytes("desk", port, asked)
            while_a_run_writes("desk", folder, port, options.readers, options.seconds, asked)
        if options.datasette:
            with datasette(options.datasette, folder / "archive.sqlite") as port:
                asked = datasette_addresses(options.samples)
                first_bytes("datasette", port, asked)
                while_a_run_writes("datasette", folder, port, options.readers, options.seconds, asked)
        else:
            print("no datasette: name its command by --datasette")


def some_ids(folder: Path, samples: int) -> list[str]:
    """The public ids of bulletins from all over the archive."""
    with opened(folder) as archive, archive.reading() as session:
        every = session.scalars(select(Identity.public_id).order_by(Identity.public_id).limit(samples)).all()
    return list(every)


def desk_addresses(ids: Sequence[str], samples: int) -> Mapping[str, Sequence[str]]:
    """Addresses of the desk by kind."""
    searches = {
        f"search, {kind}": [f"/search?{urlencode({'q': q})}" for q in queries(kind, samples)] for kind in SEARCHES
    }
    filtered = [f"/search?{urlencode({'q': q, 'level': 'amber'})}" for q in queries("common word", samples)]
    return {
        "front page": ["/"] * samples,
        "search, everything": ["/search"] * samples,
        **searches,
        "search, common word, amber": filtered,
        "bulletin": [f"/bulletins/{each}" for each in ids],
        "API, 20 of a search": [f"/api/v1/notifications?{urlencode({'q': q})}" for q in queries("rare word", samples)],
    }


def datasette_addresses(samples: int) -> Mapping[str, Sequence[str]]:
    """The nearest that Datasette has: its pages of the same tables, and of the same words in the same index."""
    searches = {
        f"search, {kind}": [f"/archive?{urlencode({'sql': FOUND, 'q': as_fts(q)})}" for q in queries(kind, samples)]
        for kind in SEARCHES
    }
    dice = random.Random(1)
    return {
        "front page": ["/"] * samples,
        "search, everything": ["/archive/notifications?_facet=source&_facet=state&_sort_desc=id"] * samples,
        **searches,
        "bulletin": [f"/archive/notifications/{dice.randrange(1, 10_000)}" for _ in range(samples)],
    }


def as_fts(query: str) -> str:
    """A query of ours as SQLite's index reads it."""
    first, _, rest = query.partition(" -")
    return f"{first} NOT {rest}" if rest else query


def serve_desk(folder: Path, parent: Connection) -> None:
    """The desk of the archive in that folder, until the connection is closed."""
    with opened(folder) as archive:
        app = make_app(archive, catalogue_of(sources().values()))
        with serving_web(app, HOST, 0) as port:
            print(f"desk: {resident_mib():.0f} MiB before the first request", flush=True)
            parent.send(port)
            parent.poll(None)
            print(f"desk: {resident_mib():.0f} MiB after the last", flush=True)


@contextmanager
def datasette(command: str, database: Path) -> Iterator[int]:
    """Datasette on that file, on a free port, its limit of a second lifted."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    limits = ("--setting", "sql_time_limit_ms", "60000", "--setting", "facet_time_limit_ms", "60000")
    server = subprocess.Popen(
        [command, "serve", str(database), "--port", str(port), *limits],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.1)
        yield port
        size = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * 4096 / 2**20
        print(f"datasette: {size:.0f} MiB after the last")
    finally:
        server.terminate()
        server.wait()


def first_bytes(side: str, port: int, asked: Mapping[str, Sequence[str]]) -> None:
    """Print median and 95th percentile of the first byte of each kind of address."""
    reader = http.client.HTTPConnection(HOST, port, timeout=120)
    for kind, addresses in asked.items():
        taken, statuses, sizes = [], Counter[int](), []
        ask(reader, addresses[0])
        for address in addresses:
            seconds, status, size = ask(reader, address)
            taken.append(seconds * 1_000)
            statuses[status] += 1
            sizes.append(size)
        p95 = statistics.quantiles(taken, n=20)[-1]
        said = ", ".join(f"{count} with {status}" for status, count in statuses.items())
        figures = f"{statistics.median(taken):>10.1f}{p95:>10.1f} ms{statistics.mean(sizes) / 1000:>8.0f} KB"
        print(f"{side:<10}{kind:<32}{figures}  {said}", flush=True)


def ask(reader: http.client.HTTPConnection, address: str) -> tuple[float, int, int]:
    """Seconds to the first byte of the answer, its status and its size."""
    started = time.perf_counter()
    reader.request("GET", address)
    answer = reader.getresponse()
    seconds = time.perf_counter() - started
    return seconds, answer.status, len(answer.read())


def while_a_run_writes(
    side: str, folder: Path, port: int, readers: int, seconds: float, asked: Mapping[str, Sequence[str]]
) -> None:
    """Print how many requests a second so many readers get while a page that changes is polled into the archive."""
    mixed = [address for kind in asked.values() for address in kind]
    random.Random(2).shuffle(mixed)
    with serving(one_page, "edited") as upstream:
        here, there = SPAWN.Pipe()
        writer = SPAWN.Process(target=write_until_closed, args=(folder, upstream, there))
        writer.start()
        there.close()
        here.recv()
        taken, statuses = read_for(port, readers, seconds, mixed)
        here.send("enough")
        polls = here.recv()
        writer.join()
    rate, p95 = len(taken) / seconds, statistics.quantiles(taken, n=20)[-1] * 1_000
    said = ", ".join(f"{count} with {status}" for status, count in statuses.items())
    print(f"{side:<10}{readers} readers while a run writes: {rate:.0f} requests a second ({said}), p50", end=" ")
    print(f"{statistics.median(taken) * 1_000:.0f} ms, p95 {p95:.0f} ms; {polls} polls written meanwhile", flush=True)


def write_until_closed(folder: Path, upstream: int, parent: Connection) -> None:
    """Poll the changing page until told that it is enough; gives how many polls there were."""
    with opened(folder) as archive:
        poller = poller_of(archive, upstream)
        parent.send("ready")
        polls = 0
        while not parent.poll(0):
            poller.poll(1)
            polls += 1
        parent.send(polls)


def read_for(port: int, readers: int, seconds: float, addresses: Sequence[str]) -> tuple[list[float], Counter[int]]:
    """Seconds of each request, and how many came with each status."""
    taken: list[float] = []
    statuses: Counter[int] = Counter()
    until = time.perf_counter() + seconds

    def read(number: int) -> None:
        reader = http.client.HTTPConnection(HOST, port, timeout=120)
        for address in itertools.cycle([*addresses[number:], *addresses[:number]]):
            if time.perf_counter() > until:
                return
            spent, status, _ = ask(reader, address)
            taken.append(spent)
            statuses[status] += 1

    threads = [threading.Thread(target=read, args=(number * 7 % len(addresses),)) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, statuses


if __name__ == "__main__":
    main()
