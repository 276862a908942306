"""How the servers of details and documents may answer."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from replica.faults import CHALLENGE, HTML_AS_PDF
from tests.servers import Answer, redirect, reset, response, then_close
from tests.upstreams.behaviours import HOUR, Behaviour, Given, Makes, read
from tests.upstreams.listing_behaviours import CHALLENGES, HTML, status, words

PDF = "Content-Type: application/pdf"
LED = ["302 done", "200 failed"] * 2
HOME: dict[str, Makes] = {"/": lambda given: words("<title>Home</title><main><h1>Welcome</h1></main>")}
AFTER_FIVE = 5
"""So many requests to a host fail before it is left alone: the sixth, the last attempt for the second, is not made."""


def detail(name: str, makes: Callable[[Given], Answer], *captures: str, **other: object) -> Behaviour:
    return Behaviour(name, makes, captures=captures, **({"role": "detail", "asked": 2, "again": HOUR} | other))  # type: ignore[arg-type]


def stands_in(name: str, body: bytes) -> Behaviour:
    """A page in the place of an article, with validators of its own."""
    sent = response(body, HTML, 'ETag: "stand-in"')
    return detail(name, lambda given: sent, *["200 failed"] * 2, says="expected", quarantined=2)


def refusing(code: str) -> Behaviour:
    number = code[:3]
    return detail(code, lambda given: status(code), *[f"{number} failed"] * 2, says=f"status {number}")


DETAILS = [
    read("200", lambda given: response(given.page, HTML), *["200 done"] * 2, role="detail", asked=2),
    *(stands_in(name, body) for name, body in CHALLENGES.items()),
    stands_in("an empty body", b""),
    *(refusing(code) for code in ("401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone")),
    detail("503", lambda given: status("503 Later"), *["503 failed"] * 2, says="status 503", asked=AFTER_FIVE),
    detail("429", lambda given: status("429 Busy", "Retry-After: 7200"), "429 failed", asked=1, again=(120, 120)),
    detail("reset", lambda given: reset(), says="complete answer", asked=AFTER_FIVE),
    detail("cut", lambda given: then_close(response(given.page[:-99], length=len(given.page))), asked=AFTER_FIVE),
    detail(
        "led to the front page",
        lambda given: redirect("/"),
        *LED,
        says="led to",
        quarantined=1,
        asked=4,
        elsewhere=HOME,
    ),
    detail("led to this machine", lambda given: redirect("http://127.0.0.1/"), *["302 done"] * 2, says="loopback"),
]


def document(name: str, makes: Callable[[Given], Answer], *captures: str, **other: object) -> Behaviour:
    plain: dict[str, object] = {"role": "document", "asked": 2, "again": HOUR, "tells": False}
    return Behaviour(name, makes, captures=captures, **(plain | other))  # type: ignore[arg-type]


def no_document(name: str, body: bytes) -> Behaviour:
    """What comes is none, and the run says so."""
    sent = response(body, PDF, 'ETag: "stand-in"')
    return document(name, lambda given: sent, *["200 failed"] * 2, says="expected a document", tells=True)


DOCUMENTS = [
    read("200", lambda given: response(given.page, PDF), role="document", asked=2, checks=1),
    read("called HTML", lambda given: response(given.page, HTML), role="document", asked=2, checks=1),
    no_document("HTML as a PDF", HTML_AS_PDF),
    no_document("a challenge", CHALLENGE),
    no_document("an empty body", b""),
    no_document("nothing but blanks", b" \r\n"),
    document("404", lambda given: status("404 Not Found"), *["404 failed"] * 2),
    document("410", lambda given: status("410 Gone"), *["410 failed"] * 2),
    document("403", lambda given: status("403 Forbidden"), *["403 failed"] * 2),
    document("503", lambda given: status("503 Later"), *["503 failed"] * 2, asked=AFTER_FIVE),
    document("429", lambda given: status("429 Busy", "Retry-After: 7200"), "429 failed", asked=1, again=(120, 120)),
    document("reset", lambda given: reset(), asked=AFTER_FIVE),
    document("cut", lambda given: then_close(response(given.page[:-9], length=len(given.page))), asked=AFTER_FIVE),
    document(
        "gzip cut short", lambda given: response(gzip.compress(given.page)[:-9], PDF, "Content-Encoding: gzip"), asked=5
    ),
    document("led to the front page", lambda given: redirect("/"), *LED, asked=4, elsewhere=HOME, tells=True),
    document("led to this machine", lambda given: redirect("http://127.0.0.1/"), *["302 done"] * 2),
]
