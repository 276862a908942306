"""Search over a million synthetic notifications on SQLite: newest-first against ranking all hits, and memory.

    python -m bench.search 1000000 [--keep FOLDER]

With `--keep` the archive is made in that folder, or taken from it where it is there already. Milliseconds are
processor time of one search, so that other work on the machine and the disk's cache disturb them little.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from archive.search import count, find
from archive.store import Archive
from archive.tables import Run
from bench.poll import EVERY, Poller, opened, put_documents_off
from bench.servers import in_own_process, machine, one_page, resident_mib, serving
from bench.synthetic import SOURCES, VOCABULARY, fill
from ingest.merging import merge_index

COMMON_RANKS = range(1, 12)
RARE_RANKS = range(5_000, VOCABULARY)
FILTERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "none": {},
    "level": {"level": ["amber"]},
    "level, source": {"level": ["amber", "red"], "source": [SOURCES[3]]},
}
KINDS = (
    "rare word",
    "common word",
    "two common words",
    "phrase of common words",
    "common without common",
    "beginning",
    "rare beginning",
    "common and rare",
)
POLLED_FROM = datetime(2025, 1, 1, tzinfo=UTC)
"""After all that was issued, before anything of it is due again."""
POLLS = 40


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("size", type=int, nargs="?", default=200_000, help="notifications")
    arguments.add_argument("--queries", type=int, default=100, help="different queries of each kind")
    arguments.add_argument("--ranked", type=int, default=20, help="how many of them are also ranked and counted")
    arguments.add_argument("--keep", type=Path, help="the archive's folder, used again when it is there")
    options = arguments.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as throwaway:
        folder = options.keep or Path(throwaway)
        if not (folder / "archive.sqlite").exists():
            in_own_process(make, folder, options.size)
        in_own_process(compare, folder, options.queries, options.ranked)
        for edited in (False, True):
            with serving(one_page, "edited" if edited else "unchanged") as port:
                in_own_process(remember, folder, port, edited)


def make(folder: Path, size: int) -> None:
    """Write the archive, merge its index as a run does at its end, and say what both took."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened(folder) as archive:
        started = time.process_time()
        fill(archive, size)
        written = time.process_time()
        merge_index(archive, print)
        merged = time.process_time()
        print(f"{size:,} notifications written in {written - started:,.0f} s of processor time")
        print(f"index merged in {merged - written:,.1f} s")


def compare(folder: Path, how_many: int, to_rank: int) -> None:
    """The table of milliseconds, at the median and the 95th percentile."""
    with opened(folder) as archive, archive.engine.connect() as connection:
        describe(connection)
        heads = ("query", "filters", "newest p50", "p95", "ranked p50", "p95", "ratio p95", "count p50", "p95")
        print(("{:<24}{:<15}" + "{:>12}" * 7).format(*heads))
        for kind, (name, facets) in itertools.product(KINDS, FILTERS.items()):
            asked = queries(kind, how_many)
            newest = timed(asked, partial(find, connection, facets=facets))
            ranked = timed(asked[:to_rank], partial(find, connection, facets=facets, rank=True))
            counted = timed(asked[:to_rank], partial(count, connection, facets=facets))
            figures = (*newest, *ranked, newest[1] / ranked[1], *counted)
            print(("{:<24}{:<15}" + "{:>12.2f}" * 7).format(kind, name, *figures), flush=True)
        print("milliseconds of processor time; ratio: newest-first p95 over ranked p95")


def describe(connection: Connection) -> None:
    """How large the index is, and in how many parts."""
    size = "SELECT sum(pgsize) / 1048576.0 FROM dbstat WHERE name LIKE :name"
    index, whole = (connection.scalar(text(size), {"name": name}) or 0 for name in ("%search_%", "%"))
    parts = connection.scalar(text("SELECT count(DISTINCT segid) FROM search_entries_idx"))
    held = connection.scalar(text("SELECT count(*) FROM search_keys"))
    print(f"{held:,} notifications: search tables {index:,.0f} of {whole:,.0f} MiB, {parts} segments")


def queries(kind: str, how_many: int) -> list[str]:
    """Queries of one kind, always the same."""
    dice = random.Random(kind)

    def rare() -> str:
        return f"word{dice.choice(RARE_RANKS)}"

    def common() -> str:
        return f"word{dice.choice(COMMON_RANKS)}"

    def two(form: str) -> str:
        return form.format(*(f"word{rank}" for rank in dice.sample(COMMON_RANKS, 2)))

    kinds: Mapping[str, Callable[[], str]] = {
        "rare word": rare,
        "common word": common,
        "two common words": lambda: two("{} {}"),
        "phrase of common words": lambda: two('"{} {}"'),
        "common without common": lambda: two("{} -{}"),
        "beginning": lambda: f"word{dice.randrange(1, 99)}*",
        "rare beginning": lambda: f"word{dice.randrange(500, 5_000)}*",
        "common and rare": lambda: f"{common()} {rare()}",
    }
    return [kinds[kind]() for _ in range(how_many)]


def timed(asked: Sequence[str], ask: Callable[[str], object]) -> tuple[float, float]:
    """Median and 95th percentile over the queries, in milliseconds, after one to warm up."""
    ask(asked[0])
    taken = []
    for query in asked:
        started = time.process_time()
        ask(query)
        taken.append((time.process_time() - started) * 1_000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def remember(folder: Path, port: int, edited: bool) -> None:
    """The memory of a process that polls a page into the archive and searches it, as `serve` does."""
    with opened(folder) as archive:
        print(f"resident memory, archive open: {resident_mib():.0f} MiB")
        poller = poller_of(archive, port)
        for _ in range(2):
            started = time.process_time()
            poller.poll(POLLS)
            spent = (time.process_time() - started) / POLLS * 1_000
            page = "edited" if edited else "unchanged"
            print(f"after {POLLS} polls of the {page} page ({spent:.1f} ms each): {resident_mib():.0f} MiB")
            search_all(archive)
            print(
                f"after searches of every kind, newest-first, ranked and counted: {resident_mib():.0f} MiB", flush=True
            )


def poller_of(archive: Archive, port: int) -> Poller:
    """One that has read the page after all else, so that nothing but the page is due."""
    poller = Poller(archive, port)
    with archive.reading() as session:
        last = session.scalar(select(func.max(Run.started_at)))
    poller.now = max(POLLED_FROM, last + EVERY) if last else POLLED_FROM
    poller.poll(1)
    put_documents_off(archive)
    return poller


def search_all(archive: Archive) -> None:
    for kind in KINDS:
        for query in queries(kind, 3):
            with archive.reading() as session:
                find(session, query)
                find(session, query, rank=True)
                count(session, query)


if __name__ == "__main__":
    main()
