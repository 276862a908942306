"""Search over synthetic notifications on SQLite: newest-first against ranking all hits.

Run by hand: `python -m bench.search 1000000`.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine

from archive.search import SearchEntry, count, create_search, find, index

VOCABULARY = 50_000
WORDS_PER_NOTIFICATION = 46
ISSUED_FROM = datetime(2005, 1, 1, tzinfo=UTC)
LEVELS = ("green", "yellow", "amber", "red")
FILTERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "none": {},
    "level": {"level": ["amber"]},
    "level, source": {"level": ["amber", "red"], "source": ["source-3"]},
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("size", type=int, nargs="?", default=200_000, help="notifications")
    arguments.add_argument("--queries", type=int, default=40, help="different queries of each kind")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            started = time.perf_counter()
            fill(connection, options.size)
            seconds = time.perf_counter() - started
            print(f"{options.size:,} notifications indexed in {seconds:,.0f} s, {path.stat().st_size / 2**20:,.0f} MiB")
            compare(connection, options.queries)
        engine.dispose()


def fill(connection: Connection, size: int) -> None:
    """Index the notifications, in transactions of 10,000."""
    create_search(connection)
    for number, entry in enumerate(notifications(size), start=1):
        index(connection, entry)
        if number % 10_000 == 0:
            connection.commit()
    connection.commit()


def notifications(size: int) -> Iterator[SearchEntry]:
    """Words by Zipf's law: word1 is in nearly every notification, word5000 in one of a thousand."""
    dice = random.Random(1)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    vocabulary = [f"word{rank}" for rank in range(1, VOCABULARY + 1)]
    for number in range(size):
        words = dice.choices(vocabulary, cum_weights=weights, k=WORDS_PER_NOTIFICATION)
        facets = {"level": [dice.choice(LEVELS)], "source": [f"source-{dice.randrange(20)}"]}
        issued = ISSUED_FROM + timedelta(minutes=dice.randrange(10_000_000))
        yield SearchEntry(number, issued, " ".join(words[:6]), " ".join(words[6:]), (), facets)


def queries(kind: str, how_many: int) -> list[str]:
    """Queries of one kind, always the same."""
    dice = random.Random(kind)

    def rare() -> str:
        return f"word{dice.randrange(5_000, VOCABULARY)}"

    def common() -> str:
        return f"word{dice.randrange(1, 12)}"

    kinds: Mapping[str, Callable[[], str]] = {
        "rare word": rare,
        "common word": common,
        "two common words": lambda: f"{common()} {common()}",
        "phrase of common words": lambda: f'"{common()} {common()}"',
        "common without common": lambda: f"{common()} -{common()}",
        "prefix": lambda: f"word{dice.randrange(1, 99)}*",
        "common and rare": lambda: f"{common()} {rare()}",
    }
    return [kinds[kind]() for _ in range(how_many)]


def compare(connection: Connection, how_many: int) -> None:
    heads = ("query", "filters", "newest p50", "p95", "ranked p50", "p95", "ratio p95", "count p50", "p95")
    print(("{:<24}{:<15}" + "{:>12}" * 7).format(*heads))
    kinds = ("rare word", "common word", "two common words", "phrase of common words", "common without common")
    for kind, (name, facets) in itertools.product((*kinds, "prefix", "common and rare"), FILTERS.items()):
        asked = queries(kind, how_many)
        newest = timed(asked, partial(find, connection, facets=facets))
        ranked = timed(asked, partial(find, connection, facets=facets, rank=True))
        counted = timed(asked, partial(count, connection, facets=facets))
        figures = (*newest, *ranked, newest[1] / ranked[1], *counted)
        print(("{:<24}{:<15}" + "{:>12.2f}" * 7).format(kind, name, *figures))
    print("milliseconds; ratio: newest-first p95 over ranked p95")


def timed(asked: Sequence[str], ask: Callable[[str], object]) -> tuple[float, float]:
    """Median and 95th percentile over the queries, in milliseconds."""
    taken = []
    for query in asked:
        started = time.perf_counter()
        ask(query)
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main()
