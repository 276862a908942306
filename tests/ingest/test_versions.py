"""A parser's version is told to many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ingest.settling import facts_of
from parsers import source as registry


def test_versions_are_told_in_many_threads_at_once() -> None:
    registry._version_of.cache_clear()
    every = list(registry.sources().values())
    with ThreadPoolExecutor(8) as pool:
        told = [facts.parser_version for facts in pool.map(facts_of, every * 2)]
    assert told[: len(every)] == told[len(every) :]
