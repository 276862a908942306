"""What is asked again, when, and what the caller is told."""

from __future__ import annotations

import pytest

from ingest.fetch import Response, retry_after_seconds
from tests.fetching import NOW, PAGE, failure_of, fetching
from tests.servers import Answer, reset, response

UNAVAILABLE = response(b"later", status="503 Service Unavailable")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_asked_again(status: int) -> None:
    fault = response(b"later", status=f"{status} Fault")
    with fetching({"/": [fault, fault, response(PAGE)]}) as (fetcher, server, watch):
        fetched = fetcher.get(server.url())
    assert (fetched.answer.body, fetched.attempts, len(fetched.hops)) == (PAGE, 3, 1)
    assert watch.slept == [1.0, 2.0]


def test_a_fault_that_stays_is_the_answer() -> None:
    with fetching({"/": UNAVAILABLE}, attempts=2) as (fetcher, server, _watch):
        fetched = fetcher.get(server.url())
    assert (fetched.answer.status, fetched.answer.body, fetched.attempts) == (503, b"later", 2)
    assert server.paths() == ["/", "/"]


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "404 Not Found", "501 Not Implemented"])
def test_a_lasting_fault_is_asked_once(status: str) -> None:
    with fetching({"/": response(b"no", status=status)}) as (fetcher, server, _watch):
        assert fetcher.get(server.url()).attempts == 1


@pytest.mark.parametrize(
    ("retry_after", "slept"),
    [("7", 7.0), ("0", 0.0), ("Mon, 02 Mar 2026 09:30:12 GMT", 12.0), ("soon", 1.0), ("-5", 1.0)],
)
def test_the_server_says_how_long_to_wait(retry_after: str, slept: float) -> None:
    busy = response(b"busy", f"Retry-After: {retry_after}", status="429 Too Many Requests")
    with fetching({"/": [busy, response(PAGE)]}) as (fetcher, server, watch):
        assert fetcher.get(server.url()).answer.body == PAGE
    assert watch.slept == [slept]


def test_a_wait_beyond_ours_gives_the_answer_to_the_caller_at_once() -> None:
    busy = response(b"busy", "Retry-After: 3600", status="429 Too Many Requests")
    with fetching({"/": busy}) as (fetcher, server, watch):
        fetched = fetcher.get(server.url())
    assert (fetched.answer.status, fetched.attempts, watch.slept) == (429, 1, [])
    assert retry_after_seconds(fetched.answer, NOW) == 3600


def test_a_failure_tells_how_long_the_server_asked_to_wait() -> None:
    busy = response(b"busy", "Retry-After: 9", status="503 Service Unavailable")
    failure, _paths = failure_of({"/": [busy, reset()]}, attempts=2)
    assert failure.retry_after_seconds == 9


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("Mon, 02 Mar 2026 09:31:00 GMT", 60),
        ("Monday, 02-Mar-26 09:31:00 GMT", 60),
        ("Mon Mar  2 09:31:00 2026", 60),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("1.5", 1.5),
        ("1.", None),
        ("1e3", None),
        ("", None),
        ("9" * 5_000, 1e9),
        ("\u0665", None),
        ("Mon, 99 Mar 2026 09:31:00 GMT", None),
    ],
)
def test_every_form_of_retry_after_is_read(value: str, seconds: float | None) -> None:
    answer = Response("http://site.test/", NOW, 503, (("retry-after", value),), b"", "HTTP/1.1", 0.0)
    assert retry_after_seconds(answer, NOW) == seconds


def test_no_retry_after_asks_for_nothing() -> None:
    assert retry_after_seconds(Response("http://site.test/", NOW, 503, (), b"", "HTTP/1.1", 0.0), NOW) is None


def test_one_run_asks_again_only_so_often() -> None:
    with fetching({"/": UNAVAILABLE, "/other": UNAVAILABLE}, attempts=3, repeats=3) as (fetcher, server, _watch):
        assert fetcher.get(server.url()).attempts == 3
        assert fetcher.get(server.url("/other", host="other.test")).attempts == 2
    assert [each.headers["Host"] for each in server.asked] == ["site.test"] * 3 + ["other.test"] * 2


def test_what_needs_no_repeat_uses_none_up() -> None:
    well: list[Answer] = [UNAVAILABLE, response(PAGE)]
    with fetching({"/": response(PAGE), "/ill": well}, repeats=1) as (fetcher, server, _watch):
        for _ in range(5):
            fetcher.get(server.url())
        assert fetcher.get(server.url("/ill")).answer.body == PAGE
