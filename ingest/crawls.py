"""Common Crawl: an index for each crawl, and the captures as byte ranges of its WARC files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from ingest.archives import Asker, Broken, Refused
from ingest.cdx import rows_in
from ingest.cdx_server import listed
from ingest.holdings import Away, Given, NotGiven, Row, Unusable
from ingest.warc import MAX_RECORD_BYTES, given_in

INDEX = "https://index.commoncrawl.org"
DATA = "https://data.commoncrawl.org"
CRAWL = re.compile(r"CC-MAIN-(\d{4})(?:-\d+)*")
FILE = re.compile(r"crawl-data/[\w-]+(?:/[\w.-]+)*\.warc(?:\.gz)?")
MOST_CRAWLS = 500


class CommonCrawl:
    """The captures of one crawl (`…/CC-MAIN-2018-05-index`) or of all that the index lists."""

    cause = "backfill"

    def __init__(self, asker: Asker, address: str = INDEX, data: str = DATA) -> None:
        self._asker, self._data = asker, data
        self.name = self.via = address.rstrip("/")
        self._crawls: list[str] = [self.name] if self.name.endswith("-index") else []

    def pages(self, url: str, since: datetime | None, until: datetime) -> Iterator[Sequence[Row | Unusable]]:
        """What each crawl lists of an address, oldest crawl first. Raises BadIndex and Away."""
        for crawl in self._crawls or self._all_crawls():
            year = CRAWL.search(crawl)
            if year is not None and since is not None and int(year[1]) < since.year - 1:
                continue
            asked = {"url": url, "output": "json", "to": f"{until.astimezone(UTC):%Y%m%d%H%M%S}"}
            asked |= {"from": f"{since.astimezone(UTC):%Y%m%d%H%M%S}"} if since else {}
            yield list(rows_in(listed(self._asker, f"{crawl}?{urlencode(asked)}", url)))

    def _all_crawls(self) -> list[str]:
        """The indexes of all crawls on the index's own host, oldest first; asked once."""
        body = listed(self._asker, f"{self.name}/collinfo.json", self.name)
        try:
            found = [str(each["cdx-api"]) for each in json.loads(body)]
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Away(f"{self.name}/collinfo.json: {problem!r}, expected a list of crawls") from problem
        host = urlsplit(self.name).netloc
        own = [each for each in found if urlsplit(each).netloc == host and CRAWL.search(each)]
        if not own or len(own) > MOST_CRAWLS:
            raise Away(f"{self.name}/collinfo.json: {len(own)} crawls of this host, expected 1 to {MOST_CRAWLS}")
        self._crawls = sorted(own)
        return self._crawls

    def fetch(self, row: Row) -> Given:
        """The response in the record at a row's place. Raises NotGiven and Away."""
        if row.file is None or not FILE.fullmatch(row.file) or ".." in row.file:
            raise NotGiven(f"file {row.file!r} in the index, expected a WARC of a crawl")
        if row.position is None or not row.length or row.length > MAX_RECORD_BYTES:
            raise NotGiven(f"{row.length} bytes at {row.position} in the index, expected a place in a file")
        span = (row.position, row.position + row.length - 1)
        try:
            answer = self._asker.ask(f"{self._data}/{row.file}", span)
        except (Refused, Broken) as problem:
            raise NotGiven(str(problem)) from problem
        stated = answer.header("Content-Range") or ""
        if answer.status != 206 or not stated.startswith(f"bytes {span[0]}-{span[1]}/"):
            told = stated or "no range stated"
            raise NotGiven(f"status {answer.status} for bytes {span[0]} to {span[1]} ({told}), expected them")
        return given_in(io.BytesIO(answer.body), row.url)
