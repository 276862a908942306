"""Common Crawl: crawls from its list, captures by byte range, and what does not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.crawls import DATA, INDEX, CommonCrawl
from ingest.holdings import Row
from ingest.warc import captures_in
from tests.history.recorded import said, timeline, walked, write_warc
from tests.history.scripted import Watch, asker
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import ADDRESS, opened

CRAWLS = ("CC-MAIN-2017-51", "CC-MAIN-2018-26")
FILE = "crawl-data/CC-MAIN-2018-26/segments/1/warc/x.warc.gz"


@dataclass
class Crawled(httpx.BaseTransport):
    """Two crawls, of which the second one holds a WARC file; `lies` replace fields of the rows of the CSSC page."""

    file: Path
    lies: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    honours_range: bool = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        answer = self._answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/collinfo.json":
            others = [{"id": "x", "cdx-api": "https://www.example.org/CC-MAIN-2018-01-index"}]
            own = [{"id": name, "cdx-api": f"{INDEX}/{name}-index"} for name in reversed(CRAWLS)]
            return httpx.Response(200, json=[*own, *others])
        if request.url.host == "data.commoncrawl.org":
            return self._part(request.headers["Range"])
        rows = self._rows(request.url.params["url"]) if CRAWLS[1] in request.url.path else []
        if not rows:
            return httpx.Response(404, json={"message": "No Captures found for: it"})
        return httpx.Response(200, text="\n".join(map(json.dumps, rows)))

    def _part(self, asked: str) -> httpx.Response:
        first, last = map(int, asked.removeprefix("bytes=").split("-"))
        body = self.file.read_bytes()
        if not self.honours_range:
            return httpx.Response(200, content=body)
        stated = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return httpx.Response(206 if first < len(body) else 416, headers=stated, content=body[first : last + 1])

    def _rows(self, url: str) -> list[dict[str, str]]:
        with self.file.open("rb") as stream, self.file.open("rb") as places:
            rows = [row for row in captures_in(stream, places, "x") if isinstance(row, Row)]
        begins = [row.position or 0 for row in rows] + [self.file.stat().st_size]
        return [
            {
                "timestamp": row.at.strftime("%Y%m%d%H%M%S"),
                "url": row.url,
                "mime": "text/html",
                "status": "200",
                "digest": row.digest,
                "offset": str(place),
                "length": str(begins[begins.index(place) + 1] - place),
                "filename": FILE,
                **(self.lies if row.url == ADDRESS else {}),
            }
            for row, place in zip(rows, begins, strict=False)
            if row.url == url
        ]


def crawled(folder: Path, **more: Any) -> Crawled:
    return Crawled(write_warc(folder / "x.warc.gz", timeline("bsia-cssc", 2).exchanges, revisits=False), **more)


def test_what_was_polled_comes_out_of_the_crawls(database_url: str, tmp_path: Path) -> None:
    lived, crawls = timeline("bsia-cssc", 2), crawled(tmp_path)
    with opened(database_url, tmp_path) as archive:
        report = walked(archive, lived.source, CommonCrawl(asker(crawls, Watch())), lived.clock)
        assert differences(lived.said, said(archive)) == []
    assert (report.state, report.lossy) == ("done", False)
    assert crawls.asked[0] == f"{INDEX}/collinfo.json"
    assert not any("example.org" in url for url in crawls.asked)
    assert all(url == f"{DATA}/{FILE}" for url in crawls.asked if url.startswith(DATA))


LIES: dict[str, dict[str, str]] = {
    "beyond the file": {"offset": "999999999"},
    "no place": {"offset": "-1"},
    "huge": {"length": "99999999999"},
    "nothing": {"length": "0"},
    "another record": {"offset": "0", "length": "40"},
    "another folder": {"filename": "crawl-data/../../etc/passwd.warc.gz"},
    "another host": {"filename": "//www.example.org/x.warc.gz"},
    "no file": {"filename": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_place_that_cannot_be_is_a_gap(lie: str, tmp_path: Path) -> None:
    lived, crawls = timeline("bsia-cssc", 2), crawled(tmp_path, lies=LIES[lie])
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        report = walked(archive, lived.source, CommonCrawl(asker(crawls, Watch())), lived.clock)
        held = dump(archive)
    assert (report.state, report.lossy, held["notifications"]) == ("done", True, [])
    assert len(held["gaps"]) == 4
    assert all(url.startswith((f"{INDEX}/", f"{DATA}/crawl-data/CC-MAIN")) for url in crawls.asked)


def test_a_server_that_knows_no_ranges_gives_nothing(tmp_path: Path) -> None:
    lived, crawls = timeline("bsia-cssc", 2), crawled(tmp_path, honours_range=False)
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        walked(archive, lived.source, CommonCrawl(asker(crawls, Watch()), f"{INDEX}/{CRAWLS[1]}-index"), lived.clock)
        held = dump(archive)
    assert len(held["gaps"]) == 4 and "no range stated" in held["gaps"][0]["reason"]
    assert not any("collinfo" in url for url in crawls.asked)
