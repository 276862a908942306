"""What holds past captures of addresses: a web archive, or files; what they list, give, and cannot give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

FIRST_PAGES = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there was no web to capture."""
MOST_URL_CHARACTERS = 2_000
SESSION_IN_PATH = re.compile(r"/\([a-z]\([^/]*\)\)|;jsessionid=[^/;]*", re.IGNORECASE)
WWW = re.compile(r"www\d*\.")
EMPTY_DIGEST = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The SHA-1 of no bytes in base 32, which all empty bodies share."""


class NotGiven(Exception):
    """A capture is listed and cannot be had; the message says why."""


class PassedOver(Exception):
    """A capture that is not given and says nothing: a redirect between spellings of an address."""


class Away(Exception):
    """The archive answers no more for now: what waits goes on with the next start."""


class BadIndex(Exception):
    """What an archive lists of an address cannot be used; the message says why.

    `is_final` says that the archive has understood and refuses: it may not speak of this address.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Row:
    """One capture as a holding lists it. `problem` says why it cannot be had, where its own row says so.

    `file`, `position` and `length` are where a WARC record lies; `status` is None where it is not stated.
    """

    url: str
    at: datetime
    digest: str = ""
    status: int | None = None
    media_type: str = ""
    file: str | None = None
    position: int | None = None
    length: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A line of an index that is no row, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """The response that a row stands for, as its publisher sent it: body decoded, headers raw pairs in order."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Holding(Protocol):
    """Lists captures of an address, oldest first, and gives them.

    `name` stands for it in the plan, `via` in captures. `pages` raises BadIndex and Away, `fetch` NotGiven, PassedOver
    and Away.
    """

    @property
    def name(self) -> str: ...
    @property
    def via(self) -> str: ...
    @property
    def cause(self) -> str: ...

    def pages(self, url: str, since: datetime | None, until: datetime) -> Iterator[Sequence[Row | Unusable]]: ...

    def fetch(self, row: Row) -> Given: ...


def address_key(url: str) -> str:
    """What all spellings of an address share that archives take for one: no scheme, `www.`, port, case or session.

    Raises ValueError for what is no http address.
    """
    if len(url) > MOST_URL_CHARACTERS:
        raise ValueError(f"{url[:80]}…: {len(url)} characters, expected at most {MOST_URL_CHARACTERS}")
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{url[:80]!r}, expected an http or https address")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = unquote(SESSION_IN_PATH.sub("", parts.path)).lower().rstrip("/")
    query = "&".join(sorted(filter(None, unquote(parts.query).lower().split("&"))))
    return f"{WWW.sub('', parts.hostname, count=1)}{port}{path}?{query}"


def same_address(one: str, other: str) -> bool:
    """Whether archives take two addresses for one."""
    try:
        return address_key(one) == address_key(other)
    except ValueError:
        return False


def moment_in(printed: str) -> tuple[datetime, str | None]:
    """The moment that an index states in digits, and what is wrong with it.

    Of digits that name no moment, it is the first one of what can be read of them, and there is a problem. Raises
    ValueError where not even the year can be read.
    """
    for digits in (14, 12, 10, 8, 6, 4):
        if len(printed) < digits or not printed[:digits].isascii() or not printed[:digits].isdigit():
            continue
        try:
            padded = printed[:digits] + "00000101000000"[digits:]
            at = datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        whole = digits == len(printed) == 14
        return at, None if whole else f"time {printed[:40]!r} in the index, expected YYYYMMDDhhmmss"
    raise ValueError(f"time {printed[:40]!r}, expected YYYYMMDDhhmmss")


def usable(row: Row, url: str, now: datetime) -> Row | Unusable:
    """The row, unless it speaks of another address or of a time in which nothing was captured."""
    if not same_address(row.url, url):
        return Unusable(f"a row of {row.url[:200]!r} in the answer for {url}, expected that address")
    if not FIRST_PAGES <= row.at <= now:
        return Unusable(f"{url}: captured at {row.at:%Y-%m-%d %H:%M}, expected a time from 1990 until now")
    return row


def as_written(url: str, target_url: str) -> str:
    """The address of a capture: the target's own where they differ in scheme and default port alone."""
    one, other = urlsplit(url), urlsplit(target_url)
    if (one.hostname, one.path or "/", one.query) == (other.hostname, other.path or "/", other.query):
        return target_url
    return one._replace(netloc=one.hostname or "", fragment="").geturl() if one.port in (80, 443) else url
