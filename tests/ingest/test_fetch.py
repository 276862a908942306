"""Fetching: what comes back is as it came, conditions, redirects, pace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from ingest.fetch import Fetched, Fetcher, Refused, Response
from tests.fetching import NOW, PAGE, Watch, answer_to, failure_of, fetching
from tests.servers import Script, redirect, response, serving


def test_a_response_is_kept_as_it_came() -> None:
    sent = response(PAGE, "Content-Type: text/html", "X-Note: caf\xe9", "set-cookie: a=1", "Set-Cookie: b=2")
    with fetching({"/page%20one": sent}) as (fetcher, server, _watch):
        fetched = fetcher.get("http://SITE.test/page one#part")
    assert fetched == Fetched(
        (
            Response(
                url="http://site.test/page%20one",
                fetched_at=NOW,
                status=200,
                headers=(
                    ("Content-Type", "text/html"),
                    ("X-Note", "caf\xe9"),
                    ("set-cookie", "a=1"),
                    ("Set-Cookie", "b=2"),
                    ("Content-Length", str(len(PAGE))),
                ),
                body=PAGE,
                http_version="HTTP/1.1",
                elapsed_seconds=0.0,
            ),
        )
    )
    assert server.asked[0].headers == {
        "Host": "site.test",
        "Connection": "keep-alive",
        "User-Agent": "bulletins/0.1 (+desk@example.org)",
        "Accept": "*/*",
        "Accept-Language": "en-GB, en;q=0.8",
        "Accept-Encoding": "gzip, deflate, br, zstd",
    }


def test_an_error_page_is_an_answer() -> None:
    answer = answer_to(response(b"gone for good", status="410 Gone"))
    assert (answer.status, answer.body) == (410, b"gone for good")


def test_requests_to_one_host_share_a_connection_and_no_cookie() -> None:
    with fetching({"/": response(PAGE, "Set-Cookie: session=1; Path=/")}) as (fetcher, server, _watch):
        for _turn in range(3):
            fetcher.get(server.url())
    assert [each.connection for each in server.asked] == [1, 1, 1]
    assert all("Cookie" not in each.headers for each in server.asked)


def test_proxy_settings_of_the_environment_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert answer_to(response(PAGE)).body == PAGE


def test_without_a_transport_of_its_own_a_fetcher_asks_no_private_address() -> None:
    with serving({"/": response(PAGE)}) as server, Fetcher(user_agent="bulletins/0.1") as fetcher:
        with pytest.raises(Refused, match="loopback"):
            fetcher.get(f"http://127.0.0.1:{server.port}/")
        assert server.asked == []


class TestConditions:
    def test_validators_make_a_request_conditional_and_304_an_answer(self) -> None:
        script: Script = {"/": b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'}
        with fetching(script) as (fetcher, server, _watch):
            answer = fetcher.get(server.url(), etag='W/"a"', last_modified="Mon, 02 Mar 2026 09:00:00 GMT").answer
        assert (answer.status, answer.body, answer.header("etag")) == (304, b"", '"a"')
        assert server.asked[0].headers["If-None-Match"] == 'W/"a"'
        assert server.asked[0].headers["If-Modified-Since"] == "Mon, 02 Mar 2026 09:00:00 GMT"

    def test_a_304_that_states_the_length_of_the_document_is_whole(self) -> None:
        script: Script = {"/": response(b"", status="304 Not Modified", length=10**12)}
        with fetching(script) as (fetcher, server, _watch):
            assert fetcher.get(server.url(), etag='"a"').answer.status == 304

    def test_a_304_to_an_unconditional_request_is_a_failure(self) -> None:
        failure, paths = failure_of({"/": b"HTTP/1.1 304 Not Modified\r\n\r\n"})
        assert failure.reason == "304 to a request without conditions, expected the document"
        assert paths == ["/"]

    def test_only_the_first_hop_is_conditional(self) -> None:
        script: Script = {"/": redirect("/moved"), "/moved": response(PAGE)}
        with fetching(script) as (fetcher, server, _watch):
            fetcher.get(server.url(), etag='"a"')
        assert ["If-None-Match" in each.headers for each in server.asked] == [True, False]


class TestRedirects:
    def test_every_hop_is_kept(self) -> None:
        script: Script = {
            "/": redirect("a/b?x=1#part", "301 Moved Permanently"),
            "/a/b?x=1": redirect("//other.test/end", "308 Permanent Redirect"),
            "/end": response(PAGE),
        }
        with fetching(script) as (fetcher, server, _watch):
            fetched = fetcher.get(server.url())
        assert [(hop.url, hop.status) for hop in fetched.hops] == [
            ("http://site.test/", 301),
            ("http://site.test/a/b?x=1", 308),
            ("http://other.test/end", 200),
        ]
        assert [each.headers["Host"] for each in server.asked] == ["site.test", "site.test", "other.test"]
        assert fetched.hops[0].body == b"moved"

    def test_a_location_in_raw_utf8_is_followed(self) -> None:
        location = "/caf\u00e9".encode().decode("latin-1")
        with fetching({"/": redirect(location), "/caf%C3%A9": response(PAGE)}) as (fetcher, server, _watch):
            assert fetcher.get(server.url()).answer.body == PAGE

    @pytest.mark.parametrize(
        ("location", "reason"),
        [
            ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 (link-local), expected public addresses"),
            ("http://[::ffff:10.0.0.1]/", "(IPv4-mapped), expected public addresses"),
            ("http://2130706433/", "127.0.0.1 (loopback), expected public addresses"),
            ("file:///etc/passwd", "scheme 'file', expected http or https"),
            ("http://someone:word@site.test/", "user information before the host, expected none"),
        ],
    )
    def test_the_guard_stands_at_every_hop(self, location: str, reason: str) -> None:
        with fetching({"/": redirect(location)}) as (fetcher, server, _watch), pytest.raises(Refused) as refusal:
            fetcher.get(server.url())
        assert reason in str(refusal.value)
        assert [hop.url for hop in refusal.value.hops] == ["http://site.test/"]
        assert server.paths() == ["/"]

    def test_a_circle_is_left_at_once(self) -> None:
        failure, paths = failure_of({"/": redirect("/b"), "/b": redirect("/")})
        assert "redirected in a circle to http://site.test/" in failure.reason
        assert (paths, len(failure.hops)) == (["/", "/b"], 2)

    def test_a_long_chain_is_left(self) -> None:
        script: Script = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
        script["/"] = redirect("/0")
        failure, paths = failure_of(script, max_redirects=3)
        assert failure.reason == "more than 3 redirects, expected an answer"
        assert paths == ["/", "/0", "/1", "/2"]

    def test_as_many_redirects_as_allowed_are_followed(self) -> None:
        script: Script = {
            "/": redirect("/1"),
            "/1": redirect("/2"),
            "/2": response(PAGE),
        }
        with fetching(script, max_redirects=2) as (fetcher, server, _watch):
            assert fetcher.get(server.url()).answer.body == PAGE

    def test_a_redirect_without_location_is_the_answer(self) -> None:
        assert answer_to(response(b"where to?", status="301 Moved Permanently")).status == 301

    def test_an_address_that_is_none_is_a_failure(self) -> None:
        failure, _paths = failure_of({"/": redirect("http://1.2.3.999/")})
        assert "location" in failure.reason


class TestPace:
    def test_requests_to_one_host_keep_their_distance(self) -> None:
        script: Script = {"/": redirect("/a"), "/a": response(PAGE)}
        with fetching(script, delay_seconds=2.0) as (fetcher, server, watch):
            fetcher.get(server.url())
            fetcher.get(server.url("/a", host="other.test"))
            watch.seconds += 0.5
            fetcher.get(server.url("/a"))
        assert watch.slept == [2.0, 1.5]

    def test_the_pause_runs_from_the_end_of_the_last_answer(self) -> None:
        watch = Watch()

        def slow(connection: socket.socket) -> None:
            watch.seconds += 5
            connection.sendall(response(PAGE))

        with fetching({"/": slow}, watch, delay_seconds=2.0) as (fetcher, server, _watch):
            fetcher.get(server.url())
            fetcher.get(server.url())
        assert watch.slept == [2.0]

    def test_threads_that_ask_one_host_wait_for_each_other(self) -> None:
        with fetching({"/": response(PAGE)}, delay_seconds=2.0) as (fetcher, server, watch):
            run_together([lambda: fetcher.get(server.url())] * 4)
        assert len(server.asked) == 4
        assert watch.seconds >= 6.0

    def test_threads_share_a_fetcher(self) -> None:
        script: Script = {f"/{n}": response(b"page %d" % n) for n in range(8)}
        bodies: dict[int, bytes] = {}

        def fetch(n: int) -> None:
            bodies[n] = fetcher.get(server.url(f"/{n}", host=f"{n % 3}.test")).answer.body

        with fetching(script) as (fetcher, server, _watch):
            run_together([lambda n=n: fetch(n) for n in range(8)])  # type: ignore[misc]
        assert bodies == {n: b"page %d" % n for n in range(8)}


def run_together(tasks: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
