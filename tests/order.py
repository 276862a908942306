"""The files of tests that take longest begin first: the last one to end is then a short one.

Tests depend on no order. Left to themselves, files with the fewest tests would come last, and these are the longest.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

LONGEST: Sequence[str] = (
    "history/test_whole_timelines.py",
    "kit/test_contributing.py",
    "web/test_browser.py",
    "kit/test_mending_loop.py",
    "upstreams/test_behaviours.py",
    "commands/test_serve.py",
    "history/test_renaming.py",
    "lifecycle/test_two_processes.py",
    "lifecycle/test_orders.py",
    "lifecycle/test_validators.py",
    "house/test_environment.py",
    "history/test_files.py",
    "history/test_archive.py",
    "lifecycle/test_replay_exact.py",
    "lifecycle/test_kill_points.py",
    "ingest/test_manners.py",
    "history/test_commands.py",
    "lifecycle/test_listed.py",
    "replica/test_sources.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    name = item.nodeid.partition("::")[0].removeprefix("tests/")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
