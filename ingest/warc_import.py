"""WARC and WACZ files, and folders of them, as a part of an import. Opens no socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.store import Archive
from ingest.history import Walk
from ingest.report import Report
from ingest.tools import utc_now
from ingest.warc_files import WarcFiles, is_warc
from parsers.source import Source

MAILBOX = ("cur", "new")
"""Folders in a Maildir, which is one thing and is not walked."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What a walk through files looks at: nothing stops it but its end."""

    say: Callable[[str], None] = lambda line: None
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)


def files_in(places: Iterable[Path]) -> Iterator[Path]:
    """The files that are meant: folders are walked in the order of their names, hidden files and mailboxes are not."""
    for place in places:
        if not place.is_dir() or all((place / name).is_dir() for name in MAILBOX):
            yield place
        else:
            yield from files_in(sorted(each for each in place.iterdir() if not each.name.startswith(".")))


def import_warcs(
    archive: Archive,
    source: Source,
    files: Iterable[Path],
    report: Report,
    *,
    at: datetime | None = None,
    around: Alone | None = None,
) -> list[Path]:
    """Import those of the files that are WARC or WACZ, all in order of time, and return the others.

    Each record has its own time, or is of the time `at`.
    """
    chosen = list(files_in(files))
    warcs, around = [file for file in chosen if is_warc(file) and file.is_file()], around or Alone()
    if warcs:
        holding = WarcFiles(archive, source.slug, warcs, at)
        for problem in holding.index():
            report.fail(problem)
        Walk(archive, source, holding, around, report).go()
        unwanted = holding.close()
        if unwanted:
            around.say(f"{source.slug}: {unwanted} addresses in the files are of none of its pages")
    return [file for file in chosen if file not in warcs]
