"""What a site of the replica answers: the asked-for state, the answer, its validators."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from typing import Protocol

NOT_FOUND = "<!DOCTYPE html><html><head><title>Not found</title></head><body><p>No page at {path}.</p></body></html>"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as a site sees it: `serial` counts requests, `halved` asks for half of the entries.

    `query` is the part of the address after the question mark, as it was written.
    """

    path: str
    step: int
    serial: int
    halved: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before it is sent. `changed_at` is UTC in whole seconds."""

    status: int
    media_type: str
    body: bytes
    etag: str | None = None
    changed_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def header_pairs(self) -> list[tuple[bytes, bytes]]:
        """The headers in order, ready for ASGI, without Content-Length."""
        pairs = [("content-type", self.media_type)] if self.media_type else []
        if self.etag:
            pairs.append(("etag", self.etag))
        if self.changed_at:
            pairs.append(("last-modified", format_datetime(self.changed_at, usegmt=True)))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*pairs, *self.headers)]

    def without_validators(self) -> Answer:
        return replace(self, etag=None, changed_at=None)

    def not_modified(self) -> Answer:
        """The 304 for this answer (RFC 9110, 15.4.5)."""
        return replace(self, status=304, media_type="", body=b"")

    def unchanged_since(self, headers: Mapping[str, str]) -> bool:
        """Whether the request's conditions say that the client has this already (RFC 9110, 13.1.2 and 13.1.3)."""
        asked = headers.get("if-none-match")
        if asked is not None:
            return self.etag is not None and (asked.strip() == "*" or _opaque(self.etag) in _listed(asked))
        since = _http_date(headers.get("if-modified-since"))
        return since is not None and self.changed_at is not None and self.changed_at <= since


class Site(Protocol):
    """One upstream site on its own host name."""

    @property
    def host(self) -> str: ...

    @property
    def last_step(self) -> int: ...

    def answer(self, visit: Visit) -> Answer: ...


def not_found(path: str) -> Answer:
    page = NOT_FOUND.format(path=escape(path))
    return Answer(404, "text/html; charset=utf-8", page.encode())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _opaque(etag: str) -> str:
    return etag.strip().removeprefix("W/")


def _listed(header: str) -> list[str]:
    return [_opaque(part) for part in header.split(",")]


def _http_date(header: str | None) -> datetime | None:
    """The instant that a header names; None where it is no date, which RFC 9110 tells us to ignore."""
    try:
        named = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return named.replace(tzinfo=UTC) if named and named.tzinfo is None else named
