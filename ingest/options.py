"""What an operator adds to the requests of one source: headers, cookies, a proxy, HTTP/2."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True)
class Way:
    """By which way a host is reached: directly or through a proxy, with HTTP/2 where it speaks that."""

    proxy: str | None = field(default=None, repr=False)
    http2: bool = False


DIRECTLY = Way()


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """Headers and cookies go to `origins` alone (`https://host`, with a port that is not the scheme's own), those that
    the source starts from, and to no other wherever a link or a redirect leads; to an origin of http also over https.

    They are secrets: they stand in no capture, no log and no error. Cookies of answers are never taken.
    """

    origins: Collection[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    way: Way = field(default=DIRECTLY, repr=False)

    def lines_for(self, url: httpx.URL) -> Iterator[tuple[bytes, bytes]]:
        """The header lines for a request to `url`: none where it goes to another origin."""
        origin = origin_of(url)
        if origin not in self.origins and origin.replace("https://", "http://", 1) not in self.origins:
            return
        for name, value in self.headers.items():
            yield name.encode("ascii"), value.encode("latin-1")
        if self.cookies:
            yield b"Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode("latin-1")


def origin_of(url: httpx.URL) -> str:
    """Scheme, host (an A-label) and a port that is not the scheme's own, as httpx has them (RFC 6454, 6.2)."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def origins_of(addresses: Iterable[str]) -> frozenset[str]:
    """The origins of these addresses."""
    return frozenset(origin_of(httpx.URL(address)) for address in addresses)


NO_OPTIONS = RequestOptions()
