"""The query language: what is read, and what is answered where it cannot be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.query import AllOf, AnyOf, BadQuery, Field, Phrase, Query, parse, phrases_to_show
from archive.words import MAX_WORD_CHARACTERS, fold, word_spans, words

A, B, C = Phrase(("a",)), Phrase(("b",)), Phrase(("c",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Theft", Phrase(("theft",))),
        ("a b", AllOf((A, B))),
        ("a AND b", AllOf((A, B))),
        ("a and", AllOf((A, Phrase(("and",))))),
        ('"a b" c', AllOf((Phrase(("a", "b")), C))),
        ("“a b”", Phrase(("a", "b"))),
        ("a -b", AllOf((A,), (B,))),
        ('a -"b c"', AllOf((A,), (Phrase(("b", "c")),))),
        ("a OR b c", AnyOf((A, AllOf((B, C))))),
        ("a or b", AllOf((A, Phrase(("or",)), B))),
        ("(a OR b) c", AllOf((AnyOf((A, B)), C))),
        ("a -(b OR c)", AllOf((A,), (AnyOf((B, C)),))),
        ("lond*", Phrase(("lond",), prefix=True)),
        ('"city lond"*', Phrase(("city", "lond"), prefix=True)),
        ("e-mail*", Phrase(("e", "mail"), prefix=True)),
        ("D’Orsi", Phrase(("d", "orsi"))),
        ("0800-789", Phrase(("0800", "789"))),
        ("www.bsia.co.uk", Phrase(("www", "bsia", "co", "uk"))),
        ("level:amber", Field("level", "amber")),
        ("LEVEL:Amber", Field("level", "amber")),
        ('region:"Greater  London"', Field("region", "greater london")),
        ("region:“Greater London”", Field("region", "greater london")),
        ("a -state:rolled-off", AllOf((A,), (Field("state", "rolled-off"),))),
        ("has:attachment OR year:2017", AnyOf((Field("has", "attachment"), Field("year", "2017")))),
        ("colour:red", Phrase(("colour", "red"))),
        ("https://a", Phrase(("https", "a"))),
        ('"level:amber"', Phrase(("level", "amber"))),
        ("snake_case", Phrase(("snake", "case"))),
        ("a\0b", Phrase(("a", "b"))),
        ("a\ud800b", Phrase(("a", "b"))),
        ("a\u00a0b", AllOf((A, B))),
        ("日本 東京", AllOf((Phrase(("日本",)), Phrase(("東京",))))),
    ],
)
def test_reads(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "query, character 1: nothing to look for, expected a word"),
        ("   ", "query, character 1: nothing to look for, expected a word"),
        ('stolen "van', 'query, character 8: a quotation mark is never closed, expected a second "'),
        ('a ""', "query, character 3: a phrase without a letter or digit, expected words between the quotation marks"),
        ("OR", "query, character 1: OR without a word before it, expected one on each side"),
        ("a OR", "query, character 3: OR without a word after it, expected one on each side"),
        ("a OR OR b", "query, character 3: OR without a word after it, expected one on each side"),
        ("a (OR b)", "query, character 4: OR without a word before it, expected one on each side"),
        ("a AND", "query, character 3: AND without a word after it, expected one on each side"),
        ("-a", "query, character 1: only what to leave out, expected at least one word to find beside it"),
        ("a OR -b", "query, character 6: only what to leave out, expected at least one word to find beside it"),
        ("a (-b)", "query, character 4: only what to leave out, expected at least one word to find beside it"),
        ("--a", "query, character 2: a minus sign without a word after it, expected one"),
        ("a - b", "query, character 3: '-' has no letter or digit, expected a word"),
        ("*", "query, character 1: '*' has no letter or digit, expected a word"),
        ("\0", "query, character 1: '\\x00' has no letter or digit, expected a word"),
        ("a*b", "query, character 2: a * before the end of a word, expected it as the last character, as in lond*"),
        ("(a", "query, character 1: a parenthesis is never closed, expected a )"),
        ("a (", "query, character 3: a parenthesis is never closed, expected a )"),
        ("a)", "query, character 2: a parenthesis that was never opened, expected a ( before it"),
        (") a", "query, character 1: a parenthesis that was never opened, expected a ( before it"),
        ("a ()", "query, character 4: empty parentheses, expected a word between them"),
        ("(" * 11 + "a" + ")" * 11, "query, character 11: parentheses 11 deep, expected at most 10"),
        ("a " * 65, "query, character 129: more than 64 words, expected at most 64"),
        (f'"{"a " * 65}"', "query, character 1: more than 64 words, expected at most 64"),
        ("level:", "query, character 1: level: nothing after the colon, expected a value, as in level:amber"),
        ("a level: b", "query, character 3: level: nothing after the colon, expected a value, as in level:amber"),
        ("level:orange", "query, character 1: level:orange, expected one of green, yellow, amber, red"),
        ("has:pictures", "query, character 1: has:pictures, expected one of attachment, threat-level"),
        ("year:17", "query, character 1: year:17, expected four digits, as in year:2017"),
        ('region:"London', 'query, character 8: a quotation mark is never closed, expected a second "'),
        ("level:amber " * 65, "query, character 769: more than 64 words, expected at most 64"),
        ("a" * 1_001, "query, character 1001: 1,001 characters, expected at most 1,000"),
    ],
)
def test_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(BadQuery, match=f"^{re.escape(message)}$"):
        parse(text)


def test_limits_are_reached_not_passed() -> None:
    assert parse("(" * 10 + "a" + ")" * 10) == A
    assert len(list(phrases_to_show(parse("a " * 64)))) == 64
    assert parse("a" * 1_000) == Phrase(("a" * 400, "a" * 400, "a" * 200))


def test_unwanted_phrases_are_not_to_show() -> None:
    assert list(phrases_to_show(parse("a (b OR c) -(d e)"))) == [A, B, C]


@given(st.text(max_size=60) | st.text(alphabet='ab "“()-*ORAND', max_size=40))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        found = list(phrases_to_show(parse(text)))
    except BadQuery as refusal:
        assert re.match(r"query, character \d+: .+", str(refusal), re.DOTALL)
    else:
        assert found
        assert all(word and words(word) == [word] for phrase in found for word in phrase.words)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café CAFE\u0301", ["cafe", "cafe"]),
        ("Straße ﬁre İzmir №5", ["strasse", "fire", "izmir", "no5"]),
        ("bul\u00adletin", ["bulletin"]),
        ("it's 1_000 § ½", ["it", "s", "1", "000", "1", "2"]),
        ("x" * 900, ["x" * MAX_WORD_CHARACTERS, "x" * MAX_WORD_CHARACTERS, "x" * 100]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert fold(text) == "".join(map(fold, text))


@given(st.text())
def test_every_span_holds_its_word(text: str) -> None:
    spans = list(word_spans(text))
    assert [word for word, _, _ in spans] == words(text)
    assert all(0 <= start < end <= len(text) and word in fold(text[start:end]) for word, start, end in spans)


def test_a_span_takes_the_marks_of_its_last_letter() -> None:
    assert list(word_spans("un cafe\u0301 noir")) == [("un", 0, 2), ("cafe", 3, 8), ("noir", 9, 13)]
