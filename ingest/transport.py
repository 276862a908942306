"""What carries requests: httpcore's connections over a network of ours, each exchange held to its allowance."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import certifi
import h2.exceptions
import httpcore
import httpx

from ingest.guard import NotPublic, PublicNetwork, Refused, Resolve, refuse_inadmissible, system_resolve
from ingest.options import DIRECTLY, Way
from ingest.retries import Stopped
from ingest.wire import Allowance, Wire, open_wire

HTTPCORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


class ProxyNetwork(httpcore.NetworkBackend):
    """Connects to a proxy, wherever the operator says that it is; nothing else is ever connected to through it."""

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        return open_wire(PublicNetwork().looked_up(host, port, timeout), timeout)


def _proxy(address: str) -> dict[str, Any]:
    """The address of a proxy and what we are to say there who we are, as httpcore wants them."""
    url = httpx.URL(address)
    stated: dict[str, Any] = {"proxy_url": str(url.copy_with(userinfo=b""))}
    return stated | ({"proxy_auth": (url.username, url.password)} if url.userinfo else {})


@cache
def verifying_context(way: Way = DIRECTLY) -> ssl.SSLContext:
    """TLS as the system and certifi trust it, host names checked; one for each way, which offers its protocols."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class GuardedTransport(httpx.BaseTransport):
    """HTTP to public addresses alone, each exchange held to the Allowance in its extensions.

    A `way` with a proxy is the operator's word: the proxy may be anywhere, and is all that is connected to; a host that
    we see at an address that is not public is refused before it is asked of.
    """

    def __init__(
        self,
        *,
        network_backend: httpcore.NetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 4,
        way: Way = DIRECTLY,
        resolve: Resolve = system_resolve,
    ) -> None:
        public = PublicNetwork(resolve)
        self._looked_up_first = public if way.proxy else None
        how: dict[str, Any] = {
            "ssl_context": ssl_context or verifying_context(way),
            "max_connections": max_connections,
            "max_keepalive_connections": max_connections,
            "keepalive_expiry": 30.0,
            "http2": way.http2,
        }
        self._pool: httpcore.ConnectionPool
        if way.proxy:
            self._pool = httpcore.HTTPProxy(**_proxy(way.proxy), network_backend=ProxyNetwork(), **how)
        else:
            self._pool = httpcore.ConnectionPool(network_backend=network_backend or public, **how)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response with its body still on the wire; raises Refused, Stopped, Interrupted or httpx's errors."""
        url = request.url
        refuse_inadmissible(url)
        allowance = request.extensions.get("allowance") or Allowance.starting_now()
        with _as_httpx():
            try:
                if self._looked_up_first is not None:
                    port = url.port or (443 if url.scheme == "https" else 80)
                    self._looked_up_first.public_addresses(url.host, port, allowance)
                response = self._pool.handle_request(_for_httpcore(request, allowance))
                _refuse_long_head(response, allowance)
            except NotPublic as refusal:
                raise Refused(str(url), str(refusal)) from refusal
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def close(self) -> None:
        self._pool.close()


def _refuse_long_head(response: httpcore.Response, allowance: Allowance) -> None:
    """Raises Stopped where HTTP/2 brought more headers than may be, counted as it counts them (RFC 9113, 6.5.2).

    By then they are decoded, but no more of them than h2 itself allows.
    """
    wire = response.extensions.get("network_stream")
    if isinstance(wire, Wire) and wire.is_multiplexed:
        size = sum(len(name) + len(value) + 32 for name, value in response.headers)
        if size > allowance.head_bytes:
            response.close()
            raise Stopped(f"{size} bytes of headers, expected at most {allowance.head_bytes}")


def _for_httpcore(request: httpx.Request, allowance: Allowance) -> httpcore.Request:
    """The request for the pool; the Allowance stands where httpcore hands timeouts through to the wire."""
    timeouts = {"connect": allowance, "read": allowance, "write": allowance, "pool": allowance.seconds()}
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions={**request.extensions, "timeout": timeouts},
    )


class _Body(httpx.SyncByteStream):
    """The body as it comes off the wire, which must be neither shorter nor longer than stated."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from cast(Iterable[bytes], self._response.stream)
        wire = self._response.extensions.get("network_stream")
        if isinstance(wire, Wire) and not wire.is_multiplexed:
            wire.settle(_stated_bytes(self._response))

    def close(self) -> None:
        self._response.close()


def _stated_bytes(response: httpcore.Response) -> int | None:
    """The Content-Length of a body; None for one in chunks, until the end, or that its status rules out."""
    headers = {name.lower(): value for name, value in response.headers}
    if response.status in (204, 304) or b"transfer-encoding" in headers or b"content-length" not in headers:
        return None
    return int(headers[b"content-length"].split(b",")[0])


@contextmanager
def _as_httpx() -> Iterator[None]:
    """httpcore's exceptions as those of the same name in httpx; too many headers over HTTP/2 stop the exchange."""
    try:
        yield
    except HTTPCORE_ERRORS as problem:
        if isinstance(problem.__context__, h2.exceptions.DenialOfServiceError):
            raise Stopped(f"{problem}: more headers than HTTP/2 allows, expected fewer") from problem
        named: type[httpx.TransportError] = getattr(httpx, type(problem).__name__, httpx.TransportError)
        raise named(str(problem)) from problem
