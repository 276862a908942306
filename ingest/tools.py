"""What a run works with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.documents import DocumentReader
from ingest.fetch import Fetcher
from ingest.options import NO_OPTIONS, RequestOptions


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Tools:
    """What a run works with. `stop` is looked at between units of work; `clock` gives aware UTC times.

    `options_of` gives what the settings add to the requests of a source. One run asks at most `max_pages` details and
    older pages, the rest in the next one, and of one bulletin's documents at most `max_documents`.
    """

    fetcher: Fetcher
    documents: DocumentReader
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    say: Callable[[str], None] = lambda line: None
    max_pages: int = 120
    max_documents: int = 200
    options_of: Callable[[str], RequestOptions] = lambda slug: NO_OPTIONS
