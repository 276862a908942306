"""A saved page keeps its structure, dates and links; its prose and its secrets are gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from kit.cases import CannotSave, made_case
from kit.filler import DATE_WORDS, MOST_KEPT, Filler, words_in
from kit.json_text import STRING
from kit.redaction import kind_of, redacted
from kit.secrets_removed import kept_headers, without_secrets
from kit.seen import Seen
from parsers.decoding import decode
from parsers.source import sources
from tests.source_rules import case_of
from tests.test_sources import CASES

NEEDS_ITS_WORDS = {"threat-level/substantial", "threat-level/severe-in-winter", "met-office-warnings/three"}
"""Cases whose entries are told apart by whole phrases: they are only kept with `--verbatim`."""
INLINE_TAG = re.compile(r"</?(?:a|b|em|i|span|strong)\b[^<>]*>", re.IGNORECASE)
FEW = max(MOST_KEPT) + 1
SENTENCES = st.lists(
    st.lists(
        st.sampled_from("the thief took a red ladder from our shed near Ambridge on Tuesday 4 May".split()), min_size=6
    ),
    min_size=1,
    max_size=5,
).map(lambda found: [" ".join(words) + "." for words in found])


def seen_of(case: Path) -> Seen:
    body, meta = case_of(case)
    headers = (("Content-Type", meta["media_type"]),) if meta.get("media_type") else ()
    return Seen(meta["url"], body, headers, role=meta.get("role", "listing"), facts=meta.get("facts", {}))


def elements(body: bytes, kind: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes, in the document's order."""
    parser = etree.XMLParser(recover=True) if kind == "xml" else html.HTMLParser()
    root = etree.fromstring(body, parser)
    return [(str(each.tag), tuple(map(str, each.attrib))) for each in root.iter() if isinstance(each.tag, str)]


def members(value: Any) -> Any:
    """A JSON value with its strings left out."""
    if isinstance(value, dict):
        return {name: members(each) for name, each in value.items()}
    return [members(each) for each in value] if isinstance(value, list) else type(value).__name__


