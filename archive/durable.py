"""Making files and folders durable, several at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

SYNCED_AT_ONCE = 8
"""How many threads fsync at once: a file system writes down together what it is asked for at the same time."""
FEW = 4
"""So many files are fsynced one after the other: threads would cost more than they save."""

Item = TypeVar("Item")


def all_at_once(sync: Callable[[Item], None], items: Collection[Item]) -> None:
    """Do this with each of the items; all are finished, or the first that failed has raised, when it returns."""
    if len(items) <= FEW:
        _one_by_one(sync, items)
        return
    those = list(items)
    shares = [those[first::SYNCED_AT_ONCE] for first in range(min(SYNCED_AT_ONCE, len(those)))]
    threads = _threads()
    begun = [threads.submit(_one_by_one, sync, share) for share in shares]
    try:
        for each in begun:
            each.result()
    finally:
        wait(begun)


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads that fsync, kept for the next time. A forked child has none of them and makes its own."""
    return ThreadPoolExecutor(SYNCED_AT_ONCE, "fsync")


os.register_at_fork(after_in_child=_threads.cache_clear)


def _one_by_one(sync: Callable[[Item], None], items: Iterable[Item]) -> None:
    for item in items:
        sync(item)


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
