"""The way from an httpx client to a replica: the replica's host names lead to its loopback port, all others nowhere."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from functools import lru_cache

import httpx

from replica.sites import SITES

LOOPBACK = "127.0.0.1"
CONNECTIONS = 16
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody and is never asked, as the replica speaks plain HTTP; httpx's own would read all certificates anew."""


class UnknownSite(httpx.ConnectError):
    """The replica has no site of this name; nothing was sent."""


class ReplicaTransport(httpx.BaseTransport):
    """Sends requests for known hosts, whatever their scheme and port, to one loopback port; Host stays as it was."""

    def __init__(self, port: int, hosts: Collection[str]) -> None:
        self._port = port
        self._hosts = frozenset(hosts)
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._inner = httpx.HTTPTransport(verify=NO_AUTHORITIES, trust_env=False, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The replica's response, streamed; raises UnknownSite, or httpx's own errors from the wire."""
        host = request.url.host
        if host not in self._hosts:
            known = ", ".join(sorted(self._hosts)[:4])
            raise UnknownSite(f"{request.url}: the replica has no site {host!r}, expected {known} …", request=request)
        return self._inner.handle_request(self._readdressed(request))

    def close(self) -> None:
        self._inner.close()

    def _readdressed(self, request: httpx.Request) -> httpx.Request:
        url = _on_loopback(request.url, self._port)
        headers = httpx.Headers(request.headers)
        headers.setdefault("Host", request.url.netloc.decode("ascii"))
        return httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=dict(request.extensions)
        )


@lru_cache(maxsize=256)
def _on_loopback(url: httpx.URL, port: int) -> httpx.URL:
    return url.copy_with(scheme="http", host=LOOPBACK, port=port)


def replica_transport(port: int, hosts: Collection[str] | None = None) -> httpx.BaseTransport:
    """A pooled transport to the replica at `port`; `hosts` are the standard sites unless told (`Replica.hosts`)."""
    return ReplicaTransport(port, SITES.keys() if hosts is None else hosts)