def sentences(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of so many words that it is a sentence; a date's words do not count."""
    words = [word.casefold() for word in words_in(text) if word.casefold() not in DATE_WORDS and len(word) > 1]
    yield from (tuple(words[place : place + FEW]) for place in range(len(words) - FEW + 1))


MAIL = [case for case in CASES if next(case.glob("page.*")).suffix == ".eml"]
PAGES = [case for case in CASES if case not in MAIL]


@pytest.mark.parametrize("case", MAIL, ids=lambda case: case.name)
@pytest.mark.parametrize("verbatim", [True, False])
def test_a_message_is_never_made_a_case(case: Path, verbatim: bool) -> None:
    with pytest.raises(CannotSave, match="names people"):
        made_case(sources()[case.parent.name], seen_of(case), verbatim=verbatim)


@pytest.mark.parametrize("verbatim", [True, False])
@pytest.mark.parametrize(("role", "body"), [("listing", b"%PDF-1.4 words"), ("attachment", b"PK words")])
def test_a_document_is_never_made_a_case(role: str, body: bytes, verbatim: bool) -> None:
    with pytest.raises(CannotSave, match="no parser of a source reads, expected a page"):
        made_case(sources()["cssc"], Seen("https://www.thecssc.com/a.pdf", body, role=role), verbatim=verbatim)


@pytest.mark.parametrize("case", PAGES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_page_with_other_words_has_the_same_shape(case: Path) -> None:
    source, seen = sources()[case.parent.name], seen_of(case)
    if f"{case.parent.name}/{case.name}" in NEEDS_ITS_WORDS:
        with pytest.raises(CannotSave, match="--verbatim keeps its words"):
            made_case(source, seen, verbatim=False)
        assert made_case(source, seen, verbatim=True).shape["entries"]
        return
    made = made_case(source, seen, verbatim=False)
    kind = kind_of(seen.body, seen.media_type)
    if made.shape["refused as a whole"]:
        assert made.kind == "refused"
    elif kind == "json":
        assert members(json.loads(made.body)) == members(json.loads(seen.body))
    elif kind in ("html", "xml"):
        assert elements(made.body, kind) == elements(seen.body, kind)
    before, after = (
        {each for block in prose_of(body, kind) for each in sentences(block)} for body in (seen.body, made.body)
    )
    assert before.isdisjoint(after)


def left_over(before: bytes, after: bytes, kind: str) -> set[tuple[str, ...]]:
    """The sentences of a document that are still there."""
    was, now = ({each for block in prose_of(body, kind) for each in sentences(block)} for body in (before, after))
    return was & now


def prose_of(body: bytes, kind: str) -> Iterator[str]:
    """The blocks of words of a document: between its tags (those within a line apart), in its strings."""
    text = decode(body)
    strings = [str(json.loads(found[0], strict=False)) for found in STRING.finditer(text) if not found[1]]
    for each in strings if kind == "json" else [unescape(text) if kind == "xml" else text]:
        yield from re.split(r"<[^<>]*>|\]\]>", INLINE_TAG.sub("", each))


@given(SENTENCES, st.integers(min_value=0, max_value=999_999))
def test_prose_is_replaced_by_words_of_the_same_length(said: list[str], number: int) -> None:
    filler = Filler(("ladder", "red", "from"))
    text = " ".join(said) + f" See https://ambridge.example/a-red-ladder?n={number} or call {number}."
    (filled,) = filler.fill([text])
    assert len(filled) == len(text)
    assert re.sub(r"\w", "x", filled) == re.sub(r"\w", "x", text)
    assert filled.count(str(number)) == text.count(str(number))
    assert f"https://ambridge.example/a-red-ladder?n={number}" in filled
    assert filled.count("Tuesday 4 May") == text.count("Tuesday 4 May")
    assert set(sentences(text)).isdisjoint(sentences(filled))
    assert filler.fill([text]) == [filled]


def test_words_that_grow_in_small_letters_keep_their_length() -> None:
    text = "Die große Straße, İstanbul, und die GROSSE STRASSE"
    (filled,) = Filler().fill([text])
    assert len(filled) == len(text) and "Straße" not in filled


SECRETS = [
    ('<input type="hidden" name="__VIEWSTATE" value="{secret}">', "html"),
    ("<input type=hidden name=csrf_token value={secret}>", "html"),
    ('<input name="__RequestVerificationToken" type="hidden" value="{secret}" />', "html"),
    ('<input type="hidden" name="q7" value="{secret}">', "html"),
    ('<meta name="csrf-token" content="{secret}">', "html"),
    ('<script nonce="{secret}">var a = 1;</script>', "html"),
    ('<script>window.session = {{"id": "{secret}"}};</script>', "html"),
    ('<script type="application/json">{{"apiKey": "{secret}"}}</script>', "html"),
    ('<div data-csrf-token="{secret}">words</div>', "html"),
    ("<button onclick=\"go('{secret}')\">Go</button>", "html"),
    ('<a href="/page?id=7&amp;PHPSESSID={secret}">on</a>', "html"),
    ('<a href="/page;jsessionid={secret}?id=7">on</a>', "html"),
    ('<img src="https://cdn.example/p.png?X-Amz-Signature={secret}&amp;w=9">', "html"),
    ("<!-- served by {secret} for a visitor -->", "html"),
    ("<p>eyJhbGciOiJIUzI1NiJ9.{secret}.sig</p>", "html"),
    ("<link>https://feed.example/item?token={secret}</link>", "xml"),
    ('{{"url": "https://api.example/v1?api_key={secret}", "access_token": "{secret}"}}', "json"),
    ('{{"html": "<input type=\\"hidden\\" name=\\"nonce\\" value=\\"{secret}\\">"}}', "json"),
    ("see https://x.example/?session_id={secret} there", "txt"),
]


@pytest.mark.parametrize("verbatim", [False, True])
@pytest.mark.parametrize(("form", "kind"), SECRETS)
def test_no_secret_is_left(form: str, kind: str, *, verbatim: bool) -> None:
    secret = "9f86d081884c7d659a2feaa0c55ad015"
    around = {
        "html": "<html><body>{}<p>Notice 4.</p></body></html>",
        "xml": '<?xml version="1.0"?><rss>{}</rss>',
    }.get(kind, "{}")
    body = around.format(form.format(secret=secret)).encode()
    assert kind_of(body, None) == kind
    assert secret not in redacted(body, None, None if verbatim else Filler()).decode()


def test_only_headers_that_say_something_of_the_page_are_kept() -> None:
    kept = kept_headers(
        [
            *(("Content-Type", "text/html"), ("Set-Cookie", "sid=1"), ("Authorization", "Basic abc")),
            *(("X-Request-Id", "77"), ("Link", '<https://x.example/?token=abc>; rel="next"')),
        ]
    )
    assert kept == [["Content-Type", "text/html"], ["Link", '<https://x.example/?token=removed>; rel="next"']]


def test_addresses_without_secrets_are_untouched() -> None:
    for url in ("https://x.example/LinkClick.aspx?fileticket=q1&tabid=9", "https://x.example/?monkey=1&page=2"):
        assert without_secrets(url) == url


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(CannotSave, match="300,000 bytes, expected at most 200,000"):
        made_case(sources()["psni"], Seen(sources()["psni"].start[0], b"x" * 300_000), verbatim=False)
