"""Pictures of the pages of documents: drawn by another process, one at a time, and kept while there is room."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from archive.store import ArchiveUnusable

WIDTHS = {"": 800, "-small": 320}
"""Pixels that a picture is wide at most, by the ending of its name."""
MOST = 64
MOST_BYTES = 32 << 20
MOST_WAITING = 8
"""So many readers wait for a picture at once: each takes a thread from those who read pages."""
WAIT_SECONDS = 20.0
FAILURE_SECONDS = 600.0
"""So long a page that could not be drawn is not tried again."""

Draw = Callable[[bytes, int, int], bytes]
"""Bytes of a document, page from 1, most pixels across; gives PNG and raises CannotDraw."""
Key = tuple[str, int, int]


class CannotDraw(Exception):
    """Why there is no picture of a page."""


class Pictures:
    """Pictures by document, page and width; the ones that were asked for last are kept in memory."""

    def __init__(
        self,
        draw: Draw,
        *,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
        most_waiting: int = MOST_WAITING,
        wait_seconds: float = WAIT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._draw, self._clock, self._wait_seconds = draw, clock, wait_seconds
        self._most, self._most_bytes, self._bytes = most, most_bytes, 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._failed: OrderedDict[tuple[str, int], tuple[float, str]] = OrderedDict()
        self._drawing, self._looking = threading.Lock(), threading.Lock()
        self._places = threading.BoundedSemaphore(most_waiting)

    def picture(self, key: Key, body: Callable[[], bytes]) -> bytes:
        """The picture of a page of the document with that body. Raises CannotDraw, and ArchiveUnusable: wait."""
        found = self._found(key)
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise ArchiveUnusable("picture: too many are asked for at once, expected a reader to ask again")
        try:
            return self._drawn(key, body)
        finally:
            self._places.release()

    def _drawn(self, key: Key, body: Callable[[], bytes]) -> bytes:
        if not self._drawing.acquire(timeout=self._wait_seconds):
            raise ArchiveUnusable("picture: others are still being drawn, expected a reader to ask again")
        try:
            return self._found(key) or self._draw_it(key, body())  # another may have asked for it meanwhile
        finally:
            self._drawing.release()

    def _draw_it(self, key: Key, body: bytes) -> bytes:
        try:
            drawn = self._draw(body, key[1], key[2])
        except CannotDraw as problem:
            self._note(key[:2], str(problem))
            raise
        self._keep(key, drawn)
        return drawn

    def _found(self, key: Key) -> bytes | None:
        """The picture if it is kept; raises CannotDraw where it was tried in vain lately."""
        with self._looking:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            tried_at, reason = self._failed.get(key[:2], (-FAILURE_SECONDS, ""))
        if self._clock() - tried_at < FAILURE_SECONDS:
            raise CannotDraw(reason)
        return None

    def _keep(self, key: Key, picture: bytes) -> None:
        with self._looking:
            self._kept[key] = picture
            self._bytes += len(picture)
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popitem(last=False)[1])

    def _note(self, page: tuple[str, int], reason: str) -> None:
        """Remember that a page cannot be drawn, in no width."""
        with self._looking:
            self._failed.pop(page, None)
            self._failed[page] = (self._clock(), reason)
            while len(self._failed) > self._most:
                self._failed.popitem(last=False)
