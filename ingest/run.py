"""One run of one source: what is pending first, then its pages, then the documents that they cite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from archive.leases import owner_here, release, retire
from archive.links import LinkWork, link_work
from archive.listings import Listing, get_listings
from archive.runs import Begun, begin_run, end_run
from archive.store import Archive, ArchiveUnusable
from archive.targets import due_among
from archive.waiting import note_links_wait
from ingest.accepting import accept as accept_held
from ingest.citations import follow_links
from ingest.leases import Lease
from ingest.merging import merge_index
from ingest.polling import Pages, asking, poll
from ingest.progress import Surroundings
from ingest.report import Report
from ingest.settling import facts_of, settle
from ingest.tools import Tools
from ingest.waiting import NotAsked, Unasked
from parsers.pdf import EXTRACTOR
from parsers.source import Source

__all__ = ["Source", "giving_back", "run_source"]


def run_source(
    archive: Archive, source: Source, tools: Tools, *, accept: bool = False, only_due: bool = False
) -> Report:
    """Run one source once; with `only_due`, ask only pages whose time has come.

    A second run of the same source at once, here or in another process, finds the lease taken and reports `busy`.
    """
    report, owner, version = Report(source.slug), owner_here(), facts_of(source).parser_version
    with archive.noting() as connection:
        begun = begin_run(connection, source.slug, source.start, owner, tools.clock(), version)
        work = link_work(connection, source.slug, tools.clock(), EXTRACTOR)
    if begun is None:
        report.state = "busy"
        return report
    with giving_back(archive, begun, owner, report, tools, lambda: {"links": report.links}):
        _work(archive, source, tools, report, owner, begun, work, accept=accept, only_due=only_due)
        report.accounts.check(f"run of {source.slug}")
        report.state = "stopped" if tools.stop.is_set() else "done"
    return report


@contextmanager
def giving_back(
    archive: Archive,
    begun: Begun,
    owner: str,
    report: Report,
    around: Surroundings,
    more: Callable[[], Mapping[str, Any]],
) -> Iterator[None]:
    """Give the leases of a run back and log its end, with `more` beside its accounts, when the block ends.

    Where it ends by an error the run has failed, the report says why, and the owner retires. What it wrote to the index
    of search is merged at last, when it holds nothing up.
    """
    try:
        yield
    except BaseException as problem:
        report.state = "failed"
        if isinstance(problem, Exception):
            retire(owner)
            report.notices.append(f"{type(problem).__name__}: {problem}")
        raise
    finally:
        _give_back(archive, begun, owner, report, around, more())
    if report.links_read or not report.all_same:
        merge_index(archive, report.notices.append, around.stop)


def _give_back(
    archive: Archive, begun: Begun, owner: str, report: Report, tools: Surroundings, more: Mapping[str, Any]
) -> None:
    """Where the end cannot be written, the owner retires."""
    books = {**asdict(report.accounts), **more}
    try:
        with archive.noting() as connection:
            release(connection, begun.target_ids, owner)
            end_run(connection, begun.run_id, report.state, "; ".join(report.told) or None, books, tools.clock())
    except ArchiveUnusable:
        retire(owner)
        raise


def _work(
    archive: Archive,
    source: Source,
    tools: Tools,
    report: Report,
    owner: str,
    begun: Begun,
    work: LinkWork,
    *,
    accept: bool,
    only_due: bool,
) -> None:
    lease = Lease(archive, begun.target_ids, owner, tools.clock)
    for capture_id in begun.waiting:
        report.take(settle(archive, source, capture_id, tools.clock()))
    if accept:
        report.accounts.withdrawn += accept_held(archive, source, tools.clock())
    asked = _to_poll(archive, begun.target_ids, tools, only_due=only_due)
    listings = _listings(archive, source, begun) if begun.waiting else begun.listings
    wanted = [listing for listing in listings if listing.id in asked]
    links_go_first = any(listing.links_wait for listing in wanted)
    if links_go_first:
        follow_links(archive, source, tools, report, owner, begun.target_ids)
    with asking(source, tools, wanted) as answers:
        for listing in wanted:
            if not tools.stop.is_set():
                _poll(archive, source, tools, report, lease, listing, answers)
    if accept:
        _accept_what_came(archive, source, tools, report)
    known = None if links_go_first or not report.all_same else work
    follow_links(archive, source, tools, report, owner, begun.target_ids, known)
    if report.links_wait and not tools.stop.is_set():
        with archive.writing() as session:
            note_links_wait(session, begun.target_ids, report.links_wait)


def _poll(
    archive: Archive, source: Source, tools: Tools, report: Report, lease: Lease, listing: Listing, answers: Pages
) -> None:
    """Poll one listing; one that is not to be asked yet waits until it is."""
    unasked = Unasked("listings", report)
    try:
        poll(archive, source, tools, report, lease, listing, answers)
    except NotAsked as problem:
        unasked.add(listing.id, problem)
        with archive.writing() as session:
            unasked.note(session, tools.clock())


def _listings(archive: Archive, source: Source, begun: Begun) -> list[Listing]:
    """The listings of a run once more: what was pending has been settled and may be what is validated now."""
    with archive.reading() as session:
        return get_listings(session, begun.target_ids, facts_of(source).parser_version)


def _to_poll(archive: Archive, target_ids: Sequence[int], tools: Tools, *, only_due: bool) -> list[int]:
    if not only_due:
        return list(target_ids)
    with archive.reading() as session:
        return due_among(session, target_ids, tools.clock())


def _accept_what_came(archive: Archive, source: Source, tools: Tools, report: Report) -> None:
    """`--accept` also covers a page that this very run found half gone, and says how much it was."""
    withdrawn = accept_held(archive, source, tools.clock())
    report.accounts.withdrawn += withdrawn
    report.notices += [f"accepted: {notice}" for notice in report.held]
    report.held.clear()
