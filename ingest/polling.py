"""Asking listing pages: conditionally, keeping whatever comes, setting when to ask again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from archive.blobs import CorruptBlob
from archive.confirm import confirm_newest
from archive.derived import Target
from archive.details import again_after_failure
from archive.journal import Arrival, body_of
from archive.listings import Listing, Validated
from archive.settle import Settled
from archive.store import Archive, Session
from archive.targets import get_target, note_failure, note_moved
from ingest.ahead import Ahead
from ingest.fetch import Fetched, FetchFailed, Refused, Response
from ingest.leases import Lease
from ingest.pace import LONGEST_WAIT, answered, jittered, note_polled, told_to_wait
from ingest.politeness import Unwell
from ingest.report import Report
from ingest.robots import Disallowed
from ingest.settling import ASIDE, READABLE, arrive, facts_of
from ingest.tools import Tools
from ingest.waiting import NotAsked, not_asked
from parsers.source import Source

IN_FULL_EVERY = 96
"""After so many answers of 304, less one, a page is asked without validators: some servers say 304 of what changed."""
PERMANENT = frozenset({301, 308})


Pages = Ahead[Listing, Fetched]


def asking(source: Source, tools: Tools, pages: Sequence[Listing]) -> Pages:
    """The answers to these pages, asked ahead and conditionally."""

    def answer(page: Listing) -> Fetched:
        tools.say(f"{source.slug}: asking {page.url}")
        if page.validated is None or page.confirmed_polls + 1 >= IN_FULL_EVERY:
            return ask_in_full(source, tools, page, lambda answer: answer.status in READABLE)
        return ask(source, tools, page.moved_to or page.url, page.validated.headers)

    return Ahead(answer, pages, bytes_in)


def poll(
    archive: Archive, source: Source, tools: Tools, report: Report, lease: Lease, target: Listing, answers: Pages
) -> bool:
    """Take the answer of one page, keep what came, and set when to ask again; whether it was read.

    Raises NotAsked where it is not to be asked yet.
    """
    if not lease.holds():
        report.notices.append(f"{target.url}: another process reads it by now, expected our lease to hold")
        return False
    try:
        fetched = answers.take(target)
        keep_aside(archive, source, target, fetched.aside, tools.clock())
        settled = _take_in(archive, source, tools, target, fetched)
    except (FetchFailed, Refused) as problem:
        keep_hops(archive, source, target, problem, tools.clock())
        if tools.stop.is_set():
            raise NotAsked("the run is being stopped", 0, waits=True) from problem
        unasked = not_asked(problem)
        if unasked is not None and _is_no_failure(target, unasked, problem.__cause__):
            raise unasked from problem
        _note_unanswered(archive, source, target, problem, tools.clock())
        report.fail(str(problem))
        return False
    report.take(settled)
    return not (settled.gone or settled.accounts.errors)


def _is_no_failure(target: Listing, unasked: NotAsked, cause: BaseException | None) -> bool:
    """Whether a page only waits: a host that fails fails its listings, and a page that is forbidden is an error."""
    return unasked.waits and not (target.role == "listing" and isinstance(cause, Unwell))


class Address(Protocol):
    """What a response must know of the target that was asked: a listing or a document."""

    @property
    def role(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def moved_to(self) -> str | None: ...
    @property
    def confirmed_polls(self) -> int: ...
    @property
    def facts(self) -> Mapping[str, str]: ...


def ask(source: Source, tools: Tools, url: str, earlier: Sequence[Sequence[str]]) -> Fetched:
    """Fetch `url` with the validators among the headers of an earlier capture.

    Raises FetchFailed or Refused; once the run is to stop, nothing is asked any more.
    """
    if tools.stop.is_set():
        raise FetchFailed(url, "the run is being stopped, expected the next one to ask")
    headers = {name.lower(): value for name, value in earlier}
    options = tools.options_of(source.slug)
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    return tools.fetcher.get(url, etag=etag, last_modified=last_modified, options=options)


def ask_in_full(source: Source, tools: Tools, target: Address, is_there: Callable[[Response], bool]) -> Fetched:
    """Fetch a target without validators, and at its stated address though it had moved: that may be in use again.

    Where it is not there, it is asked where it had moved to. Raises FetchFailed or Refused.
    """
    if target.moved_to is None:
        return ask(source, tools, target.url, ())
    try:
        fetched = ask(source, tools, target.url, ())
        if is_there(fetched.answer):
            return fetched
        aside = fetched.hops
    except (FetchFailed, Refused) as problem:
        tools.say(f"{source.slug}: {problem}; asked at {target.moved_to}")
        aside = problem.hops
    try:
        return replace(ask(source, tools, target.moved_to, ()), aside=aside)
    except (FetchFailed, Refused) as problem:
        problem.aside = aside
        raise


def polls_in_place(target: Address, fetched: Fetched) -> int:
    """How many answers in a row were 304, or came from where a target had moved to, without a look at its own place."""
    is_looked_at = fetched.hops[0].url != target.moved_to or fetched.aside is not None
    return 0 if is_looked_at and fetched.answer.status != 304 else target.confirmed_polls + 1


def moved_to(target: Address, hops: Sequence[Response]) -> str | None:
    """Where a target leads for good, by permanent redirects alone; else where it was asked, if it had moved there."""
    before = target.moved_to if hops[0].url == target.moved_to else None
    if len(hops) == 1 or any(hop.status not in PERMANENT for hop in hops[:-1]):
        return before
    return hops[-1].url


def bytes_in(fetched: Fetched) -> int:
    """The size of the bodies that a fetch brought."""
    return sum(len(hop.body) for hop in (*fetched.hops, *(fetched.aside or ())))


def arrivals(source: Source, target: Address, hops: Sequence[Response]) -> list[Arrival]:
    """The hops of a fetch as arrivals at a target."""
    return [
        Arrival(
            source=source.slug,
            role=target.role,
            target_url=target.url,
            url=hop.url,
            fetched_at=hop.fetched_at,
            via="live",
            cause="capture",
            status=hop.status,
            headers=hop.headers,
            body=hop.body,
            facts=target.facts,
        )
        for hop in hops
    ]


def keep_hops(archive: Archive, source: Source, target: Address, problem: FetchFailed | Refused, now: datetime) -> None:
    """Keep the redirects of a fetch that came to nothing, and what came aside."""
    keep_aside(archive, source, target, problem.aside, now)
    if problem.hops:
        arrive(archive, source, arrivals(source, target, problem.hops), now)


def keep_aside(
    archive: Archive, source: Source, target: Address, aside: Sequence[Response] | None, now: datetime
) -> None:
    """Keep what came of a look at the address that a target had moved from: it says nothing of the target."""
    if aside:
        facts = {**target.facts, ASIDE: f"asked though it had moved to {target.moved_to}"}
        arrive(archive, source, [replace(each, facts=facts) for each in arrivals(source, target, aside)], now)


def _take_in(archive: Archive, source: Source, tools: Tools, target: Listing, fetched: Fetched) -> Settled:
    """A 304 is a check where it speaks of the newest reading; else the page is back at what its validators named."""
    hops: Sequence[Response] = fetched.hops
    validated = target.validated
    if fetched.answer.status == 304 and validated is not None:
        at, facts = fetched.answer.fetched_at, facts_of(source, target.role)
        with archive.noting() as connection:
            noted = answered(source, target, fetched.answer, tools.clock(), polls_in_place(target, fetched))
            settled = confirm_newest(connection, facts, validated.capture_id, at, "304", "capture", noted)
            if settled is not None:
                return settled
        try:
            hops = _as_stored(archive, validated, hops)
        except CorruptBlob:
            fetched = ask(source, tools, target.moved_to or target.url, ())
            hops = fetched.hops
    settled = arrive(archive, source, arrivals(source, target, hops), tools.clock())
    with archive.writing() as session:
        _note_polled(session, source, target, fetched, settled, tools.clock())
    return settled


def _as_stored(archive: Archive, validated: Validated, hops: Sequence[Response]) -> Sequence[Response]:
    """The hops with the stored body in the place of the 304, its headers updated by the 304's (RFC 9111, 3.2)."""
    with archive.reading() as session:
        body = body_of(session, archive.blobs, validated.sha256)
    fresh = {name.lower() for name, _ in hops[-1].headers}
    kept = tuple((name, value) for name, value in validated.headers if name.lower() not in fresh)
    return [*hops[:-1], replace(hops[-1], headers=(*hops[-1].headers, *kept), body=body)]


