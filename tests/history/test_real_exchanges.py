"""Exchanges with the Internet Archive as others recorded them (VCR cassettes): what they give us, and what not."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from ingest.cdx import rows_in
from ingest.cdx_server import CdxServer
from ingest.holdings import BadIndex, NotGiven, Row
from tests.corpus import corpus
from tests.history.scripted import Watch, asker

FOLDER = "warc/edgi-wayback/src/wayback/tests/cassettes"
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
BODY = re.compile(r"    body:\n      string: (.*?)\n    headers:\n(.*?)    status:\n      code: (\d+)", re.DOTALL)


@dataclass
class Cassette(httpx.BaseTransport):
    """Answers what was asked in a cassette, each index search and each replay in the order in which it was recorded."""

    answers: list[tuple[str, httpx.Response]]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_search = "/cdx/" in request.url.path
        for place, (url, answer) in enumerate(self.answers):
            if is_search == ("/cdx/" in url) and (is_search or url == str(request.url)):
                self.answers.pop(place)
                head = [(name, value) for name, value in answer.headers.raw if name.lower() != b"content-length"]
                return httpx.Response(answer.status_code, headers=head, stream=httpx.ByteStream(answer.content))
        return httpx.Response(404)


def cassette(name: str) -> Cassette:
    text = (corpus(FOLDER) / f"test_{name}.yaml").read_text("utf-8")
    return Cassette(list(exchanges(text)))


def exchanges(text: str) -> Iterator[tuple[str, httpx.Response]]:
    """The exchanges of a cassette, as far as this shape of YAML goes; bodies that are compressed are so still."""
    for each in text.split("\n- request:")[1:]:
        url = re.search(r"    uri: (.+(?:\n      .+)*)", each)
        found = BODY.search(each)
        if url is None or found is None:
            raise ValueError(f"{each[:200]!r}: expected an exchange")
        body = found[1]
        is_binary = body.startswith("!!binary")
        data = base64.b64decode(body.partition("|")[2]) if is_binary else body.strip("'\"").encode()
        headers = dict(headers_in(found[2]))
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        headers = {name: value for name, value in headers.items() if name.lower() not in SHAPE}
        yield re.sub(r"\s+", "", url[1]), httpx.Response(int(found[3]), headers=headers, content=data)


SHAPE = ("content-encoding", "transfer-encoding", "content-length", "connection")


def headers_in(text: str) -> Iterator[tuple[str, str]]:
    for name, value in re.findall(r"^      ([\w-]+):\n      - (.*(?:\n        .*)*)", text, re.MULTILINE):
        yield name, re.sub(r"\s+", " ", value).strip("'")


def row(url: str, stamp: str, status: int | None = 200) -> Row:
    return Row(url, datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), status=status)


def test_a_real_search_lists_its_captures() -> None:
    server = CdxServer(asker(cassette("search"), Watch()))
    rows = [each for page in server.pages("nasa.gov", None, UNTIL) for each in page]
    assert [each.at.year for each in rows if isinstance(each, Row)] == [1996] * 3


def test_real_searches_of_many_pages_are_read_line_by_line() -> None:
    found = [each for _, answer in cassette("search_multipage").answers for each in rows_in(answer.content)]
    assert len(found) > 300 and all(isinstance(each, Row) and each.problem is None for each in found)


def test_a_blocked_address_is_refused_with_the_archives_own_words() -> None:
    server = CdxServer(asker(cassette("search_raises_for_blocked_urls"), Watch()))
    with pytest.raises(BadIndex, match="status 403 .*Blocked Site Error") as refused:
        list(server.pages("https://nationalpost.com/health", None, UNTIL))
    assert refused.value.is_final


def test_a_real_memento_is_given_with_the_publishers_headers() -> None:
    server = CdxServer(asker(cassette("get_memento"), Watch()))
    given = server.fetch(row("https://www.fws.gov/birds/", "20171124151315"))
    assert given.status == 200 and b"<title>" in given.body
    names = [name.lower() for name, _ in given.headers]
    assert "date" in names and "memento-datetime" not in names and "x-app-server" not in names


def test_a_redirect_that_the_archive_holds_is_the_publishers_and_its_own_is_not() -> None:
    exchanged = cassette("get_memento_follows_historical_redirects")
    server = CdxServer(asker(exchanged, Watch()))
    with pytest.raises(NotGiven, match="found capture at 20200201023757"):
        server.fetch(row("http://epa.gov/climatechange", "20200201020357", 301))
    given = server.fetch(row("https://www.epa.gov/climatechange", "20200201023757", 301))
    location = [value for name, value in given.headers if name.lower() == "location"]
    assert (given.status, location) == (301, ["https://www.epa.gov/sites/production/files/signpost/cc.html"])


def test_an_archived_429_is_a_capture_and_not_the_archives_own() -> None:
    watch = Watch()
    server = CdxServer(asker(cassette("get_memento_works_on_archived_rate_limit_responses"), watch))
    given = server.fetch(row("http://www.reddit.com/r/PokemonGiveaway", "20150129034904", 429))
    assert given.status == 429 and b"Too Many Requests" in given.body and watch.waited == []


@pytest.mark.parametrize(
    ("name", "url", "stamp"),
    [
        ("get_memento_raises_blocked_error", "https://nationalpost.com/health/", "20170929002712"),
        ("get_memento_raises_no_memento_error", "https://this-is-not-real-url.whatever/", "20170929002712"),
        ("get_memento_should_fail_for_non_playbackable_mementos", "https://www.fws.gov/birds/", "20150509080314"),
        ("get_memento_raises_when_memento_is_outside_target_window", "https://www.fws.gov/birds/", "20171101000000"),
    ],
)
def test_what_the_archive_did_not_give_is_not_given(name: str, url: str, stamp: str) -> None:
    with pytest.raises(NotGiven, match="the archive answers with status"):
        CdxServer(asker(cassette(name), Watch())).fetch(row(url, stamp))
