"""Backfilling a source from a web archive: the walk, then the texts of the documents that it brought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from archive.leases import owner_here
from archive.runs import BACKFILL, begin_run
from archive.store import Archive
from ingest.archives import Asker
from ingest.cdx_server import INTERNET_ARCHIVE, CdxServer
from ingest.crawls import CommonCrawl
from ingest.history import Walk
from ingest.holdings import Holding
from ingest.leases import Lease
from ingest.report import Report
from ingest.run import giving_back
from ingest.settling import facts_of
from ingest.texts import read_texts
from ingest.tools import Tools
from parsers.source import Source

__all__ = ["INTERNET_ARCHIVE", "backfill", "holding_at"]


def holding_at(address: str, tools: Tools, wait: Callable[[float], object]) -> Holding:
    """The web archive at an address: Common Crawl's index, else a CDX server with replay beside it."""
    asker = Asker(tools.fetcher, say=tools.say, wait=wait, is_stopped=tools.stop.is_set)
    host = urlsplit(address).hostname or ""
    if host == "commoncrawl.org" or host.endswith(".commoncrawl.org"):
        return CommonCrawl(asker, address)
    return CdxServer(asker, address)


def backfill(
    archive: Archive,
    source: Source,
    address: str,
    tools: Tools,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    """Take in what the web archive at an address holds of a source in this span, oldest first.

    A second start goes on where the first one ended. While a run or another backfill of the source goes on, here or in
    another process, it finds the lease taken and reports `busy`, as they do while it goes on.
    """
    report, owner, version = Report(source.slug), owner_here(), facts_of(source).parser_version
    work = {BACKFILL: address}
    with archive.writing() as session:
        begun = begin_run(session, source.slug, source.start, owner, tools.clock(), version, work)
    if begun is None:
        report.state = "busy"
        return report
    lease = Lease(archive, begun.target_ids, owner, tools.clock)
    with giving_back(archive, begun, owner, report, tools, lambda: work):
        holding = holding_at(address, tools, lambda seconds: lease.wait(seconds, tools.stop))
        Walk(archive, source, holding, tools, report, since=since, until=until, holds=lease.holds).go()
        report.accounts.check(f"backfill of {source.slug}")
        _read_documents(archive, tools, report)
    return report


def _read_documents(archive: Archive, tools: Tools, report: Report) -> None:
    for notice in read_texts(archive, report.source, tools.documents, tools.stop):
        report.notices.append(notice)
        report.is_lossy = True
