"""What an operator adds to the requests of one source: headers, cookies, a proxy, HTTP/2."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True)
class Way:
    """By which way a host is reached: directly or through a proxy, with HTTP/2 where it speaks that."""

    proxy: str | None = None
    http2: bool = False


DIRECTLY = Way()


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """Headers and cookies go to `hosts` alone, those that the source starts from, and to no other on any redirect.

    They are secrets: they stand in no capture, no log and no error. Cookies of answers are never taken.
    """

    hosts: Collection[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    way: Way = field(default=DIRECTLY, repr=False)

    def for_host(self, url: httpx.URL, started_with: str) -> Iterator[tuple[bytes, bytes]]:
        """The header lines for a request, where it goes to one of the hosts; over TLS alone if the source began so."""
        if url.host not in self.hosts or (started_with == "https" and url.scheme != "https"):
            return
        for name, value in self.headers.items():
            yield name.encode("ascii"), value.encode("latin-1")
        if self.cookies:
            yield b"Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode("latin-1")


NO_OPTIONS = RequestOptions()