def _note_unanswered(
    archive: Archive, source: Source, asked: Listing, problem: FetchFailed | Refused, now: datetime
) -> None:
    forbidden = isinstance(problem, Disallowed)
    told = timedelta(seconds=getattr(problem, "seconds" if forbidden else "retry_after_seconds", None) or 0.0)
    with archive.writing() as session:
        target = get_target(session, asked.id)
        again_at = _again_after_failure(session, source, target, now, told)
        note_failure(session, target, now, str(problem), again_at, forbidden=forbidden)


def _note_polled(
    session: Session, source: Source, asked: Listing, fetched: Fetched, settled: Settled, now: datetime
) -> None:
    """Set when to ask a page again, by what its answer came to."""
    status = fetched.answer.status
    if settled.accounts.errors or settled.gone:
        target = get_target(session, asked.id)
        again_at = _again_after_failure(session, source, target, now, told_to_wait(fetched.answer, now), status)
        note_failure(session, target, now, settled.notice or f"status {status}", again_at, status)
        if asked.moved_to not in (None, fetched.hops[0].url):
            target.moved_to, target.confirmed_polls = asked.moved_to, 0
    else:
        note_polled(session, source, asked, fetched.answer, settled, now, polls_in_place(asked, fetched))
        moved = moved_to(asked, fetched.hops)
        if moved != asked.moved_to:
            note_moved(session, asked.id, moved)


def _again_after_failure(
    session: Session, source: Source, target: Target, now: datetime, told: timedelta, status: int | None = None
) -> datetime | None:
    """When a page that could not be had is asked again; never before `told`, the time that the server asked for.

    None for a detail that is gone for good; a listing is always asked again.
    """
    if target.role == "listing":
        doubled = timedelta(minutes=source.every_minutes) * 2 ** min(target.failures, 10)
        return now + max(jittered(min(doubled, LONGEST_WAIT)), told)
    again_at = again_after_failure(session, target, now, status)
    return again_at and max(again_at, now + told)
