"""WARC and WACZ files as a part of an import. Opens no socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.store import Archive
from ingest.history import Walk
from ingest.report import Report
from ingest.tools import utc_now
from ingest.warc_files import WarcFiles
from parsers.source import Source


@dataclass(frozen=True, slots=True)
class Alone:
    """What a walk through files looks at: nothing stops it but its end."""

    say: Callable[[str], None] = lambda line: None
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)


def import_warcs(
    archive: Archive,
    source: Source,
    files: Sequence[Path],
    report: Report,
    *,
    at: datetime | None = None,
    around: Alone | None = None,
) -> None:
    """Import WARC and WACZ files, all their records in order of time, each with its own time or of the time `at`."""
    around = around or Alone()
    holding = WarcFiles(archive, source.slug, files, at)
    for problem in holding.index():
        report.fail(problem)
    Walk(archive, source, holding, around, report).go()
    unwanted = holding.close()
    if unwanted:
        around.say(f"{source.slug}: {unwanted} addresses in the files are of none of its pages")
