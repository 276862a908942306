"""What may be fetched at all: http and https, from addresses of the public internet, checked where we connect."""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from ingest.wire import Address, Allowance, Wire, open_wire

HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC = tuple(
    (ipaddress.ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's own service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
"""IANA's special-purpose registries (RFC 6890 and its successors), as far as nothing public lives there."""


class Refused(Exception):
    """An address that is never asked. `hops` are the redirects that led to it, `aside` what a look elsewhere gave."""

    aside: tuple[Any, ...] | None = None

    def __init__(self, url: str, reason: str, hops: tuple[Any, ...] = ()) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.hops = hops


class NoAddress(Refused):
    """What stands for an address is none that can be read."""


class NotPublic(Exception):
    """The reason why a host's address is refused, before it is known which URL it was for."""


@lru_cache(maxsize=256)
def admissible(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """The URL as it is asked for: IDNA host, spaces encoded, no fragment. Raises Refused for what no one may ask.

    A relative address is read from `base`.

    Any port from 1 is allowed: publishers do serve on odd ones, and the check of the address connected to is
    what keeps us off internal services.
    """
    try:
        url = base.join(address.strip()) if base else httpx.URL(address.strip())
        url = url.copy_with(fragment=None) if url.fragment or "#" in address else url
        _ = url.host  # decodes IDNA, which refuses what no host can be
    except (httpx.InvalidURL, ValueError) as problem:
        raise NoAddress(repr(address), f"{problem}, expected a URL") from problem
    refuse_inadmissible(url)
    return url


def host_of(url: httpx.URL) -> str:
    """The host as it is asked for, an A-label where it is international."""
    return url.raw_host.decode("ascii")


def refuse_inadmissible(url: httpx.URL) -> None:
    """Raises Refused, without the user information that a URL may carry, unless the URL may be asked."""
    fault = _fault(url)
    if fault:
        raise Refused(str(url.copy_with(userinfo=b"")) if url.userinfo else str(url), fault)


def _fault(url: httpx.URL) -> str | None:
    host = url.raw_host.decode("ascii")
    if url.scheme not in ("http", "https"):
        return f"scheme {url.scheme!r}, expected http or https"
    if url.userinfo:
        return "user information before the host, expected none"
    if "%" in host or not (":" in host or HOST_NAME.fullmatch(host)):
        return f"host {host!r}, expected a host name or an address, without zone or trailing dot"
    if url.port is not None and not 1 <= url.port <= 65_535:
        return f"port {url.port}, expected 1 to 65535"
    return None


def why_not_public(address: str) -> str | None:
    """Which kind of non-public address this numeric address is, None when it is public."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "not a numeric address"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id:
            return "with a zone"
        if ip in NAT64:
            embedded = why_not_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
            return f"NAT64 of an address that is {embedded}" if embedded else None
    for network, name in NOT_PUBLIC:
        if ip in network:
            return name
    if isinstance(ip, ipaddress.IPv6Address) and ip not in GLOBAL_UNICAST:
        return "outside global unicast"
    return None


Resolve = Callable[[str, int], list[Address]]


def system_resolve(host: str, port: int) -> list[Address]:
    """Every TCP address of a host name in the system's order; raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [(family, address) for family, _type, _protocol, _name, address in found]


class PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only: a name is looked up once, and what was checked is what is connected to."""

    def __init__(self, resolve: Resolve = system_resolve) -> None:
        self._resolve = resolve

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """A Wire to the host. Raises NotPublic when any of its addresses is not public, or is this machine's own."""
        return _elsewhere(open_wire(self.public_addresses(host, port, timeout), timeout), host)

    def public_addresses(self, host: str, port: int, allowance: Allowance) -> list[Address]:
        """Where a host is; raises NotPublic when any of its addresses is not public."""
        addresses = self.looked_up(host, port, allowance)
        for _family, address in addresses:
            kind = why_not_public(address[0])
            if kind:
                raise NotPublic(f"{host} is at {address[0]} ({kind}), expected public addresses only")
        return addresses

    def looked_up(self, host: str, port: int, allowance: Allowance) -> list[Address]:
        """The system's resolver knows no time limit, so it runs in a thread that is left behind when it is late."""
        answers: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, ValueError) as problem:
                answers.put(problem)

        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=allowance.seconds())
        except queue.Empty as silence:
            allowance.seconds()
            raise httpcore.ConnectTimeout(f"{host}: no address within {allowance.idle_seconds:g} s") from silence
        if isinstance(answer, Exception):
            raise httpcore.ConnectError(f"{host}: {answer}") from answer
        return answer


def _elsewhere(wire: Wire, host: str) -> Wire:
    """The wire, unless it leads back to this machine by its own public address: closed then, NotPublic raised."""
    here, there = wire.ends()
    if here == there:
        wire.close()
        raise NotPublic(f"{host} is at {there} (this machine), expected another machine")
    return wire
