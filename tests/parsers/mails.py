"""Messages in our own words, put together header by header."""

from __future__ import annotations

from archive.records import Notification, Reading
from parsers.source import parse, sources

HEADERS = {
    "From": "CSSC London <london@thecssc.com>",
    "To": "Pat Member <pat.member@office.example>",
    "Subject": "London Amber Message - Road closures",
    "Date": "Fri, 24 Mar 2017 14:05:06 +0000",
    "Message-ID": "<one@thecssc.com>",
}
WORDS = "Roads along the river close at noon on Sunday."


def mail(body: bytes | str = WORDS, **headers: str | None) -> bytes:
    """A message; a header of the name with `_` for `-` is set, or taken away by None."""
    stated: dict[str, str | None] = dict(HEADERS)
    stated |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\n" for name, value in stated.items() if value is not None)
    return lines.encode("utf-8", "surrogateescape") + b"\n" + (body if isinstance(body, bytes) else body.encode())


def multipart(*parts: bytes | str, kind: str = "mixed", **headers: str | None) -> bytes:
    """A message of several parts, each given with its own headers."""
    inner = b"".join(b"--b\n" + (part if isinstance(part, bytes) else part.encode()) + b"\n" for part in parts)
    return mail(inner + b"--b--\n", Content_Type=f'multipart/{kind}; boundary="b"', **headers)


def reading(message: bytes, slug: str = "cssc", **facts: str) -> Reading:
    """What a source makes of a message."""
    return parse(sources()[slug], message, "mid:given@test", "message/rfc822", "detail", facts)


def record(message: bytes, slug: str = "cssc", **facts: str) -> Notification:
    """The one record of a message."""
    (entry,) = reading(message, slug, **facts).read
    return entry.notification


def refusal(message: bytes, slug: str = "cssc") -> str:
    """Why the one entry of a message is refused."""
    (entry,) = reading(message, slug).refused
    return entry.reason
