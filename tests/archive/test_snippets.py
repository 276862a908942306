"""Snippets: the right passage of the right field, its marks exact, in bounded time and size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.query import BadQuery
from archive.snippets import Snippet, snippet
from archive.words import words

FIELDS = {
    "title": "Stolen van",
    "text": "A white van was\n\n   stolen from Aldgate. "
    + "Nothing else of note happened there. " * 8
    + "The van was found.",
    "p. 3": "Owners of a café, the CAFE\u0301 and others",
}


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.matches]


@pytest.mark.parametrize(
    ("query", "where", "marks"),
    [
        ("stolen van", "title", ["Stolen", "van"]),
        ("aldgate", "text", ["Aldgate"]),
        ('"was stolen" aldgate', "text", ["was stolen", "Aldgate"]),
        ("fou*", "text", ["found"]),
        ('"van was f"*', "text", ["van was found"]),
        ("cafe", "p. 3", ["café", "CAFE\u0301"]),
        ("van -stolen", "title", ["van"]),
        ("van OR owners", "title", ["van"]),
        ("white owners cafe", "p. 3", ["Owners", "café", "CAFE\u0301"]),
        ("nowhere", "title", []),
        (None, "title", []),
    ],
)
def test_passage(query: str | None, where: str, marks: list[str]) -> None:
    found = snippet(query, FIELDS)
    assert (found.where, marked(found)) == (where, marks)


def test_white_space_is_folded_and_cuts_are_shown() -> None:
    found = snippet("stolen aldgate", FIELDS, around=10)
    assert found.text == "…van was stolen from Aldgate. Nothing else…"
    assert snippet("found", FIELDS, around=10).text == "…The van was found."
    assert snippet(None, [("title", " "), ("text", "Be alert")]) == Snippet("Be alert", (), "text")
    assert snippet("van", []) == Snippet("")
    assert snippet(None, {"text": "all that is said"}, around=5).text == "all that is…"


def test_overlapping_phrases_are_one_mark() -> None:
    found = snippet('"white van" "van was" white', FIELDS)
    assert (found.where, marked(found)) == ("text", ["white van was"])


def test_the_passage_with_most_phrases_wins() -> None:
    text = "Aldgate " + "x " * 400 + "van " + "x " * 400 + "van in Aldgate"
    assert snippet("van aldgate", {"text": text}, around=20).text.endswith("van in Aldgate")


def test_a_bad_query_is_refused() -> None:
    with pytest.raises(BadQuery):
        snippet('"', FIELDS)


@pytest.mark.parametrize("filler", [" -", "\u0301", "y", "\u200d", " a"])
def test_a_hostile_text_gives_one_short_line(filler: str) -> None:
    text = "a" + filler * (400_000 // len(filler)) + " b"
    for query in ('"a b"', "a b", "b*", "a*", "nowhere"):
        assert len(snippet(query, {"text": text}).text) < 2_500


def test_a_character_is_not_cut_in_two() -> None:
    text = "ab\u0301" * 100 + " van " + "cd\u0301" * 100
    for around in range(30):
        found = snippet("van", {"text": text}, around=around).text.strip("…")
        assert not found.startswith("\u0301")
        assert found.endswith(("d\u0301", "c", "van"))


@given(
    st.text(alphabet="vanbg \n\u00ad\u0301é½ﬁ-", max_size=200),
    st.sampled_from(["van", "bag*", '"van bag"', "an OR fi"]),
)
def test_marks_are_words_of_the_query(text: str, query: str) -> None:
    found = snippet(query, {"text": text}, around=15)
    asked = [part.strip('"*') for part in query.split(" OR ")]
    for mark in marked(found):
        assert any(" ".join(words(mark)).startswith(part) or part in ("an", "fi") for part in asked)
    assert list(found.matches) == sorted(found.matches)
    assert "  " not in found.text


def test_a_better_passage_is_not_looked_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {"first": "one and many others", "second": "one two"}
    assert snippet("one two", fields).where == "second"
    monkeypatch.setattr("archive.snippets.MOST_CHARACTERS", 10)
    assert snippet("one two", fields).where == "first"
    assert snippet("two", fields).where == "second"
