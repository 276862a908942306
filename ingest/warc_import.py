"""WARC and WACZ files as a part of an import. Opens no socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.leases import owner_here
from archive.runs import Begun, begin_run
from archive.store import Archive
from ingest.history import Walk
from ingest.leases import Lease
from ingest.report import Report
from ingest.run import giving_back
from ingest.settling import facts_of
from ingest.tools import utc_now
from ingest.warc_files import WarcFiles
from parsers.source import Source

IMPORT = "import"
"""What in the accounts of a run names the files that it reads."""
WAITED_SECONDS = (1.0,) * 60
"""How long a run that goes on is waited for."""


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
    """Import WARC and WACZ files, all their records in order of time, each with its own time or of the time `at`.

    Meanwhile no run, no backfill and no other such import reads the source, here or in another process; one that goes
    on already is waited for, and where it does not end, that is an error.
    """
    around, owner = around or Alone(), owner_here()
    holding = WarcFiles(archive, source.slug, files, at)
    begun = _begun(archive, source, holding, owner, around)
    if begun is None:
        report.fail(f"{holding.via}: not read, since a run of {source.slug} goes on, expected it to end: import again")
        return
    lease = Lease(archive, begun.target_ids, owner, around.clock)
    with giving_back(archive, begun, owner, report, around, lambda: {IMPORT: holding.via}):
        _take_in(archive, source, holding, report, around, lease)


def _begun(archive: Archive, source: Source, holding: WarcFiles, owner: str, around: Alone) -> Begun | None:
    """The run that holds the source's lease; None where another one does not give it up."""
    version, work = facts_of(source).parser_version, {IMPORT: holding.via}
    for count, seconds in enumerate((*WAITED_SECONDS, None)):
        with archive.writing() as session:
            begun = begin_run(session, source.slug, source.start, owner, around.clock(), version, work)
        if begun is not None or seconds is None:
            return begun
        if not count:
            around.say(f"{source.slug}: another run of it goes on, waiting for its end")
        around.stop.wait(seconds)
    return None


def _take_in(archive: Archive, source: Source, holding: WarcFiles, report: Report, around: Alone, lease: Lease) -> None:
    around.say(f"{source.slug}: looking what {holding.via} holds")
    damaged = list(holding.index(lease.holds))
    for problem in damaged:
        report.fail(problem)
    Walk(archive, source, holding, around, report, holds=lease.holds).go()
    if report.state == "stopped":
        return
    count, unwanted = holding.close()
    if count == unwanted and not damaged:
        some = f"{count} addresses, none of a page of {source.slug}" if count else "nothing"
        report.fail(f"{holding.via}: {some}, expected captures of {', '.join(source.start)}")
    elif unwanted:
        report.notices.append(f"{holding.via}: {unwanted} of {count} addresses are of none of its pages")
