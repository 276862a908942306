"""Addresses as a document writes them, made absolute."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

IN_ADDRESSES = re.compile(r"[\t\r\n]")
WHOLE = re.compile(r"https?://[\w.-]{1,253}/[!$%&'()*+,./0-9:=@A-Z_a-z~-]*", re.ASCII)
"""An address that is absolute as it is: no parameters, query or fragment that might be empty, nothing unsafe."""


@lru_cache(maxsize=2048)
def absolute(href: str, base: str) -> str | None:
    """The absolute http(s) or mailto address, unsafe characters percent-encoded; None for any other or broken one."""
    written = IN_ADDRESSES.sub("", href.strip())
    if WHOLE.fullmatch(written):
        return written
    try:
        address = urljoin(base, written)
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return address
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~")
