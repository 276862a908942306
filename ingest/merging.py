"""The index of search made quicker to read, after much was written to it."""

from __future__ import annotations

import threading

from archive.search import merge_some
from archive.store import Archive


def merge_index(archive: Archive, stop: threading.Event | None = None) -> None:
    """Merge what many small transactions left, in short ones; where a stop ends it, the next call goes on."""
    while stop is None or not stop.is_set():
        with archive.noting() as connection:
            if not merge_some(connection):
                return
