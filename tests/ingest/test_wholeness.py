"""A body is whole, or it is no answer."""

from __future__ import annotations

import gzip
import zlib

import pytest

from ingest.fetch import FetchFailed
from tests.fetching import PAGE, answer_to, failure_of, fetching
from tests.servers import Answer, Script, chunked, reset, response, then_close


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(then_close(response(PAGE, length=len(PAGE) + 1)), id="shorter than stated"),
        pytest.param(response(PAGE, length=len(PAGE) - 1), id="longer than stated"),
        pytest.param(then_close(chunked(PAGE, end=b"")), id="no last chunk"),
        pytest.param(then_close(chunked(PAGE, end=b"40\r\nhalf of a chu")), id="cut inside a chunk"),
        pytest.param(then_close(chunked(PAGE, end=b"zz\r\n")), id="chunk size is no number"),
        pytest.param(then_close(b"HTTP/1.1 200 OK\r\nContent-Le"), id="cut inside the head"),
        pytest.param(then_close(b""), id="nothing at all"),
        pytest.param(reset(), id="reset before the head"),
        pytest.param(reset(response(PAGE, length=len(PAGE) + 1)), id="reset inside the body"),
        pytest.param(then_close(b"<html>no head</html>\r\n\r\n"), id="no HTTP"),
        pytest.param(then_close(response(PAGE, "Content-Length: 7")), id="two lengths"),
        pytest.param(response(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip"), id="gzip cut short"),
        pytest.param(response(gzip.compress(PAGE)[:-1], "Content-Encoding: gzip"), id="gzip without its end"),
        pytest.param(response(b"\x1f\x8bnot really", "Content-Encoding: gzip"), id="gzip damaged"),
        pytest.param(response(zlib.compress(PAGE)[:-5], "Content-Encoding: deflate"), id="deflate cut short"),
        pytest.param(response(zlib.compress(PAGE) + b"x", "Content-Encoding: deflate"), id="more than deflate"),
        pytest.param(response(PAGE, "Content-Encoding: gzip"), id="gzip that is none"),
    ],
)
def test_a_broken_body_is_asked_for_again_and_never_accepted(broken: Answer) -> None:
    failure, paths = failure_of({"/": broken})
    assert "expected" in failure.reason
    assert (paths, failure.attempts, failure.hops) == (["/"] * 3, 3, ())
    with fetching({"/": [broken, response(PAGE)]}) as (fetcher, server, _watch):
        fetched = fetcher.get(server.url())
    assert (fetched.answer.body, fetched.attempts) == (PAGE, 2)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(chunked(PAGE[:10], PAGE[10:]), id="chunked"),
        pytest.param(chunked(PAGE, end=b"0\r\nX-Sum: 1\r\n\r\n"), id="trailers"),
        pytest.param(then_close(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE), id="until the connection closes"),
        pytest.param(response(gzip.compress(PAGE), "Content-Encoding: gzip"), id="gzip"),
        pytest.param(response(gzip.compress(PAGE), "content-encoding: X-GZIP"), id="x-gzip"),
        pytest.param(chunked(gzip.compress(PAGE), headers=["Content-Encoding: gzip"]), id="gzip in chunks"),
        pytest.param(response(zlib.compress(PAGE), "Content-Encoding: deflate"), id="deflate"),
        pytest.param(response(zlib.compress(PAGE)[2:-4], "Content-Encoding: deflate"), id="raw deflate"),
        pytest.param(
            response(gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]) + b"\0\0", "Content-Encoding: gzip"),
            id="gzip in members with padding",
        ),
        pytest.param(
            response(gzip.compress(zlib.compress(PAGE)), "Content-Encoding: deflate, gzip"), id="two encodings"
        ),
        pytest.param(response(PAGE, "Content-Encoding: identity"), id="identity"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + response(PAGE), id="interim responses"),
        pytest.param(b"HTTP/1.1 103 Early Hints\nLink: </a>\n\n" + response(PAGE), id="bare line feeds"),
    ],
)
def test_a_whole_body_is_accepted_at_once(whole: Answer) -> None:
    with fetching({"/": whole}) as (fetcher, server, _watch):
        fetched = fetcher.get(server.url())
    assert (fetched.answer.body, fetched.attempts) == (PAGE, 1)


def test_bytes_beyond_a_body_are_not_taken_for_the_next_answer() -> None:
    forged = response(b"forged")
    script: Script = {"/": response(PAGE) + forged, "/next": response(b"true")}
    with fetching(script, attempts=1) as (fetcher, server, _watch):
        with pytest.raises(FetchFailed, match="body bytes that were stated"):
            fetcher.get(server.url())
        assert fetcher.get(server.url("/next")).answer.body == b"true"


def test_a_second_answer_after_chunks_is_not_taken_for_the_next_one() -> None:
    script: Script = {
        "/": chunked(PAGE) + response(b"forged"),
        "/next": response(b"true"),
    }
    with fetching(script) as (fetcher, server, _watch):
        assert fetcher.get(server.url()).answer.body == PAGE
        assert fetcher.get(server.url("/next")).answer.body == b"true"


def test_a_body_after_a_304_is_not_taken_for_the_next_answer() -> None:
    unchanged = response(response(b"forged"), status="304 Not Modified")
    with fetching({"/": unchanged, "/next": response(b"true")}) as (fetcher, server, _watch):
        assert fetcher.get(server.url(), etag='"a"').answer.body == b""
        assert fetcher.get(server.url("/next")).answer.body == b"true"


def test_an_interim_answer_is_no_answer() -> None:
    failure, _paths = failure_of({"/": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n"})
    assert failure.reason.endswith("expected a complete answer")


def test_a_connection_is_kept_after_chunks() -> None:
    with fetching({"/": chunked(PAGE)}) as (fetcher, server, _watch):
        fetcher.get(server.url())
        fetcher.get(server.url())
    assert [each.connection for each in server.asked] == [1, 1]


@pytest.mark.parametrize("encoding", ["lzma", "dcb", "compress", "gzip, dcz", "deflate, gzip, gzip"])
def test_an_encoding_that_was_not_asked_for_is_a_failure(encoding: str) -> None:
    failure, paths = failure_of({"/": response(b"?", f"Content-Encoding: {encoding}")})
    assert "encoding" in failure.reason.lower()
    assert paths == ["/"]


def test_a_part_of_a_document_is_not_the_document() -> None:
    failure, _paths = failure_of({"/": response(b"half", status="206 Partial Content")})
    assert failure.reason.startswith("206, a part of a document")


def test_an_empty_body_needs_no_encoding() -> None:
    assert answer_to(response(b"", "Content-Encoding: gzip")).body == b""
