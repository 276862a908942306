"""What listings and bulletins point to: details first, then documents; a dead link is recorded and fails no run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from archive.attachments import confirm_document
from archive.blobs import name_of
from archive.holding import settle_attachments
from archive.journal import Arrival, held_document, record_all
from archive.leases import LEASE_SECONDS, claim, release
from archive.links import DueDocument, LinkWork, beyond_most, documents_go_first, due_attachments, link_books, link_work
from archive.store import Archive, Session
from archive.tables import Capture
from archive.targets import (
    get_target,
    note_answer,
    note_missing,
    note_moved,
    pass_over,
    reread_at,
)
from archive.waiting import put_off
from ingest.ahead import Ahead
from ingest.details import read_pages
from ingest.fetch import Fetched, FetchFailed, Refused, Response, retry_after_seconds
from ingest.leases import Lease
from ingest.politeness import LONGEST_CLOSED
from ingest.polling import arrivals, ask, ask_in_full, bytes_in, keep_aside, keep_hops, moved_to, polls_in_place
from ingest.report import Report
from ingest.settling import arrive
from ingest.texts import read_texts
from ingest.tools import Tools
from ingest.waiting import NotAsked, Unasked, not_asked
from parsers.blocked import no_document
from parsers.pdf import EXTRACTOR
from parsers.source import Source

DOCUMENTS_AT_ONCE = 2_000
"""How many documents one run asks; the rest is due in the next one."""
IN_FULL_EVERY = 6
"""After so many answers of 304, less one, a document is asked without validators: at 30 days, then twice a year."""
BATCH_DOCUMENTS = 64
BATCH_BYTES = 8 * 1024 * 1024
BATCH_SECONDS = 2.0


def follow_links(
    archive: Archive,
    source: Source,
    tools: Tools,
    report: Report,
    owner: str,
    target_ids: Sequence[int],
    known: LinkWork | None = None,
) -> None:
    """Ask the details and documents of a source that are due, balance their books, and take the texts that wait.

    `target_ids` are the listings that this run has leased; `known` is what there is to do, where that is known. A host
    that lets us ask so seldom that links wait is asked for a page and for a document in turn.
    """
    work = known or _work_for(archive, source, tools)
    if work.pages_due and work.to_fetch and _documents_go_first(archive, source, target_ids):
        _fetch_all(archive, source, tools, report, owner, target_ids)
    if work.pages_due:
        read_pages(archive, source, tools, report, owner, target_ids)
        work = _work_for(archive, source, tools)
    if work.to_fetch:
        _fetch_all(archive, source, tools, report, owner, target_ids)
    elif report.links_read or report.links_failed:
        with archive.reading() as session:
            report.links = link_books(session, source.slug, report.links_read, report.links_failed)
    else:
        report.links = work.links
    if work.to_fetch or work.to_read:
        for notice in read_texts(archive, source.slug, tools.documents, tools.stop):
            report.notices.append(notice)
            report.is_lossy = True


def _documents_go_first(archive: Archive, source: Source, listing_ids: Sequence[int]) -> bool:
    with archive.reading() as session:
        return documents_go_first(session, source.slug, listing_ids)


def _work_for(archive: Archive, source: Source, tools: Tools) -> LinkWork:
    with archive.reading() as session:
        return link_work(session, source.slug, tools.clock(), EXTRACTOR)


def _fetch_all(
    archive: Archive, source: Source, tools: Tools, report: Report, owner: str, listing_ids: Sequence[int]
) -> None:
    now = tools.clock()
    with archive.writing() as session:
        longest_due = due_attachments(session, source.slug, now, DOCUMENTS_AT_ONCE - report.documents_asked)
        due = _without_surplus(session, longest_due, tools.max_documents, report)
        got = claim(session, [target.id for target in due], owner, now, LEASE_SECONDS)
    report.documents_asked += len(got)
    leased = set(got)
    wanted = [target for target in due if target.id in leased]
    unasked = Unasked("documents", report)
    batch = FirstArrivals(archive, source, tools.clock)
    lease = Lease(archive, [*listing_ids, *got], owner, tools.clock)
    try:
        with _asking(archive, source, tools, wanted) as answers:
            for target in wanted:
                if tools.stop.is_set() or not lease.holds():
                    break
                try:
                    was_had, fault = _take(archive, source, tools, target, answers, batch)
                except NotAsked as problem:
                    unasked.add(target.id, problem)
                    continue
                (report.links_read if was_had else report.links_failed).add(target.id)
                if fault:
                    report.notices.append(fault)
                    report.is_lossy = True
        batch.store()
    finally:
        with archive.writing() if got else archive.reading() as session:
            if got:
                unasked.note(session, tools.clock())
                release(session, got, owner)
            read = report.links_read - batch.waiting
            report.links = link_books(session, source.slug, read, report.links_failed)


def _without_surplus(session: Session, due: Sequence[DueDocument], most: int, report: Report) -> Sequence[DueDocument]:
    """What is due but what a bulletin cites beyond `most` documents: that is passed over, and said."""
    surplus = beyond_most(session, [target.id for target in due if target.sha256 is None], most)
    if surplus:
        reason = f"one of more than {most} documents of a bulletin, expected at most that (setting max_documents)"
        pass_over(session, surplus, reason)
        report.notices.append(f"{len(surplus)} documents are not fetched, each {reason}")
        report.is_lossy = True
    return [target for target in due if target.id not in surplus]


class FirstArrivals:
    """Documents that came for the first time, stored several at once: bodies durable, then rows in one transaction.

    One that is lost before that is asked for again.
    """

    def __init__(self, archive: Archive, source: Source, clock: Callable[[], datetime]) -> None:
        self._archive, self._source, self._clock = archive, source, clock
        self._arrivals: list[Arrival] = []
        self._bytes_held = 0
        self.waiting: set[int] = set()

    def take(self, target: DueDocument, arrival: Arrival) -> None:
        """Take a document, and store those that wait when they are enough, large, or old."""
        self._arrivals.append(arrival)
        self._bytes_held += len(arrival.body)
        self.waiting.add(target.id)
        seconds = (self._clock() - self._arrivals[0].fetched_at).total_seconds()
        if (
            len(self._arrivals) >= BATCH_DOCUMENTS
            or self._bytes_held >= BATCH_BYTES
            or not 0 <= seconds < BATCH_SECONDS
        ):
            self.store()

    def store(self) -> None:
        """Keep, record and settle what waits."""
        if self._arrivals:
            now = self._clock()
            names = self._archive.blobs.put_all([arrival.body for arrival in self._arrivals])
            with self._archive.writing() as session:
                numbers = record_all(session, list(zip(self._arrivals, names, strict=True)), now)
                settle_attachments(session, self._source.slug, numbers, now)
        self._arrivals.clear()
        self._bytes_held = 0
        self.waiting.clear()


Documents = Ahead[DueDocument, tuple[Capture | None, Fetched]]


def _asking(archive: Archive, source: Source, tools: Tools, wanted: Sequence[DueDocument]) -> Documents:
    """The answers to these documents, asked ahead, each with the capture that the request was conditional on."""

    def answer(target: DueDocument) -> tuple[Capture | None, Fetched]:
        held = _held(archive, target)
        tools.say(f"{source.slug}: asking {target.url}")
        if held is None or target.confirmed_polls + 1 >= IN_FULL_EVERY:
            return held, ask_in_full(source, tools, target, lambda answer: _is_document(answer, target))
        return held, ask(source, tools, target.moved_to or target.url, held.headers)

    return Ahead(answer, wanted, lambda answered: bytes_in(answered[1]))


def _take(
    archive: Archive, source: Source, tools: Tools, target: DueDocument, answers: Documents, batch: FirstArrivals
) -> tuple[bool, str | None]:
    """Keep what came of a document; whether it was had or is still what we hold, and why what came is no document.

    Raises NotAsked.
    """
    try:
        held, fetched = answers.take(target)
    except (FetchFailed, Refused) as problem:
        if tools.stop.is_set():
            raise NotAsked("the run is being stopped", 0, waits=True) from problem
        keep_hops(archive, source, target, problem, tools.clock())
        if unasked := not_asked(problem):
            raise unasked from problem
        told = getattr(problem, "retry_after_seconds", None)
        _note_missing(archive, target.id, str(problem), tools.clock(), told)
        return False, None
    keep_aside(archive, source, target, fetched.aside, tools.clock())
    answer = fetched.answer
    is_held = answer.status == 200 and name_of(answer.body) == target.sha256
    if held is not None and (answer.status == 304 or is_held):
        _note_same(archive, held, target, fetched, tools.clock())
        _note_moved(archive, target, fetched)
        return True, None
    hops = arrivals(source, target, fetched.hops)
    fault = None
    if target.sha256 is None and len(hops) == 1 and _is_document(answer, target):
        batch.take(target, hops[0])
    else:
        settled = arrive(archive, source, hops, tools.clock())
        fault = settled.notice if settled.losses else None
        _keep_to(archive, target.id, tools.clock(), retry_after_seconds(answer, tools.clock()))
    was_had = answer.status == 200 and fault is None
    if was_had:
        _note_moved(archive, target, fetched)
    return was_had, fault


def _is_document(answer: Response, target: DueDocument) -> bool:
    return answer.status == 200 and no_document(answer.url, answer.body, target.url) is None


def _note_moved(archive: Archive, target: DueDocument, fetched: Fetched) -> None:
    moved = moved_to(target, fetched.hops)
    if moved != target.moved_to:
        with archive.writing() as session:
            note_moved(session, target.id, moved)


def _held(archive: Archive, target: DueDocument) -> Capture | None:
    """The capture that the document was last had by."""
    if target.sha256 is None:
        return None
    with archive.reading() as session:
        return held_document(session, target.source, target.url)


def _note_missing(archive: Archive, target_id: int, reason: str, now: datetime, told: float | None) -> None:
    with archive.writing() as session:
        note_missing(session, get_target(session, target_id), now, reason)
    _keep_to(archive, target_id, now, told)


def _keep_to(archive: Archive, target_id: int, now: datetime, told: float | None) -> None:
    """Ask a document no sooner than its server asked us to (seconds)."""
    if told:
        with archive.writing() as session:
            put_off(session, {target_id: now + min(timedelta(seconds=told), LONGEST_CLOSED)})


def _note_same(archive: Archive, held: Capture, asked: DueDocument, fetched: Fetched, now: datetime) -> None:
    answer = fetched.answer
    with archive.writing() as session:
        kind = "304" if answer.status == 304 else "identical"
        target = confirm_document(session, held, answer.fetched_at, kind, "capture")
        target.confirmed_polls = polls_in_place(asked, fetched)
        note_answer(session, target, answer.fetched_at, answer.status, reread_at(target.first_seen_at, now))
