"""How the server of a listing may answer."""

from __future__ import annotations

import gzip
import zlib
from email.utils import format_datetime

import brotli
import zstandard

from ingest.polling import IN_FULL_EVERY
from replica.faults import CHALLENGE
from tests.fetching import NOW
from tests.servers import Answer, chunked, redirect, reset, response, then_close
from tests.upstreams.behaviours import BACKOFF, DOUBLED, SOON, Behaviour, Given, failing, read

HTML = "Content-Type: text/html; charset=utf-8"
LATER = format_datetime(NOW.replace(hour=11, minute=50), usegmt=True)
"""Two hours after the poll, which is twenty minutes after the first one."""


def page(given: Given) -> Answer:
    return response(given.page, HTML)


def status(code: str, *headers: str) -> Answer:
    return response(f"<html><head><title>{code}</title></head></html>".encode(), HTML, *headers, status=code)


def encoded(body: bytes, coding: str) -> Answer:
    return response(body, HTML, f"Content-Encoding: {coding}")


def deflated_raw(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def words(*lines: str) -> Answer:
    return response("\n".join(("<!DOCTYPE html><html>", *lines, "</html>")).encode(), HTML)


def moved(code: str) -> Behaviour:
    """A redirect that leads to the page."""
    return read(
        f"redirected by {code[:3]}",
        lambda given: redirect("/moved", code),
        f"{code[:3]} done",
        "200 done",
        asked=2,
        elsewhere={"/moved": page},
    )


REDIRECTS = [moved(code) for code in ("301 Moved", "302 Found", "303 Other", "307 Passing", "308 For good")]
READ = [
    read("200", page),
    read(
        "weak and garbage validators",
        lambda given: response(given.page, HTML, 'ETag: W/"a", b, \\x80', "Last-Modified: yesterday, perhaps"),
    ),
    read("HTTP/1.0 until the connection ends", lambda given: then_close(b"HTTP/1.0 200 OK\r\n\r\n" + given.page)),
    read("chunked with trailers", lambda given: chunked(given.page, end=b"0\r\nX-Sum: 1\r\n\r\n", headers=[HTML])),
    read("gzip", lambda given: encoded(gzip.compress(given.page), "gzip")),
    read("deflate", lambda given: encoded(zlib.compress(given.page), "deflate")),
    read("deflate without its header", lambda given: encoded(deflated_raw(given.page), "deflate")),
    read("two encodings", lambda given: encoded(gzip.compress(zlib.compress(given.page)), "deflate, gzip")),
    read("br", lambda given: encoded(brotli.compress(given.page), "br")),
    read("zstd", lambda given: encoded(zstandard.compress(given.page), "zstd")),
    read("a byte order mark", lambda given: response(b"\xef\xbb\xbf" + given.page, "Content-Type: text/html")),
    read("UTF-16", lambda given: response(given.page.decode().encode("utf-16"), "Content-Type: text/html")),
    read(
        "UTF-8 that is called Latin-1",
        lambda given: response(given.page, "Content-Type: text/html; charset=iso-8859-1"),
    ),
    read(
        "windows-1252 that is called UTF-8",
        lambda given: response(given.page.decode().encode("cp1252"), HTML),
    ),
    read("an unknown charset", lambda given: response(given.page, "Content-Type: text/html; charset=x-none")),
    read("called a PDF", lambda given: response(given.page, "Content-Type: application/pdf")),
    read("429 for a moment", lambda given: [status("429 Busy", "Retry-After: 5"), page(given)], asked=2),
    read("503 for a moment", lambda given: [status("503 Later"), page(given)], asked=2),
    read("a connection that breaks once", lambda given: [reset(), page(given)], asked=2),
]
UNCHANGED = [
    read(
        "304 that hides a change, until it is asked in full",
        lambda given: [*[response(b"", status="304 Not Modified")] * (IN_FULL_EVERY - 1), page(given)],
        asked=IN_FULL_EVERY,
        polls=IN_FULL_EVERY,
        checks=IN_FULL_EVERY - 1,
    ),
    Behaviour("304", lambda given: response(b"", status="304 Not Modified"), "checked", checks=1, again=SOON),
    Behaviour(
        "the same bytes under another ETag",
        lambda given: response(given.old, HTML, 'ETag: "another"'),
        "checked",
        checks=1,
        again=SOON,
    ),
]


def refusing(code: str, asked: int = 1) -> Behaviour:
    """An error status with a page that says so."""
    number = code[:3]
    return failing(code, lambda given: status(code), f"status {number}, expected 200", f"{number} failed", asked=asked)


def told(name: str, value: str, minutes: float | None, code: str = "429 Too Many", asked: int = 1) -> Behaviour:
    """A status with Retry-After, and so many minutes until it is asked again; None for the usual ones."""
    number = code[:3]
    return failing(
        f"{number} with Retry-After: {name}",
        lambda given: status(code, f"Retry-After: {value}"),
        f"status {number}",
        f"{number} failed",
        asked=asked,
        again=BACKOFF if minutes is None else (minutes, minutes),
    )


REFUSING = [
    *(refusing(code) for code in ("401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone")),
    *(refusing(code, asked=3) for code in ("429 Too Many", "500 Broken", "502 Gateway", "503 Later", "504 Late")),
    refusing("418 Teapot"),
    failing(
        "404 twice", lambda given: status("404 Not Found"), "", *["404 failed"] * 2, asked=2, polls=2, again=DOUBLED
    ),
    failing(
        "500 twice",
        lambda given: status("500 Broken"),
        "status 500",
        *["500 failed"] * 2,
        asked=5,
        polls=2,
        again=DOUBLED,
    ),
    told("120 seconds", "120", None),
    told("an hour in seconds", "3600", 60),
    told("an HTTP date", LATER, 120),
    told("an old date", "Monday, 02-Mar-26 11:50:00 GMT", 120),
    told("a date of C", "Mon Mar  2 11:50:00 2026", 120),
    told("for ever", "999999999", 1_440),
    told("a word", "soon", None, asked=3),
    told("a moment ago", "Mon, 02 Mar 2020 08:00:00 GMT", None, asked=3),
    told("an hour", "3600", 60, code="503 Later"),
]
CHALLENGES = {
    "Cloudflare's challenge": CHALLENGE,
    "Incapsula's challenge": b'<html><head></head><body><iframe src="/_Incapsula_Resource?x=1">Request unsuccessful. '
    b"Incapsula incident ID: 1-2</iframe></body></html>",
    "Radware's challenge": b'<html><head><script src="https://validate.perfdrive.com/x.js"></script></head></html>',
    "a consent shell": b"<html><head><title>Before you continue</title></head><body><h1>Accept all cookies to "
    b"continue</h1></body></html>",
    "a page of maintenance": b"<html><head><title>Scheduled maintenance</title></head><body><h1>We will be back soon"
    b"</h1></body></html>",
    "a page that says not found": b"<html><head><title>Page not found</title></head><body><h1>Sorry, that page was "
    b"not found</h1></body></html>",
    "a log-in page": b'<html><body><form><input name="p" type="password"></form></body></html>',
}


def stands_in(name: str, body: bytes) -> Behaviour:
    """A page in the place of the listing, with validators of its own."""
    sends = response(body, HTML, 'ETag: "stand-in"')
    return failing(name, lambda given: sends, "expected", "200 failed", quarantined=1)


STAND_INS = [
    *(stands_in(name, body) for name, body in CHALLENGES.items()),
    stands_in("an empty body", b""),
    stands_in("a body of white space", b" \r\n" * 99),
    stands_in("a PDF that is called HTML", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
    stands_in("JSON that says there is an error", b'{"error": "try again"}'),
    failing(
        "Cloudflare's challenge with 403",
        lambda given: response(CHALLENGE, HTML, "cf-mitigated: challenge", status="403 Forbidden"),
        "status 403",
        "403 failed",
    ),
    failing(
        "a page of maintenance with 503",
        lambda given: response(CHALLENGES["a page of maintenance"], HTML, "Retry-After: 3600", status="503 Later"),
        "status 503",
        "503 failed",
        again=(60, 60),
    ),
    failing(
        "a captive portal on another host",
        lambda given: redirect("http://portal.test/login"),
        "captive portal",
        *("302 done", "200 failed"),
        asked=2,
        quarantined=1,
        elsewhere={"/login": lambda given: words("<title>Guest</title><p>Connect to our free Wi-Fi</p>")},
    ),
    failing(
        "the front page in its place",
        lambda given: redirect("/"),
        "expected",
        *("302 done", "200 failed"),
        asked=2,
        quarantined=1,
        elsewhere={"/": lambda given: words("<title>Home</title><main><h1>Welcome</h1><p>News and more.</p></main>")},
    ),
    Behaviour(
        "every other message",
        lambda given: response(given.half, HTML, 'ETag: "half"'),
        "held",
        captures=("200 done",),
        says="are missing",
        again=SOON,
    ),
]
