"""From a recorded capture to its settled state: what it is, what it says, and one transaction that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.blobs import CorruptBlob, name_of
from archive.confirm import (
    Overtaken,
    books_of,
    confirm,
    settle_failure,
    settle_gone,
    settle_hop,
    settle_not_given,
    settle_repeat,
)
from archive.details import GONE
from archive.holding import settle_attachments
from archive.journal import (
    Arrival,
    body_of,
    find_capture,
    find_confirmed,
    get_capture,
    record,
    restore_body,
)
from archive.loaded import settle_line
from archive.presence import SourceFacts
from archive.records import Reading
from archive.settle import Accounts, Settled, settle_reading
from archive.store import NOT_KEPT, Archive, ArchiveUnusable, Session, said_of
from archive.tables import LOADED, Capture
from archive.targets import find_target, lock_source
from ingest.response import REDIRECTS as REDIRECTS
from parsers.blocked import is_page, no_document
from parsers.page import PageChanged, PageGone
from parsers.source import Source, parser_version
from parsers.well_formed import mended

ASIDE = "aside"
"""The fact of a capture that says nothing of its target: the address that the target had moved from was looked at."""
NOT_GIVEN = "not-given"
"""The fact of a capture without a body that says why the archive which lists it could not give it."""
PAGE_ROLES = {"older": "listing"}
"""What a parser takes a page for whose role it does not know."""
READABLE = frozenset({200, 203, 304})
"""Statuses whose body is the page: 304 stands for the body that its validators named."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a parse came to: a reading, a repeat of an earlier capture, or the reason for neither."""

    region_hash: str = ""
    reading: Reading | None = None
    repeats: int | None = None
    problem: str | None = None
    gone: bool = False
    """Whether the problem is that the document says itself that it is gone."""


def facts_of(source: Source, role: str = "listing") -> SourceFacts:
    """What the archive must know of a source, for a page of that role."""
    version = parser_version(type(source))
    facts = SourceFacts(source.slug, source.listing, source.every_minutes, source.expect, version, source.acts)
    return facts.of_role(role)


Noting = Callable[[Session, int], None]
"""What is written in the transaction that keeps an arrival, told the capture that it is or confirms."""


def nothing_to_note(session: Session, capture_id: int) -> None:
    """Nothing is written beside what came."""


def arrive(
    archive: Archive, source: Source, hops: Sequence[Arrival], now: datetime, note: Noting = nothing_to_note
) -> Settled:
    """Keep what came and settle it: a check where the body is the one already held, else captures, then their parse."""
    before = settled_before(archive, source, hops, note)
    if before is not None:
        return before
    with archive.writing() as session:
        target = find_target(session, source.slug, hops[-1].role, hops[-1].target_url)
        numbers = record(session, archive.blobs, hops, now, target.sha256 if target else None)
        note(session, numbers[-1])
    settled = [settle(archive, source, number, now) for number in numbers]
    return settled[-1] or Settled(Accounts())


def settled_before(
    archive: Archive, source: Source, hops: Sequence[Arrival], note: Noting = nothing_to_note
) -> Settled | None:
    """What an answer comes to that is held already: a check, or what the very same capture came to; else None."""
    answer, facts = hops[-1], facts_of(source, hops[-1].role)
    if answer.status not in READABLE or answer.role == "attachment":
        return None
    sha256 = name_of(answer.body)
    with archive.writing() as session:
        lock_source(session, source.slug)
        newest = unchanged(session, source, answer, sha256)
        if newest is not None:
            restore_body(session, archive.blobs, answer.body)
            note(session, newest)
            return confirm(session, facts, newest, answer.fetched_at, "identical", answer.cause)
        there = find_capture(session, answer, sha256) or find_confirmed(session, answer, sha256)
        if there is None:
            return None
        note(session, there)
        return _as_settled_then(session, there)


