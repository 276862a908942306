"""What an operator adds to the requests of a source, and where it must never go."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from ingest.fetch import Fetcher, FetchFailed
from ingest.guard import Refused, admissible
from ingest.options import RequestOptions, Way
from ingest.politeness import Politeness, at_once
from ingest.robots import RobotsHere, RobotsRules
from ingest.tools import utc_now
from ingest.transport import GuardedTransport
from ingest.wire import MAX_HEAD_BYTES, Address
from tests.fetching import PAGE, fetching
from tests.ingest.test_tls import Authority
from tests.servers import LoopbackNetwork, Script, redirect, response, serving

KEY, SESSION = "k3y-of-the-desk", "s3ssion"
SECRET = RequestOptions({"http://site.test"}, {"X-Api-Key": KEY}, {"session": SESSION, "consent": "yes"})


def test_headers_and_cookies_go_to_the_hosts_of_their_source() -> None:
    with fetching({"/": response(PAGE, "Set-Cookie: tracked=1")}) as (fetcher, server, _watch):
        fetcher.get(server.url(), options=SECRET)
        fetcher.get(server.url(), options=SECRET)
        fetcher.get(server.url())
    sent = [(each.headers.get("X-Api-Key"), each.headers.get("Cookie")) for each in server.asked]
    assert sent == [(KEY, f"session={SESSION}; consent=yes")] * 2 + [(None, None)]


@pytest.mark.parametrize("place", ["http://other.test/b", "http://www.site.test/b", "http://site.test.evil.test/b"])
def test_they_follow_no_redirect_to_another_host(place: str) -> None:
    script: Script = {"/": redirect(place), "/b": redirect("http://site.test/c"), "/c": response(PAGE)}
    with fetching(script) as (fetcher, server, _watch):
        fetched = fetcher.get(server.url(), options=SECRET)
    assert ["X-Api-Key" in each.headers for each in server.asked] == [True, False, True]
    assert ["Cookie" in each.headers for each in server.asked] == [True, False, True]
    assert KEY not in repr(fetched) + repr(SECRET) and SESSION not in repr(fetched) + repr(SECRET)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://site.test/", True),
        ("https://SITE.test:443/x", True),
        ("http://site.test/", False),
        ("https://site.test:8443/", False),
        ("http://plain.test/", True),
        ("https://plain.test/", True),
        ("https://xn--bcher-kva.test/", True),
        ("https://b\u00fccher.test/", True),
        ("https://a.site.test/", False),
    ],
)
def test_an_origin_of_https_has_them_over_https_alone(url: str, sent: bool) -> None:
    origins = {"https://site.test", "http://plain.test", "https://xn--bcher-kva.test"}
    options = RequestOptions(origins, {"X-Api-Key": KEY})
    assert bool(list(options.lines_for(admissible(url)))) == sent


def test_a_header_of_the_source_takes_the_place_of_ours() -> None:
    options = RequestOptions({"http://site.test"}, {"accept-language": "cy"})
    with fetching({"/": response(PAGE)}) as (fetcher, server, _watch):
        fetcher.get(server.url(), options=options)
    sent = {name.lower(): value for name, value in server.asked[0].headers.items()}
    assert (sent["accept-language"], len(sent)) == ("cy", len(server.asked[0].headers))


def test_a_header_that_cannot_be_sent_is_not_told_in_the_error() -> None:
    options = RequestOptions({"http://site.test"}, {"X-Api-Key": f"{KEY} "})
    with fetching({"/": response(PAGE)}) as (fetcher, server, _watch), pytest.raises(FetchFailed) as failure:
        fetcher.get(server.url(), options=options)
    assert KEY not in f"{failure.value!r} {failure.value} {failure.value.reason}"


@pytest.mark.parametrize(
    "answer", [response(b"", status="500 Ill"), b"garbage\r\n\r\n", redirect("file:///etc/passwd")]
)
def test_they_are_in_no_error(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with fetching({"/": answer}, attempts=1) as (fetcher, server, _watch):
        try:
            told = repr(fetcher.get(server.url(), options=SECRET))
        except (FetchFailed, Refused) as problem:
            told = f"{problem!r} {problem} {problem.__cause__!r}"
    assert KEY not in told + caplog.text and SESSION not in told + caplog.text


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


class TestProxies:
    def test_a_proxy_is_all_that_is_connected_to(self) -> None:
        with serving({"http://site.example/": response(PAGE)}) as proxy:
            got = fetched_through(proxy.port, "http://site.example/", {"site.example": "93.184.215.14"})
        assert got == PAGE
        assert [each.path for each in proxy.asked] == ["http://site.example/"]

    def test_what_is_said_to_the_proxy_is_not_said_in_errors(self) -> None:
        refusing = response(b"", status="407 Proxy Authentication Required")
        with serving({"site.example:443": refusing}) as proxy, pytest.raises(FetchFailed) as failure:
            fetched_through(proxy.port, "https://site.example/", {"site.example": "93.184.215.14"}, "desk:s3cret@")
        assert "s3cret" not in f"{failure.value!r} {failure.value} {Way('http://desk:s3cret@127.0.0.1:9')!r}"
        assert proxy.asked[0].headers["Proxy-Authorization"].startswith("Basic ")

    @pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
    def test_it_is_not_asked_for_what_we_see_at_a_private_address(self, address: str) -> None:
        with serving({}) as proxy, pytest.raises(Refused, match="expected public addresses only"):
            fetched_through(proxy.port, "http://inside.example/", {"inside.example": address})
        assert proxy.asked == []

    def test_robots_are_asked_for_by_the_same_way(self) -> None:
        allowing: Script = {"http://site.example/robots.txt": response(b"User-agent: *\nDisallow:\n")}
        with serving(allowing | {"http://site.example/": response(PAGE)}) as proxy:
            fetched_through(proxy.port, "http://site.example/", {"site.example": "93.184.215.14"}, obeys_robots=True)
        assert [each.path for each in proxy.asked] == ["http://site.example/robots.txt", "http://site.example/"]

    def test_a_proxy_that_is_not_there_is_a_failure(self) -> None:
        with serving({}) as proxy:
            port = proxy.port
        with pytest.raises(FetchFailed, match="ConnectError"):
            fetched_through(port, "http://site.example/", {"site.example": "93.184.215.14"})

    def test_nor_is_it_the_fault_of_the_host(self) -> None:
        with serving({}) as proxy:
            port = proxy.port
        politeness = at_once()
        for _ in range(9):
            with pytest.raises(FetchFailed, match=r"^http://site\.example/: ConnectError"):
                fetched_through(port, "http://site.example/", {"site.example": "93.184.215.14"}, politeness=politeness)


def fetched_through(
    port: int,
    url: str,
    names: dict[str, str],
    who: str = "",
    *,
    obeys_robots: bool = False,
    politeness: Politeness | None = None,
) -> bytes:
    """The body of `url` by a proxy on this machine, where names are at these addresses."""

    def resolve(host: str, asked: int) -> list[Address]:
        return [(socket.AF_INET, (names[host], asked))]

    def transport(way: Way) -> GuardedTransport:
        assert way.proxy, "expected nothing to go without the proxy"
        return GuardedTransport(way=way, resolve=resolve)

    way = Way(proxy=f"http://{who}127.0.0.1:{port}")
    politeness = politeness or at_once()
    robots = RobotsRules(RobotsHere(), politeness, utc_now) if obeys_robots else None
    with (
        pytest.MonkeyPatch.context() as patch,
        Fetcher(user_agent="b", attempts=1, politeness=politeness, robots=robots) as fetcher,
    ):
        patch.setattr("ingest.fetch.GuardedTransport", transport)
        return fetcher.get(url, options=RequestOptions(way=way)).answer.body


class TestHttp2:
    def test_a_host_that_speaks_it_is_asked_with_it(self, authority: Authority) -> None:
        with speaking_http2(authority, [PAGE, PAGE * 4000]) as (port, seen):
            bodies, versions = fetched_by_http2(port, authority, 2)
        assert bodies == [PAGE, PAGE * 4000]
        assert versions == {"HTTP/2"}
        assert all("connection" not in dict(headers) for headers in seen)

    def test_one_that_does_not_is_asked_without(self, authority: Authority) -> None:
        with serving({"/": response(PAGE)}, tls=authority.server("site.test", [])) as server:
            assert fetched_by_http2(server.port, authority, 2) == ([PAGE, PAGE], {"HTTP/1.1"})

    def test_caps_hold(self, authority: Authority) -> None:
        with speaking_http2(authority, [b"x" * 300_000]) as (port, _seen), pytest.raises(FetchFailed, match="more"):
            fetched_by_http2(port, authority, 1, most_bytes=100_000)

    @pytest.mark.parametrize(("size", "most"), [(2_000, 1_500), (20_000, 1_500), (70_000, 90_000), (200_000, 90_000)])
    def test_a_long_head_is_refused_at_once_as_by_http_1(self, size: int, most: int, authority: Authority) -> None:
        politeness, long = at_once(), [(f"x-{place}", "y" * 900) for place in range(size // 900 + 1)]
        with speaking_http2(authority, [PAGE], long) as (port, seen), pytest.raises(FetchFailed) as failure:
            fetched_by_http2(port, authority, 1, most_head_bytes=most, attempts=3, politeness=politeness)
        assert "headers" in failure.value.reason
        assert (failure.value.attempts, len(seen)) == (1, 1)
        with politeness.turn("site.test") as outcome:
            assert outcome.failure is None

    def test_one_that_is_not_too_long_is_taken(self, authority: Authority) -> None:
        with speaking_http2(authority, [PAGE], [("x-long", "y" * 1_300)]) as (port, _seen):
            assert fetched_by_http2(port, authority, 1, most_head_bytes=1_500)[0] == [PAGE]


def fetched_by_http2(
    port: int,
    authority: Authority,
    times: int,
    most_bytes: int = 10**7,
    most_head_bytes: int = MAX_HEAD_BYTES,
    attempts: int = 1,
    politeness: Politeness | None = None,
) -> tuple[list[bytes], set[str]]:
    way = Way(http2=True)
    transport = GuardedTransport(network_backend=LoopbackNetwork(port), ssl_context=authority.trusted(), way=way)
    with Fetcher(
        user_agent="b",
        attempts=attempts,
        transport_for=lambda host: transport,
        politeness=politeness or at_once(),
        max_wire_bytes=most_bytes,
        max_head_bytes=most_head_bytes,
        sleep=lambda seconds: None,
    ) as fetcher:
        answers = [fetcher.get("https://site.test/", options=RequestOptions(way=way)).answer for _ in range(times)]
    return [each.body for each in answers], {each.http_version for each in answers}


@contextmanager
def speaking_http2(
    authority: Authority, bodies: list[bytes], headers: Sequence[tuple[str, str]] = ()
) -> Iterator[tuple[int, list[list[tuple[str, str]]]]]:
    """A server that answers one connection by HTTP/2 alone, with these bodies in turn and these headers."""
    context = authority.server("site.test", [])
    context.set_alpn_protocols(["h2"])
    seen: list[list[tuple[str, str]]] = []
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_converse_by_http2, args=(listener, context, bodies, headers, seen))
    thread.start()
    try:
        yield listener.getsockname()[1], seen
    finally:
        listener.close()
        thread.join(20)


def _converse_by_http2(
    listener: socket.socket,
    context: ssl.SSLContext,
    bodies: list[bytes],
    headers: Sequence[tuple[str, str]],
    seen: list[list[tuple[str, str]]],
) -> None:
    raw, _ = listener.accept()
    waiting = iter(bodies)
    to_send: dict[int, bytes] = {}
    try:
        with context.wrap_socket(raw, server_side=True) as wire:
            spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
            spoken.initiate_connection()
            wire.sendall(spoken.data_to_send())
            while data := wire.recv(65_536):
                for event in spoken.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        seen.append([(str(name), str(value)) for name, value in event.headers])
                        spoken.send_headers(event.stream_id, [(":status", "200"), *headers])
                        to_send[event.stream_id] = next(waiting)
                _send_what_fits(spoken, to_send)
                wire.sendall(spoken.data_to_send())
    except OSError:
        return


def _send_what_fits(spoken: h2.connection.H2Connection, to_send: dict[int, bytes]) -> None:
    for stream, body in list(to_send.items()):
        while body and (room := min(spoken.local_flow_control_window(stream), spoken.max_outbound_frame_size)):
            spoken.send_data(stream, body[:room])
            body = body[room:]
        to_send[stream] = body
        if not body:
            spoken.end_stream(stream)
            del to_send[stream]
