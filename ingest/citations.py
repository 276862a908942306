"""The documents that bulletins cite: fetched when due, conditionally; a dead link is recorded and fails no run."""

from __future__ import annotations

from datetime import datetime

from archive.blobs import name_of
from archive.derived import Target
from archive.journal import held_document, record_check
from archive.runs import link_books
from archive.store import Archive
from archive.tables import Capture
from archive.targets import (
    LEASE_SECONDS,
    claim,
    due_attachments,
    get_target,
    note_answer,
    note_missing,
    release,
    reread_at,
)
from ingest.fetch import FetchFailed, Refused
from ingest.polling import arrivals, ask, keep_hops
from ingest.report import Report
from ingest.settling import arrive
from ingest.tools import Tools
from parsers.source import Source


def fetch_attachments(archive: Archive, source: Source, tools: Tools, report: Report, owner: str) -> None:
    """Fetch the documents of a source that are due, and balance the books of its links."""
    now = tools.clock()
    with archive.writing() as session:
        wanted = due_attachments(session, source.slug, now)
        got = claim(session, [target.id for target in wanted], owner, now, LEASE_SECONDS) if wanted else []
    read: set[int] = set()
    failed: set[int] = set()
    try:
        for target in (target for target in wanted if target.id in set(got)):
            if tools.stop.is_set():
                break
            (read if _fetch(archive, source, tools, target) else failed).add(target.id)
    finally:
        with archive.writing() as session:
            release(session, got, owner)
            report.links = link_books(session, source.slug, read, failed)


def _fetch(archive: Archive, source: Source, tools: Tools, target: Target) -> bool:
    """Whether the document was had, or is still what we hold."""
    with archive.reading() as session:
        held = held_document(session, source.slug, target.url)
    tools.say(f"{source.slug}: asking {target.url}")
    try:
        fetched = ask(tools.fetcher, target.url, held)
    except (FetchFailed, Refused) as problem:
        keep_hops(archive, source, target, problem.hops, tools.clock())
        _note_missing(archive, target.id, str(problem), tools.clock())
        return False
    if held is not None and fetched.answer.status == 304:
        _note_same(archive, target.id, held, fetched.answer.fetched_at, tools.clock(), "304")
        return True
    if held is not None and fetched.answer.status == 200 and name_of(fetched.answer.body) == target.sha256:
        _note_same(archive, target.id, held, fetched.answer.fetched_at, tools.clock(), "identical")
        return True
    arrive(archive, source, arrivals(source, target, fetched.hops), tools.clock())
    return fetched.answer.status == 200


def _note_missing(archive: Archive, target_id: int, reason: str, now: datetime) -> None:
    with archive.writing() as session:
        note_missing(session, get_target(session, target_id), now, reason)


def _note_same(archive: Archive, target_id: int, held: Capture, at: datetime, now: datetime, kind: str) -> None:
    with archive.writing() as session:
        target = get_target(session, target_id)
        record_check(session, held.id, at, kind, "capture")
        target.confirmed_at = at
        note_answer(session, target, at, 304 if kind == "304" else 200, reread_at(target.first_seen_at, now))
