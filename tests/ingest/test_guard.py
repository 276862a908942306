"""The guard: which URLs and addresses are asked, and that what was checked is what is connected to."""

from __future__ import annotations

import ipaddress
import socket
import threading

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import guard
from ingest.guard import PublicNetwork, Refused, admissible, why_not_public
from ingest.transport import GuardedTransport
from ingest.wire import Address, Allowance
from tests.servers import LoopbackNetwork, response, serving


@pytest.mark.parametrize(
    ("given_url", "asked"),
    [
        ("http://EXAMPLE.org:80/a b?q=c d#part", "http://example.org/a%20b?q=c%20d"),
        ("  https://example.org  ", "https://example.org"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://example.org:8443/", "http://example.org:8443/"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_a_url_is_asked_in_its_normal_form(given_url: str, asked: str) -> None:
    assert str(admissible(given_url)) == asked


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "scheme 'file', expected http or https"),
        ("ftp://example.org/", "scheme 'ftp', expected http or https"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme 'gopher'"),
        ("example.org/page", "scheme '', expected"),
        ("http:///path", "host ''"),
        ("http://example.org./", "host 'example.org.', expected a host name or an address"),
        ("http://a..b/", "host 'a..b'"),
        ("http://.example.org/", "host '.example.org'"),
        (f"http://{'a' * 64}.org/", "expected a host name"),
        ("http://[fe80::1%25eth0]/", "without zone"),
        ("http://exam%00ple.org/", "expected a host name"),
        ("http://example.org:0/", "port 0, expected 1 to 65535"),
        ("http://example.org:70000/", "port 70000"),
        ("http://example.org/\r\nX-Other: 1", "expected a URL"),
        ("http://1.2.3.999/", "expected a URL"),
        ("http://[::1/", "expected a URL"),
        ("", "scheme ''"),
    ],
)
def test_what_no_one_may_ask_is_refused(url: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        admissible(url)
    assert reason in str(refusal.value)


def test_user_information_is_refused_and_not_repeated() -> None:
    with pytest.raises(Refused) as refusal:
        admissible("https://someone:secret@example.org/page")
    assert str(refusal.value) == "https://example.org/page: user information before the host, expected none"


@given(st.text(max_size=60).map("http://".__add__) | st.text(max_size=60))
def test_any_text_is_admitted_or_refused(text: str) -> None:
    try:
        url = admissible(text)
    except Refused:
        return
    assert url.scheme in ("http", "https")
    assert url.host


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "this network"),
        ("0.1.2.3", "this network"),
        ("10.255.255.255", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("127.0.0.1", "loopback"),
        ("127.255.0.3", "loopback"),
        ("169.254.169.254", "link-local"),
        ("168.63.129.16", "a cloud's own service"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.192", "protocol assignments"),
        ("192.0.2.7", "documentation"),
        ("192.88.99.1", "6to4 relay"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("224.0.0.251", "multicast"),
        ("239.255.255.250", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("64:ff9b::a00:1", "NAT64 of an address that is private"),
        ("64:ff9b::a9fe:a9fe", "NAT64 of an address that is link-local"),
        ("64:ff9b:1::1", "outside global unicast"),
        ("100::1", "outside global unicast"),
        ("2001:0:7f00:1::", "Teredo"),
        ("2001:2::1", "protocol assignments"),
        ("2001:db8::1", "documentation"),
        ("2002:7f00:1::", "6to4"),
        ("3fff::1", "documentation"),
        ("5f00::1", "outside global unicast"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "unique local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "with a zone"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("127.1", "not a numeric address"),
    ],
)
def test_an_address_that_is_not_public_is_named_by_its_kind(address: str, kind: str) -> None:
    assert why_not_public(address) == kind


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_a_public_address_is_public(address: str) -> None:
    assert why_not_public(address) is None


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_private_is_public(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if why_not_public(str(ip)) is None and ip not in guard.NAT64:
        assert ip.is_global
        assert not ip.is_multicast


def resolving(*answers: list[str]) -> tuple[PublicNetwork, list[str]]:
    """A network whose resolver gives these answers in turn, and the names it was asked for."""
    asked: list[str] = []
    left = list(answers)

    def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        addresses = left.pop(0)
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, (each, port)) for each in addresses]

    return PublicNetwork(resolve), asked


@pytest.fixture
def connected_to(monkeypatch: pytest.MonkeyPatch) -> list[list[Address]]:
    """The addresses that would have been connected to; every connection fails."""
    seen: list[list[Address]] = []

    def fail(addresses: list[Address], allowance: Allowance) -> None:
        seen.append(addresses)
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(guard, "open_wire", fail)
    return seen


def ask(network: httpcore.NetworkBackend, url: str) -> httpx.Response:
    with httpx.Client(transport=GuardedTransport(network_backend=network), trust_env=False) as client:
        return client.get(admissible(url))


def test_the_checked_address_is_the_one_connected_to(connected_to: list[list[Address]]) -> None:
    network, asked = resolving(["8.8.8.8"], ["127.0.0.1"])
    with pytest.raises(httpx.ConnectError):
        ask(network, "http://rebinding.test/")
    assert asked == ["rebinding.test"]
    assert connected_to == [[(socket.AF_INET, ("8.8.8.8", 80))]]


def test_a_name_that_turns_private_is_refused_at_its_next_connection(connected_to: list[list[Address]]) -> None:
    network, _asked = resolving(["8.8.8.8"], ["10.0.0.1"])
    with pytest.raises(httpx.ConnectError):
        ask(network, "http://rebinding.test/")
    with pytest.raises(Refused, match="rebinding.test is at 10.0.0.1 \\(private\\)"):
        ask(network, "http://rebinding.test/")
    assert len(connected_to) == 1


def test_one_private_address_among_several_refuses_the_name(connected_to: list[list[Address]]) -> None:
    network, _asked = resolving(["8.8.8.8", "192.168.0.1", "2606:4700::1111"])
    with pytest.raises(Refused) as refusal:
        ask(network, "https://several.test/page")
    assert str(refusal.value) == (
        "https://several.test/page: several.test is at 192.168.0.1 (private), expected public addresses only"
    )
    assert connected_to == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with serving({"/": response(b"inside")}) as server:
        with pytest.raises((Refused, httpx.ConnectError)) as failure:
            ask(PublicNetwork(), f"http://{host}:{server.port}/")
        assert server.asked == []
    assert isinstance(failure.value, Refused) or "Name or service not known" in str(failure.value)


def test_this_machine_by_its_own_public_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "why_not_public", lambda address: None)
    with serving({"/": response(b"inside")}) as server:
        with pytest.raises(Refused, match="this machine"):
            ask(PublicNetwork(), f"http://127.0.0.1:{server.port}/")
        assert server.asked == []


def test_a_name_without_address_is_an_error_not_a_refusal() -> None:
    def resolve(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(httpx.ConnectError, match="nowhere.test: .*Name or service not known"):
        ask(PublicNetwork(resolve), "http://nowhere.test/")


def test_a_resolver_that_never_answers_is_held_to_the_time_limit() -> None:
    release = threading.Event()

    def resolve(host: str, port: int) -> list[Address]:
        release.wait()
        return []

    request = httpx.Request(
        "GET", "http://slow.test/", extensions={"allowance": Allowance.starting_now(60, idle_seconds=0.05)}
    )
    transport = GuardedTransport(network_backend=PublicNetwork(resolve))
    with pytest.raises(httpx.ConnectTimeout, match="slow.test: no address within"):
        transport.handle_request(request)
    release.set()
    transport.close()


@pytest.mark.parametrize("address", ["http://site.test./", "http://someone:word@site.test/", "ftp://site.test/"])
def test_the_transport_itself_refuses_what_is_inadmissible(address: str) -> None:
    with serving({"/": response(b"page")}) as server:
        transport = GuardedTransport(network_backend=LoopbackNetwork(server.port))
        with pytest.raises(Refused, match="expected"):
            transport.handle_request(httpx.Request("GET", address))
        transport.close()
    assert server.asked == []


@pytest.mark.parametrize("address", ["https://xn--/", "https://xn--zzzzzzzzzzzz.example/page"])
def test_a_host_that_is_no_name_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(Refused, match="expected a URL"):
        admissible(address)
