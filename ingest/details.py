"""The pages that listings point to: details and older listings, asked when due, each by itself."""

from __future__ import annotations

from collections.abc import Sequence

from archive.leases import LEASE_SECONDS, claim, release
from archive.links import due_pages
from archive.listings import Listing, get_listings
from archive.store import Archive
from ingest.leases import Lease
from ingest.polling import asking, poll
from ingest.report import Report
from ingest.settling import facts_of
from ingest.tools import Tools
from ingest.waiting import NotAsked, Unasked
from parsers.source import Source

PAGES_AT_ONCE = 20


def read_pages(
    archive: Archive, source: Source, tools: Tools, report: Report, owner: str, listing_ids: Sequence[int]
) -> None:
    """Ask the pages of a source that are due, until none is, or as many were asked as one run may ask.

    `listing_ids` are the listings that this run has leased. Which were read and which failed goes into the report.
    """
    asked: set[int] = set()
    while report.pages_asked < tools.max_pages and not tools.stop.is_set():
        most = min(tools.max_pages - report.pages_asked, PAGES_AT_ONCE)
        pages = _claim_due(archive, source, tools, owner, most, asked)
        if not pages:
            return
        report.pages_asked += len(pages)
        _read(archive, source, tools, report, owner, listing_ids, pages, asked)


def _claim_due(
    archive: Archive, source: Source, tools: Tools, owner: str, most: int, asked: set[int]
) -> Sequence[Listing]:
    """Lease pages that are due and were not asked in this run yet, longest overdue first."""
    now, version = tools.clock(), facts_of(source).parser_version
    with archive.writing() as session:
        wanted = [number for number in due_pages(session, source.slug, now, most + len(asked)) if number not in asked]
        got = claim(session, wanted[:most], owner, now, LEASE_SECONDS) if wanted else []
        place = {number: at for at, number in enumerate(wanted)}
        return sorted(get_listings(session, got, version), key=lambda page: place[page.id])


def _read(
    archive: Archive,
    source: Source,
    tools: Tools,
    report: Report,
    owner: str,
    listing_ids: Sequence[int],
    pages: Sequence[Listing],
    asked: set[int],
) -> None:
    numbers = [page.id for page in pages]
    unasked = Unasked("pages", report)
    lease = Lease(archive, [*listing_ids, *numbers], owner, tools.clock)
    try:
        with asking(source, tools, pages) as answers:
            for page in pages:
                if tools.stop.is_set() or not lease.holds():
                    break
                asked.add(page.id)
                try:
                    was_read = poll(archive, source, tools, report, lease, page, answers)
                except NotAsked as problem:
                    unasked.add(page.id, problem)
                else:
                    (report.links_read if was_read else report.links_failed).add(page.id)
    finally:
        with archive.writing() as session:
            unasked.note(session, tools.clock())
            release(session, numbers, owner)