def unchanged(session: Session, source: Source, answer: Arrival, sha256: str) -> int | None:
    """The capture that the page was last seen as, if this later answer has its very body."""
    target = find_target(session, source.slug, answer.role, answer.target_url)
    if target is None or target.capture_id is None or target.newest_at is None:
        return None
    newest = get_capture(session, target.capture_id)
    same = newest.sha256 == sha256 and newest.parser_version == facts_of(source).parser_version
    same = same and newest.facts == answer.facts
    return newest.id if same and answer.fetched_at > target.newest_at else None


def _as_settled_then(session: Session, capture_id: int) -> Settled:
    """What the very same capture came to when it was settled."""
    capture = get_capture(session, capture_id)
    if capture.state == "failed":
        return Settled(Accounts(errors=1), capture.reason, losses=True)
    accounts = Accounts(**books_of(session, capture_id))
    return Settled(accounts, losses=accounts.quarantined > 0)


def settle(archive: Archive, source: Source, capture_id: int, now: datetime) -> Settled | None:
    """Parse one pending capture and write all that follows. None when somebody else settled it first.

    One of which the database does not keep something has failed, with the reason: it would at every further run.
    """
    with archive.reading() as session:
        capture = get_capture(session, capture_id)
    try:
        return _settle(archive, source, capture, now)
    except NOT_KEPT as problem:
        reason = f"{capture.url}: {said_of(problem)}, expected what an archive can keep"
    with archive.writing() as session:
        return settle_failure(session, facts_of(source, capture.role), capture_id, reason, keep=True)


def _settle(archive: Archive, source: Source, capture: Capture, now: datetime) -> Settled | None:
    if capture.sha256 is None:
        return _settle_not_given(archive, source, capture)
    if capture.status in REDIRECTS and header_of(capture.headers, "location"):
        with archive.writing() as session:
            settle_hop(session, capture.id)
        return Settled(Accounts())
    if ASIDE in capture.facts:
        with archive.writing() as session:
            settle_hop(session, capture.id, "failed", f"{capture.url}: {capture.facts[ASIDE]}")
        return Settled(Accounts())
    if capture.role == LOADED:
        return settle_line(archive, facts_of(source), capture.id)
    if capture.role == "attachment":
        return _settle_document(archive, source, capture, now)
    return _settle_page(archive, source, capture)


def _settle_not_given(archive: Archive, source: Source, capture: Capture) -> Settled | None:
    reason = f"{capture.url}: {capture.facts.get(NOT_GIVEN)}"
    with archive.writing() as session:
        return settle_not_given(session, facts_of(source, capture.role), capture.id, reason)


def _settle_document(archive: Archive, source: Source, capture: Capture, now: datetime) -> Settled | None:
    """A document that came is held, or it is said why not; a page in its place and a corrupt body are losses."""
    fault = _fault_of(archive, capture) if capture.status == 200 else None
    faults = {capture.id: f"{capture.url}: {fault}"} if fault else {}
    with archive.writing() as session:
        settled = settle_attachments(session, source.slug, [capture.id], now, faults)
    if capture.id not in settled:
        return None
    reason = settled[capture.id]
    return Settled(Accounts(), reason, losses=reason is not None and capture.status == 200)


def _fault_of(archive: Archive, capture: Capture) -> str | None:
    """Why what a capture brought is no document, or not the one that is held at its address."""
    try:
        with archive.reading() as session:
            body = body_of(session, archive.blobs, capture.sha256 or "")
    except CorruptBlob as problem:
        return str(problem)
    held = _held_body(archive, capture) if is_page(body) else None
    return no_document(capture.url, body, capture.target_url, held)


def _held_body(archive: Archive, capture: Capture) -> bytes | None:
    """The document that is held at the address of a capture; None where there is none, or it cannot be read."""
    with archive.reading() as session:
        target = find_target(session, capture.source, capture.role, capture.target_url)
        try:
            return body_of(session, archive.blobs, target.sha256) if target and target.sha256 else None
        except CorruptBlob:
            return None


