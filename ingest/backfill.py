"""Backfilling a source from a web archive: the walk, then the texts of the documents that it brought."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from archive.store import Archive
from ingest.archives import Asker
from ingest.cdx_server import INTERNET_ARCHIVE, CdxServer
from ingest.crawls import CommonCrawl
from ingest.history import Walk
from ingest.holdings import Holding
from ingest.report import Report
from ingest.texts import read_texts
from ingest.tools import Tools
from parsers.source import Source

__all__ = ["INTERNET_ARCHIVE", "backfill", "holding_at"]


def holding_at(address: str, tools: Tools) -> Holding:
    """The web archive at an address: Common Crawl's index, else a CDX server with replay beside it."""
    asker = Asker(tools.fetcher, say=tools.say, wait=tools.stop.wait, is_stopped=tools.stop.is_set)
    host = urlsplit(address).hostname or ""
    if host == "commoncrawl.org" or host.endswith(".commoncrawl.org"):
        return CommonCrawl(asker, address)
    return CdxServer(asker, address)


def backfill(
    archive: Archive,
    source: Source,
    holding: Holding,
    tools: Tools,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    """Take in what a web archive holds of a source in this span; a second start goes on where the first one ended."""
    report = Report(source.slug)
    Walk(archive, source, holding, tools, report, since=since, until=until).go()
    report.accounts.check(f"backfill of {source.slug}")
    for notice in read_texts(archive, source.slug, tools.documents, tools.stop):
        report.notices.append(notice)
        report.is_lossy = True
    return report
