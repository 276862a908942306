"""The peer: a Scrapy project that reads the same pages into the same items and fetches the same PDFs.

Durable is what a careful user writes: each page and PDF fsynced, each item committed to SQLite on its own.
Otherwise it is Scrapy as it comes: its files pipeline and its JSON Lines feed, nothing fsynced.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from scrapy.pipelines.files import FilesPipeline, FSFilesStore

from bench.servers import Cost, Stopwatch

Item = dict[str, Any]

HEADING = re.compile(r"(\d\d)/(\d\d)/(\d{4}) - CSSC(?: (London))? (Green|Amber|Red) Message(?: - (.*))?")


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to run it. `connections` is how many requests to the host are under way at once, at most."""

    durable: bool
    connections: int


def keep_durably(place: Path, body: bytes) -> None:
    """Write a file and fsync it."""
    with place.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


class CsscSpider(Spider):
    """The pages, entry by entry; with `raw_folder` each page is kept there, fsynced, before it is parsed."""

    name = "cssc"

    def __init__(self, urls: list[str], raw_folder: Path | None) -> None:
        super().__init__()
        self.start_urls = urls
        self.raw_folder = raw_folder

    def parse(self, response: Response, *_: Any, **__: Any) -> Iterator[Item]:
        if self.raw_folder:
            keep_durably(self.raw_folder / response.url.rsplit("/", 1)[-1], response.body)
        item: Item = {}
        for paragraph in response.css("#main div.Normal > p"):
            words = paragraph.xpath("string()").get("").replace("\xa0", " ").strip()
            heading = HEADING.fullmatch(words)
            if heading:
                if item:
                    yield item
                item = started(heading, response.url)
            elif words:
                item["text"] += f"\n{words}" if item["text"] else words
                item["file_urls"] += map(response.urljoin, paragraph.css("a::attr(href)").getall())
        if item:
            yield item


def started(heading: re.Match[str], url: str) -> Item:
    """An item of what its heading says."""
    day, month, year, region, level, title = heading.groups()
    return {
        "url": url,
        "issued": f"{year}-{month}-{day}",
        "level": level.lower(),
        "region": region,
        "title": title,
        "text": "",
        "file_urls": [],
    }


class DurableStore(FSFilesStore):
    """Scrapy's folder of files, each fsynced."""

    def persist_file(self, path: Any, buf: Any, info: Any, meta: Any = None, headers: Any = None) -> None:
        place = self._get_filesystem_path(path)
        self._mkdir(place.parent, info)
        keep_durably(place, buf.getvalue())


class DurableFiles(FilesPipeline):
    """Scrapy's files pipeline on that store; files are written by its pool of threads."""

    def _get_store(self, uri: str) -> DurableStore:
        return DurableStore(uri)


class CommitEach:
    """Each item in a transaction of its own; SQLite with a write-ahead log and synchronous=FULL."""

    def __init__(self, database: str) -> None:
        self.connection = sqlite3.connect(database, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE items (url, issued, level, region, title, text, files)")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CommitEach:
        return cls(crawler.settings["BENCH_DATABASE"])

    def process_item(self, item: Item) -> Item:
        values = [item[name] for name in ("url", "issued", "level", "region", "title", "text")]
        self.connection.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?)", [*values, json.dumps(item["files"])])
        return item

    def close_spider(self) -> None:
        self.connection.close()


def settings_of(peer: Peer, folder: Path) -> dict[str, Any]:
    """Scrapy's defaults but for what is named here."""
    kept: dict[str, Any] = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": peer.connections,
        "FILES_STORE": str(folder / "files"),
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }
    if peer.durable:
        pipelines: dict[Any, int] = {DurableFiles: 1, CommitEach: 2}
        return kept | {"ITEM_PIPELINES": pipelines, "BENCH_DATABASE": str(folder / "items.sqlite")}
    return kept | {
        "ITEM_PIPELINES": {FilesPipeline: 1},
        "FEEDS": {str(folder / "items.jsonl"): {"format": "jsonlines"}},
    }


def crawl(peer: Peer, urls: list[str], folder: str) -> Cost:
    """One crawl, timed from the start of Scrapy's engine to the end of its spider."""
    place = Path(folder)
    place.mkdir(parents=True)
    process = CrawlerProcess(settings_of(peer, place))
    crawler = process.create_crawler(CsscSpider)
    watches: list[Stopwatch] = []
    costs: list[Cost] = []
    crawler.signals.connect(lambda: watches.append(Stopwatch()), signals.engine_started, weak=False)
    crawler.signals.connect(lambda: costs.append(watches[0].read()), signals.spider_closed, weak=False)
    process.crawl(crawler, urls=urls, raw_folder=place if peer.durable else None)
    process.start()
    return costs[0]


def items(peer: Peer, folder: Path) -> list[Item]:
    """What a crawl stored."""
    if not peer.durable:
        return [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    names = ("url", "issued", "level", "region", "title", "text", "files")
    with sqlite3.connect(folder / "items.sqlite") as connection:
        rows = [dict(zip(names, row, strict=True)) for row in connection.execute("SELECT * FROM items")]
    return [row | {"files": json.loads(row["files"])} for row in rows]
