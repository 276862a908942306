"""Files as if they had been fetched: the same captures, the same parse, no socket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from archive.journal import Arrival, pending
from archive.store import Archive
from archive.targets import find_target
from ingest.report import Report
from ingest.settling import arrive, settle
from parsers.source import Source

MAX_FILE_BYTES = 50 * 1024 * 1024


def import_files(
    archive: Archive, source: Source, files: Iterable[Path], url: str, at: datetime, now: datetime
) -> Report:
    """Import files as responses of `url` at the time `at` (aware UTC); what was pending is settled first.

    A file that cannot be read is one error and does not stop the others.
    """
    report = Report(source.slug)
    with archive.reading() as session:
        waiting = pending(session, source.slug)
    for capture_id in waiting:
        report.take(settle(archive, source, capture_id, now))
    for file in files:
        _import_file(archive, source, file, url, at, now, report)
    return report


def _import_file(
    archive: Archive, source: Source, file: Path, url: str, at: datetime, now: datetime, report: Report
) -> None:
    try:
        body = read_file(file)
    except OSError as problem:
        report.fail(
            f"{file}: {problem.strerror or problem}, expected a readable file of at most {MAX_FILE_BYTES} bytes"
        )
        return
    arrival = Arrival(
        source=source.slug,
        role=_role(archive, source, url, body),
        target_url=url,
        url=url,
        fetched_at=at,
        via="file",
        cause="import",
        status=200,
        headers=(),
        body=body,
    )
    report.take(arrive(archive, source, [arrival], now))


def read_file(file: Path) -> bytes:
    """The bytes of a file; raises OSError where it cannot be read or is too large."""
    if file.stat().st_size > MAX_FILE_BYTES:
        raise OSError(None, f"{file.stat().st_size} bytes")
    return file.read_bytes()


def _role(archive: Archive, source: Source, url: str, body: bytes) -> str:
    """What the archive knows the address as; an unknown one is a listing, or an attachment if it holds a PDF."""
    with archive.reading() as session:
        target = find_target(session, source.slug, url)
    if target is not None:
        return target.role
    return "attachment" if body.startswith(b"%PDF") else "listing"
