"""Police references as printed, only after words that introduce them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.police_references import MAX_REFERENCES, police_references

STATED = [
    ("call 101 quoting CAD 1234/03JUN17.", ["CAD 1234/03JUN17"]),
    ("quote CAD 1234 of 3 June.", ["CAD 1234 of 3 June"]),
    ("quoting CAD4567/12Aug21", ["CAD4567/12Aug21"]),
    ("ref CAD 1234/3 June", ["CAD 1234/3 June"]),
    ("CAD number 3412", ["CAD number 3412"]),
    ("CAD ref 1234 12/05/2021", ["CAD ref 1234 12/05/2021"]),
    ("call 101 quoting 4567/12AUG21", ["4567/12AUG21"]),
    ("crime reference 01/123456/20", ["01/123456/20"]),
    ("crime reference number: 6512345/20.", ["6512345/20"]),
    ("reference 4400012345/20", ["4400012345/20"]),
    ("please quote reference number 44200123456 or", ["44200123456"]),
    ("log 123 of 4 May", ["log 123 of 4 May"]),
    ("quoting log number 123 of 04/05/2020", ["log number 123 of 04/05/2020"]),
    ("Text BTP on 61016 quoting ref 123 of 04/05/2020.", ["123 of 04/05/2020"]),
    ("incident number 1234 of 4 May, 2020", ["1234 of 4 May, 2020"]),
    ("please quote incident 0123 of 12/04/21", ["0123 of 12/04/21"]),
    ("the incident number\n50200012345", ["50200012345"]),
    ("Case number CR/012345/20", ["CR/012345/20"]),
    ("serial 1301 of 02/04", ["serial 1301 of 02/04"]),
    ("Action Fraud gave NFRC200112345678.", ["NFRC200112345678"]),
    ("crime reference 01/123456/20 or CAD 99 of 4 June, CAD 99 of 4 June", ["01/123456/20", "CAD 99 of 4 June"]),
]
NOT_STATED = [
    "Text 61016 or call 0800 40 50 40.",
    "In an emergency call 999, else 101. Hotline 0800 789 321.",
    "a CAD 2020 course",
    "CAD 3000 licences",
    "quoting Operation Neon",
    "FOI reference 01/123456/20",
    "your booking reference 12345678/20",
    "reference number 2000012345",
    "crime reference 0800789321",
    "Reference: 18*123",
    "incident 12 of 3 June",
    "the 3 June log 14 on page 5",
    "crime number 5 of 12 in the borough",
    "ref: 23-456",
    "SCAD 1234 of 3 June",
    "",
]


@pytest.mark.parametrize(("text", "numbers"), STATED)
def test_stated(text: str, numbers: list[str]) -> None:
    assert [number for number, _ in police_references(text)] == numbers


@pytest.mark.parametrize("text", NOT_STATED)
def test_not_stated(text: str) -> None:
    assert police_references(text) == ()


def test_evidence_is_the_words() -> None:
    assert police_references("Quote crime ref:\n6512345/20.") == (("6512345/20", "crime ref: 6512345/20"),)


@given(st.text(alphabet="CADlogref number of/0123456789 JunMay.:\n", max_size=300))
def test_any_text_gives_numbers_that_it_prints(text: str) -> None:
    folded = " ".join(text.split())
    for number, words in police_references(text):
        assert number in words
        assert words in folded


def test_a_flood_is_bounded() -> None:
    found = police_references(" ".join(f"CAD {number} of 3 June" for number in range(1, 9_000)))
    assert len(found) == MAX_REFERENCES


@pytest.mark.parametrize("text", ["CAD number " * 18_000, "reference " * 20_000, "1" * 200_000, "log 1 of " * 22_000])
def test_long_texts_cost_linear_work(text: str) -> None:
    assert police_references(text) == ()
