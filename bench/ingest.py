"""Fetch, archive and store 1,000 bulletins: ours beside Scrapy, on one server in one run.

python -m bench.ingest [--bulletins 1000] [--rounds 3] [--profile]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from archive.derived import NotificationRow, Revision, Target
from archive.migrate import open_archive
from archive.search import count
from archive.store import Archive
from bench.peer import Peer, crawl, items
from bench.servers import (
    HOST,
    Cost,
    Stopwatch,
    in_own_process,
    machine,
    many_bulletins,
    page_paths,
    serving,
    source_at,
    transport_to,
)
from ingest.documents import DocumentReader, DocumentText
from ingest.fetch import Fetcher
from ingest.politeness import at_once
from ingest.run import Source, run_source
from ingest.tools import Tools

Rows = list[tuple[str, ...]]
PEERS: Mapping[str, Peer] = {
    "Scrapy, durable, 1 connection": Peer(durable=True, connections=1),
    "Scrapy, durable, 8 connections": Peer(durable=True, connections=8),
    "Scrapy as it comes, 1 connection": Peer(durable=False, connections=1),
    "Scrapy as it comes, 8 connections": Peer(durable=False, connections=8),
}
OURS = "ours, durable, 1 connection"


class NoTexts(DocumentReader):
    """Stops the run where it would begin to take the text of documents."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self._stop = stop

    def read(self, body: bytes) -> DocumentText:
        self._stop.set()
        return DocumentText("done", None, (), "none")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bulletins", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--profile", action="store_true", help="profile one run of ours instead")
    options = arguments.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder, serving(many_bulletins, options.bulletins) as port:
        urls = [f"http://{HOST}:{port}{path}" for path in page_paths(options.bulletins)]
        if options.profile:
            profiled(port, urls, folder)
        else:
            compare(port, urls, options.rounds, options.bulletins, Path(folder))


def compare(port: int, urls: list[str], rounds: int, bulletins: int, folder: Path) -> None:
    """All sides in turn, `rounds` times; each has to end with the same records."""
    costs: dict[str, list[Cost]] = {name: [] for name in (OURS, *PEERS)}
    for number in range(rounds):
        place = folder / f"ours-{number}"
        costs[OURS].append(in_own_process(run, port, urls, str(place)))
        expected = our_rows(place)
        check(OURS, len(expected), bulletins)
        for index, (name, peer) in enumerate(PEERS.items()):
            place = folder / f"peer-{number}-{index}"
            costs[name].append(in_own_process(crawl, peer, urls, str(place)))
            check(name, peer_rows(peer, place) == expected, True)
    show(costs, bulletins)


def check(name: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{name}: {found} of the records of the pages, expected {expected}")


def show(costs: Mapping[str, list[Cost]], bulletins: int) -> None:
    """Medians, and how ours compares to each side: medians of the ratios within a round."""
    print(f"{bulletins} bulletins, medians of {len(costs[OURS])} rounds")
    for name, each in costs.items():
        wall = statistics.median(cost.wall_seconds for cost in each)
        cpu = statistics.median(cost.cpu_seconds for cost in each)
        pairs = list(zip(costs[OURS], each, strict=True))
        by_wall = statistics.median(ours.wall_seconds / other.wall_seconds for ours, other in pairs)
        by_cpu = statistics.median(ours.cpu_seconds / other.cpu_seconds for ours, other in pairs)
        ratios = f"ours/this: wall {by_wall:.2f}, CPU {by_cpu:.2f}"
        print(f"{name:<34} {wall:6.2f} s, CPU {cpu:6.2f} s, {bulletins / wall:5.0f}/s; {ratios}")


def run(port: int, urls: list[str], folder: str) -> Cost:
    """One run of ours into a new archive, from opening its connections to the end of the run."""
    source = source_at(*urls)
    with opened(Path(folder)) as archive:
        return timed(archive, port, source)


def opened(folder: Path) -> Archive:
    folder.mkdir(parents=True, exist_ok=True)
    return open_archive(f"sqlite:///{folder / 'archive.sqlite'}", str(folder / "blobs"))


def timed(archive: Archive, port: int, source: Source) -> Cost:
    stop = threading.Event()
    watch = Stopwatch()
    with (
        Fetcher(user_agent="bench", transport_for=lambda host: transport_to(port), politeness=at_once()) as fetcher,
        NoTexts(stop) as documents,
    ):
        report = run_source(archive, source, Tools(fetcher, documents, stop=stop))
    cost = watch.read()
    if report.accounts.errors or report.links["failed"]:
        raise SystemExit(f"{report.row()} {report.links} {report.notices}, expected no errors")
    return cost


def our_rows(folder: Path) -> Rows:
    """What the archive holds, each bulletin found by search and its document held."""
    with opened(folder) as archive, archive.reading() as session:
        records = session.query(Revision.record).join(
            NotificationRow,
            (NotificationRow.id == Revision.notification_id) & (NotificationRow.revision == Revision.number),
        )
        rows = [row_of(record, [each["url"] for each in record["attachments"]]) for (record,) in records]
        held = session.query(Target).filter(Target.role == "attachment", Target.state == "held").count()
        check(OURS, (held, count(session, None, facets={"source": ["bsia-cssc"]})[0]), (len(rows), len(rows)))
    return sorted(rows)


def peer_rows(peer: Peer, folder: Path) -> Rows:
    found = items(peer, folder)
    return sorted(row_of(item, [each["url"] for each in item["files"]]) for item in found)


def row_of(record: Mapping[str, Any], documents: list[str]) -> tuple[str, ...]:
    """The fields that both sides read, and the documents that they hold."""
    fields = [str(record[name]) for name in ("issued", "level", "region", "title", "text")]
    return (*fields, *documents)


def profiled(port: int, urls: list[str], folder: str) -> None:
    """Where the time of one run of ours goes."""
    import cProfile
    import pstats

    profile = cProfile.Profile()
    with opened(Path(folder)) as archive:
        work: Callable[[], Cost] = partial(timed, archive, port, source_at(*urls))
        print(profile.runcall(work))
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
