"""The index of search made quicker to read, after much was written to it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from archive.search import merge_some
from archive.store import Archive, ArchiveUnusable


def merge_index(archive: Archive, say: Callable[[str], None], stop: threading.Event | None = None) -> None:
    """Merge what many small transactions left, in short ones; where a stop ends it, the next call goes on.

    So it does where the database cannot be written now, which is told: what was written before is kept and found.
    """
    try:
        while stop is None or not stop.is_set():
            with archive.noting() as connection:
                if not merge_some(connection):
                    return
    except ArchiveUnusable as problem:
        say(f"the index of search is not merged: {problem}; searches are slower until it is")
