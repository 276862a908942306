"""Newsletters and bulletins known by sight, whichever source links them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.recognised import recognised

UPLOADS = "https://www.thecssc.example/wp-content/uploads/2017/09/"
CASES = [
    (
        UPLOADS + "x.pdf",
        "London Protect – September 2017 edition",
        "",
        ("london-protect", "london-protect", None, "2017-09", "link 'London Protect'; issued: link 'September 2017'"),
    ),
    (
        UPLOADS + "London-Protect-Edition-3.pdf",
        "click here",
        "",
        ("london-protect", "london-protect", "3", None, "file name 'London Protect'; edition: file name 'Edition 3'"),
    ),
    (
        UPLOADS + "LondonProtectEdition12.pdf",
        "the second edition of the 'London Protect Newsletter'",
        "",
        ("london-protect", "london-protect", "2", None, "link 'London Protect'; edition: link 'second edition'"),
    ),
    (
        UPLOADS + "doc.pdf",
        "here",
        "LONDON\n \nPROTECT\nIssue 7\nSeptember 2017\nThe threat level is SEVERE\n",
        (
            "london-protect",
            "london-protect",
            "7",
            "2017-09",
            "first page 'LONDON PROTECT'; edition: first page 'Issue 7'; issued: first page 'September 2017'",
        ),
    ),
    (
        UPLOADS + "MPS%20Falcon%20Bulletin%206%20March%202017.pdf",
        "Click here",
        "",
        (
            "met-police-falcon",
            "falcon",
            None,
            "2017-03-06",
            "file name 'MPS Falcon'; issued: file name '6 March 2017'",
        ),
    ),
    (
        UPLOADS + "a.pdf",
        "the latest Metropolitan Police Cyber Protect briefing",
        "",
        ("met-police-falcon", "cyber-protect", None, None, "link 'Metropolitan Police Cyber Protect'"),
    ),
]
NONE = [
    ("https://x.example/a.pdf", "click here", ""),
    (UPLOADS + "a.pdf", "London Protect / NCPP Incident Message", ""),
    (UPLOADS + "a.pdf", "London protects its parks, newsletter of May 2017", ""),
    (UPLOADS + "falcon-sightings.pdf", "Peregrine falcon nests", ""),
    (UPLOADS + "a.pdf", "Cyber Protect officers of Kent", ""),
    (UPLOADS + "a.pdf", "here", "One\nTwo\nThree\nFour\nFive\nSix\nSee the London Protect newsletter"),
    ("", "", ""),
]


@pytest.mark.parametrize(("url", "title", "first_page", "expected"), CASES)
def test_recognised(url: str, title: str, first_page: str, expected: tuple[str | None, ...]) -> None:
    found = recognised(url, title, first_page)
    assert found is not None
    issued = found.issued.iso if found.issued else None
    assert (found.series, found.issuer, found.edition, issued, found.evidence) == expected


@pytest.mark.parametrize(("url", "title", "first_page"), NONE)
def test_not_recognised(url: str, title: str, first_page: str) -> None:
    assert recognised(url, title, first_page) is None


def test_two_dates_in_one_place_are_none() -> None:
    found = recognised("https://x.example/a.pdf", "London Protect newsletter, June 2017 and July 2017")
    assert found is not None
    assert found.issued is None


@given(st.text(max_size=80), st.text(alphabet="London Protect Falcon edition 12 May2017-", max_size=120))
def test_any_words_are_a_document_or_none(title: str, name: str) -> None:
    found = recognised(f"https://x.example/{name}.pdf", title, name)
    assert found is None or found.series in ("london-protect", "met-police-falcon")