def _settle_page(archive: Archive, source: Source, capture: Capture) -> Settled | None:
    facts = facts_of(source, capture.role)
    if capture.status not in READABLE:
        reason = f"{capture.url}: status {capture.status}, expected 200"
        with archive.writing() as session:
            if capture.role == "detail" and capture.status in GONE:
                return settle_gone(session, facts, capture.id, reason)
            return settle_failure(session, facts, capture.id, reason, keep=False)
    found = read_stored(archive, source, capture, _newest(archive, capture, facts))
    try:
        return _write(archive, facts, capture, found)
    except Overtaken:
        return _settle_page(archive, source, capture)


def _write(archive: Archive, facts: SourceFacts, capture: Capture, found: Found) -> Settled | None:
    with archive.writing() as session:
        if found.problem is not None and found.gone and capture.role == "detail":
            return settle_gone(session, facts, capture.id, mended(found.problem))
        if found.problem is not None:
            return settle_failure(session, facts, capture.id, mended(found.problem), keep=True)
        if found.repeats is not None:
            return settle_repeat(session, facts, capture.id, found.repeats, found.region_hash)
        if found.reading is None:
            raise RuntimeError(f"capture {capture.id}: neither read nor refused, expected one")
        return settle_reading(session, facts, capture.id, found.reading, found.region_hash)


def read_stored(archive: Archive, source: Source, capture: Capture, newest: Capture | None = None) -> Found:
    """Parse a capture outside any transaction; whatever a parser does, it costs this capture and no more.

    With `newest`, a capture whose region is that one's is a repeat and is not parsed.
    """
    try:
        with archive.reading() as session:
            body = body_of(session, archive.blobs, capture.sha256 or "")
        if _led_away(source, capture):
            raise PageChanged(f"{capture.target_url}: led to {capture.url}, expected the page of a bulletin")
        stated, role = media_type(capture.headers), PAGE_ROLES.get(capture.role, capture.role)
        reader = source.reader(stated)
        page = reader.open(body, capture.url, stated, role, capture.facts)
        region_hash = page.region_hash
        if newest is not None and newest.region_hash == region_hash:
            return Found(region_hash, repeats=newest.id)
        return Found(region_hash, reading=reader.read(page))
    except ArchiveUnusable:
        raise
    except PageGone as problem:
        return Found(problem=str(problem), gone=True)
    except (PageChanged, CorruptBlob) as problem:
        return Found(problem=str(problem))
    except Exception as problem:
        return Found(problem=f"{capture.url}: the parser failed with {type(problem).__name__}: {problem}")


def _newest(archive: Archive, capture: Capture, facts: SourceFacts) -> Capture | None:
    """The capture that the page was last seen as, if the same parser read it and this capture is not older."""
    with archive.reading() as session:
        target = find_target(session, capture.source, capture.role, capture.target_url)
        if target is None or target.capture_id is None or target.newest_at is None:
            return None
        newest = get_capture(session, target.capture_id)
    same_parser = newest.region_hash is not None and newest.parser_version == facts.parser_version
    same_parser = same_parser and newest.facts == capture.facts
    return newest if same_parser and target.newest_at <= capture.fetched_at else None


def _led_away(source: Source, capture: Capture) -> bool:
    """Whether a detail was redirected to the front page or a listing, which is how sites say that it is not there."""
    if capture.role != "detail" or capture.url == capture.target_url:
        return False
    return urlsplit(capture.url).path in ("", "/") or source.role_of(capture.url) == "listing"


def media_type(headers: Sequence[Sequence[str]]) -> str | None:
    """The Content-Type that a response states, with its parameters; None where it states none."""
    return header_of(headers, "content-type")


def header_of(headers: Sequence[Sequence[str]], wanted: str) -> str | None:
    """The first header of that name (lower case); None where there is none."""
    return next((value for name, value in headers if name.lower() == wanted), None)
