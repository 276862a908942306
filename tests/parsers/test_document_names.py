"""What is no document: one rule for the names of links, and for pages that come in the place of a document."""

from __future__ import annotations

import pytest

from parsers.attachments import is_document
from parsers.blocked import no_document
from tests.parsers.test_blocked import STAND_INS

SITE = "https://www.example.org"
PLAIN = b"<!doctype html><title>Advice</title><p>Lock your doors.</p>"
LINK = f"{SITE}/LinkClick.aspx?fileticket=abc"


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF", "a.pdf;v=1", "a%2Epdf", "a.pdf%20", "a.docx", "a.csv?x=1"])
def test_what_a_link_is_taken_for_no_page_is_taken_for(name: str) -> None:
    assert is_document(f"{SITE}/{name}")
    assert no_document(f"{SITE}/{name}", PLAIN) == "a page of HTML, expected a document"
    assert no_document(f"{SITE}/log-in", PLAIN, f"{SITE}/{name}") == "a page of HTML, expected a document"


@pytest.mark.parametrize("name", ["a.png", "a.ods", "a.mp4"])
def test_other_files_are_no_attachments_and_no_pages_either(name: str) -> None:
    assert not is_document(f"{SITE}/{name}")
    assert no_document(f"{SITE}/{name}", PLAIN) == "a page of HTML, expected a document"


@pytest.mark.parametrize("name", ["", "a", "pdf", "a.pdf/b", "a.html", "a.aspx?x=1.pdf"])
def test_a_page_may_be_at_any_other_name(name: str) -> None:
    assert not is_document(f"{SITE}/{name}")
    assert no_document(f"{SITE}/{name}", PLAIN) is None


@pytest.mark.parametrize("kind", STAND_INS)
def test_a_stand_in_that_a_redirect_led_to_is_no_document(kind: str) -> None:
    body = f"<html><body>{STAND_INS[kind]}</body></html>".encode()
    assert no_document(f"{SITE}/members", body, LINK) == f"{kind}, expected a document"
    found = f"{kind}, expected a document" if kind.startswith("challenge") else None
    assert no_document(LINK, body, LINK) == found
    assert no_document(LINK, body, LINK.replace("abc", "%61bc")) == found


def test_the_front_page_that_a_site_leads_to_is_no_document() -> None:
    for url in (SITE, f"{SITE}/", "https://other.example.org/?from=abc"):
        assert no_document(url, PLAIN, LINK) == "the front page of a site, expected a document"
    assert no_document(f"{SITE}/?id=3", PLAIN, f"{SITE}/?id=3") is None
    assert no_document(f"{SITE}/members", PLAIN, LINK) is None


def test_a_page_is_no_document_where_what_is_held_is_none() -> None:
    problem = "a page of HTML, expected a document as the one that is held"
    assert no_document(LINK, PLAIN, LINK, b"%PDF-1.7") == problem
    assert no_document(LINK, PLAIN, LINK, PLAIN) is None
    assert no_document(LINK, b"%PDF-1.7 other", LINK, PLAIN) is None
