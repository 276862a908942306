"""Faults on demand: what a site answers instead, and how a delivery goes wrong."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from replica.answers import Answer

CHALLENGE_CHANGED_AT = datetime(2018, 12, 31, tzinfo=UTC)
CHALLENGE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1">
</script></head><body class="no-js"><div class="main-wrapper" id="cf-wrapper"><h1>www.bsia.co.uk</h1>
<h2 id="challenge-running">Checking if the site connection is secure</h2>
<noscript><div id="challenge-error-title">Enable JavaScript and cookies to continue</div></noscript>
<div class="ray-id">Ray ID: <code>8a1b2c3d4e5f6071</code></div></div></body></html>
"""
HTML_AS_PDF = b"""<!DOCTYPE html><html><head><title>Download</title></head>
<body><p>The file that you asked for has moved to the members' area. Please sign in.</p></body></html>
"""
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the bytes go out. `kept` is the share of the body that is sent before the connection ends.

    `ending` is `whole`, `closed` (a plain end of the stream) or `reset` (RST, possibly before the headers when
    `kept` is None). `pause_seconds` passes before each piece of `piece_bytes`. `chunked` sends no Content-Length.
    """

    ending: str = "whole"
    kept: float | None = 1.0
    chunked: bool = False
    piece_bytes: int = 0
    pause_seconds: float = 0.0


WHOLE = Delivery()


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble: the answer that replaces the site's, and its delivery."""

    name: str
    change: Callable[[Answer], Answer] = lambda answer: answer
    delivery: Delivery = WHOLE
    halved: bool = False


def status(code: int) -> Fault:
    """The server is ill: 500, 502, 503 or any other status, with a page that says so."""
    page = f"<!DOCTYPE html><html><head><title>{code}</title></head><body><h1>Error {code}</h1></body></html>"
    return Fault(f"status {code}", lambda answer: Answer(code, "text/html", page.encode()))


def too_many(retry_after: str = "120", code: int = 429) -> Fault:
    """Too many requests; `retry_after` is seconds or an HTTP-date, sent as it stands (RFC 9110, 10.2.3)."""
    answer = Answer(code, "text/plain", b"Too many requests.\n", headers=(("retry-after", retry_after),))
    return Fault(f"status {code} with Retry-After {retry_after}", lambda _: answer)


def reset(kept: float | None = None) -> Fault:
    """The connection is reset, before any byte or after `kept` (0 to 1) of the body."""
    return Fault("reset", delivery=Delivery("reset", kept))


def slow(piece_bytes: int = 64, pause_seconds: float = 0.05) -> Fault:
    """The body drips: `piece_bytes` at a time with a pause before each."""
    return Fault("slow", delivery=Delivery(piece_bytes=piece_bytes, pause_seconds=pause_seconds))


def truncated(kept: float = 0.5, *, chunked: bool = False) -> Fault:
    """The stream ends early: short of its Content-Length, or without the last chunk."""
    return Fault("truncated", delivery=Delivery("closed", kept, chunked))


def wrong_type(media_type: str = "application/octet-stream") -> Fault:
    return Fault("wrong type", lambda answer: replace(answer.without_validators(), media_type=media_type))


def gzip_bomb(decoded_mebibytes: int = 256) -> Fault:
    """A small gzip body that decodes to many mebibytes of white space inside a page."""
    body = b"".join(_gzipped(decoded_mebibytes))
    bomb = Answer(200, "text/html; charset=utf-8", body, headers=(("content-encoding", "gzip"),))
    return Fault("gzip bomb", lambda _: bomb)


def challenge(code: int = 200) -> Fault:
    """A page of a protection service, with validators of its own that are newer than the site's."""
    page = Answer(code, "text/html; charset=UTF-8", CHALLENGE, '"challenge"', CHALLENGE_CHANGED_AT)
    return Fault(f"challenge {code}", lambda _: replace(page, headers=(("cf-mitigated", "challenge"),)))


def html_as_pdf() -> Fault:
    """A sign-in page that is sent as a PDF with status 200."""
    return Fault("HTML as PDF", lambda _: Answer(200, "application/pdf", HTML_AS_PDF))


def empty() -> Fault:
    return Fault("empty", lambda answer: replace(answer.without_validators(), body=b""))


def half() -> Fault:
    """Half of the entries are missing from an otherwise healthy page, with the validators of such a page."""
    return Fault("half", halved=True)


def redirect(to: str, code: int = 302) -> Fault:
    page = Answer(code, "text/html", b"<p>Moved</p>", headers=(("location", to),))
    return Fault(f"redirect to {to}", lambda _: page)


def redirect_loop(path: str) -> Fault:
    """Put on `path`, sends a client back to it for ever."""
    return redirect(path, 301)


def _gzipped(decoded_mebibytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    yield packer.compress(b"<!DOCTYPE html><html><body><div id='main'>")
    for _ in range(decoded_mebibytes):
        yield packer.compress(b" " * MEBIBYTE)
    yield packer.flush()
