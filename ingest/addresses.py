"""Addresses of pages as an operator or a file states them, in one spelling."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from parsers.source import Source

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*")
USER_INFORMATION = re.compile(r"[^/?#]*//[^/?#]*@")
EXPECTED_ADDRESS = "expected an absolute http or https address like https://www.example.org/page"


def page_address(printed: str) -> str:
    """The address of a page: scheme and host in lower case, without default port and fragment (RFC 3986, 6.2).

    Raises ValueError as `what, expected what` for anything but http and https with a host and nobody's name before it.
    """
    if USER_INFORMATION.match(printed):
        raise ValueError("user information before the host, expected none")
    if not printed.isprintable() or " " in printed or "\\" in printed:
        raise ValueError(f"{printed!r} has characters that no address has, {EXPECTED_ADDRESS}")
    try:
        parts = urlsplit(printed)
        host, port = _host(parts), parts.port
    except ValueError as problem:
        raise ValueError(f"{printed!r}: {problem}, {EXPECTED_ADDRESS}") from problem
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0:
        raise ValueError(f"{printed!r}, {EXPECTED_ADDRESS}")
    stated_port = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return parts._replace(netloc=host + stated_port, fragment="").geturl()


def _host(parts: SplitResult) -> str:
    """The host in lower case, an IPv6 address in brackets; empty where it is none. Raises ValueError."""
    host = parts.hostname or ""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    return host if HOST_NAME.fullmatch(host) else ""


def address_at(source: Source, printed: str) -> str:
    """A page's address as the source writes it: one that differs in its scheme alone is the source's own.

    Raises ValueError like `page_address`.
    """
    address = page_address(printed)
    same = (start for start in source.start if _behind_scheme(page_address(start)) == _behind_scheme(address))
    return address if address in source.start else next(same, address)


def _behind_scheme(address: str) -> str:
    return address.partition("://")[2]
