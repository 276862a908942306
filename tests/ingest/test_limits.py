"""Whatever a server does, a fetch ends within its time, bytes and memory."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from ingest.decode import decoded
from ingest.fetch import Fetcher, FetchFailed
from ingest.politeness import at_once
from ingest.retries import Overdue, Stopped
from ingest.wire import Allowance
from tests.fetching import PAGE, Watch, answer_to, failure_in, failure_of, fetching
from tests.servers import Script, flood, loopback, redirect, response


def test_a_body_beyond_the_cap_that_says_so_is_not_read() -> None:
    failure, paths = failure_of({"/": response(b"", length=2_001)}, max_wire_bytes=2_000)
    assert failure.reason == "2001 bytes stated, expected at most 2000"
    assert paths == ["/"]


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4_096, id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 500, id="chunks"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, id="interim responses"),
    ],
)
def test_a_flood_is_left_at_the_cap(start: bytes, piece: bytes) -> None:
    failure, paths = failure_of(
        {"/": flood(start, piece)}, watch=Watch(0.0005), deadline_seconds=20, max_wire_bytes=200_000
    )
    assert "expected" in failure.reason
    assert "cap" in failure.reason or "200000" in failure.reason
    assert paths == ["/"]


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n" * 100, id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x" * 4_096, id="one header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1" * 4_096, id="chunk size"),
    ],
)
def test_a_head_without_end_is_left(start: bytes, piece: bytes) -> None:
    failure, _paths = failure_of({"/": flood(start, piece)}, attempts=1)
    assert "expected a complete answer" in failure.reason or "expected at most that" in failure.reason


def test_a_head_beyond_its_cap_is_left() -> None:
    long = response(PAGE, *(f"X-Header-{number}: {'v' * 900}" for number in range(20)))
    failure, paths = failure_of({"/": long}, max_head_bytes=16_384)
    assert "more than 16384 bytes of headers, expected at most that" in failure.reason
    assert paths == ["/"]
    assert answer_to(long).body == PAGE


def test_a_body_that_decodes_beyond_the_cap_stops_there() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    megabyte = 1024 * 1024
    tracemalloc.start()
    try:
        failure, paths = failure_of({"/": response(bomb, "Content-Encoding: gzip")}, max_body_bytes=megabyte)
        _now, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failure.reason == f"body grows beyond {megabyte} bytes when decoded, expected at most that"
    assert paths == ["/"]
    assert peak_bytes < 4 * megabyte


def test_a_bomb_inside_a_bomb_stops_there() -> None:
    bomb = gzip.compress(gzip.compress(bytes(32 * 1024 * 1024)))
    failure, _paths = failure_of({"/": response(bomb, "Content-Encoding: gzip, gzip")}, max_body_bytes=100_000)
    assert "when decoded" in failure.reason


def test_members_without_end_are_left() -> None:
    with pytest.raises(Stopped, match="gzip members"):
        decoded([gzip.compress(b"") * 2_000], "gzip", 100)


def test_a_slow_drip_is_left_at_the_deadline() -> None:
    gone = threading.Event()
    drip = flood(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", b"x", gone)
    with fetching({"/": drip}, Watch(tick_seconds=1.0), deadline_seconds=30, max_wire_bytes=200_000_000) as (
        fetcher,
        server,
        watch,
    ):
        with pytest.raises(FetchFailed) as failure:
            fetcher.get(server.url())
        gone.set()
    assert "within the deadline" in failure.value.reason
    assert failure.value.attempts == 1
    assert watch.slept == []


def test_nothing_may_take_longer_than_what_is_left_of_the_time() -> None:
    watch = Watch()
    allowance = Allowance.starting_now(30, idle_seconds=20, monotonic=watch.monotonic)
    for watch.seconds, most in ((0, 20), (9, 20), (15, 15), (29, 1)):
        assert allowance.seconds() == most
    watch.seconds = 30
    with pytest.raises(Overdue):
        allowance.seconds()


def test_the_deadline_holds_over_attempts_and_hops() -> None:
    script: Script = {f"/{n}": redirect(f"/{n + 1}") for n in range(50)}
    script["/"] = redirect("/0")
    with fetching(script, Watch(tick_seconds=1.0), deadline_seconds=40, max_redirects=60) as (fetcher, server, _):
        failure = failure_in(fetcher, server.url())
    assert "within the deadline" in failure.reason
    assert 1 < len(failure.hops) < 40


def test_silence_is_left_and_asked_again() -> None:
    def silent(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        connection.recv(1)

    with fetching({"/": [silent, response(PAGE)]}, idle_seconds=0.3) as (fetcher, server, _watch):
        fetched = fetcher.get(server.url())
    assert fetched.answer.body == PAGE
    assert fetched.attempts > 1


@pytest.mark.parametrize(
    ("tick_seconds", "reason"), [(0.0, "more than 50000 bytes received"), (5.0, "within the deadline")]
)
def test_limits_hold_for_a_transport_that_knows_none(tick_seconds: float, reason: str) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1_000

    def transport_for(host: str) -> httpx.BaseTransport:
        return httpx.MockTransport(lambda request: httpx.Response(200, content=endless()))

    watch = Watch(tick_seconds)
    with Fetcher(
        user_agent="bulletins/0.1", transport_for=transport_for, max_wire_bytes=50_000, monotonic=watch.monotonic
    ) as fetcher:
        assert reason in failure_in(fetcher, "http://site.test/").reason


def test_silence_is_bounded_for_a_transport_that_knows_no_allowance() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([repr(request.extensions["timeout"]["read"]).encode()]))

    with Fetcher(
        user_agent="bulletins/0.1", transport_for=lambda host: httpx.MockTransport(answer), idle_seconds=7.5
    ) as fetcher:
        assert fetcher.get("http://site.test/").answer.body == b"7.5"


def test_a_fault_that_used_up_the_time_is_the_answer() -> None:
    watch = Watch()

    def late(request: httpx.Request) -> httpx.Response:
        watch.seconds += 100
        return httpx.Response(503, content=iter([]))

    with Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: httpx.MockTransport(late),
        monotonic=watch.monotonic,
        sleep=watch.sleep,
    ) as fetcher:
        fetched = fetcher.get("http://site.test/")
    assert (fetched.answer.status, fetched.attempts) == (503, 1)


def test_nobody_there_is_asked_again() -> None:
    with fetching({"/": response(PAGE)}) as (_fetcher, server, watch):
        port = server.port
    with Fetcher(
        user_agent="bulletins/0.1", transport_for=lambda host: loopback(port), politeness=at_once(), sleep=watch.sleep
    ) as fetcher:
        reason = failure_in(fetcher, "http://site.test/").reason
    assert reason.startswith("ConnectError: 127.0.0.1: ")
    assert watch.slept == [1.0, 2.0]


def test_a_request_that_cannot_be_sent_is_a_failure() -> None:
    with fetching({"/": response(PAGE)}) as (fetcher, server, _watch):
        failure = failure_in(fetcher, server.url(), etag='"a"\r\nX-Other: 1')
    assert "expected a request that can be sent" in failure.reason
    assert (failure.attempts, server.asked) == (1, [])
