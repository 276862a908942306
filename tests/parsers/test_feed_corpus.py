"""Real feeds in odd encodings, each with its stated outcome, and what a widely used reader expects of them."""

from __future__ import annotations

import pytest

from parsers.families.feed_mess import mess_items
from parsers.families.feed_page import FeedPage
from parsers.page import PageChanged
from tests.corpus import corpus
from tests.parsers.feeds import ADDRESS, read

READER = "feeds/miniflux/internal/reader"
OUTCOMES: dict[str, tuple[int, int, str | None]] = {
    "parser/testdata/large_rss.xml": (25, 0, "Using vale with vim"),
    "parser/testdata/large_atom.xml": (25, 0, "Using vale with vim"),
    "parser/testdata/small_atom.xml": (20, 0, "Parse podcast categories"),
    "parser/testdata/rdf_UTF8.xml": (60, 0, "OLED-TVs: Vorsichtsmaßnahmen gegen Einbrennen"),
    "parser/testdata/urdu_UTF8.xml": (26, 0, None),
    "parser/testdata/encoding_ISO-8859-1.xml": (40, 0, None),
    "parser/testdata/encoding_WINDOWS-1251.xml": (50, 0, "Цитата #17703"),
    "parser/testdata/no_encoding_ISO-8859-1.xml": (9, 1, "Perturbateurs endocriniens : quels effets sur le cerveau ?"),
    "encoding/testdata/utf8.xml": (0, 1, None),
    "encoding/testdata/utf8-incorrect-prolog.xml": (0, 1, None),
    "encoding/testdata/invalid-prolog.xml": (0, 1, None),
    "encoding/testdata/iso-8859-1.xml": (0, 0, None),
    "encoding/testdata/windows-1252.xml": (0, 0, None),
    "encoding/testdata/windows-1252-incorrect-prolog.xml": (0, 0, None),
    "encoding/testdata/koi8r.xml": (0, 2, None),
    "xml/testdata/koi8r.xml": (0, 2, None),
}
"""Records, refusals, title of the first record. Refused: no id and no link; no words; a Sunday that is called Sat."""
NO_FEEDS = (
    *("encoding/testdata/utf8.html", "encoding/testdata/utf8-meta-after-1024.html", "xml/testdata/iso88591.xml"),
    *("encoding/testdata/iso-8859-1.html", "encoding/testdata/iso-8859-1-meta-after-1024.html"),
    "xml/testdata/iso88591_utf8_mismatch.xml",
)
CHARACTERS = {
    "encoding/testdata/utf8.xml": "Café",
    "encoding/testdata/iso-8859-1.xml": "Café",
    "encoding/testdata/utf8-incorrect-prolog.xml": "Café",
    "encoding/testdata/invalid-prolog.xml": "Café",
    "encoding/testdata/windows-1252.xml": "Euro €",
    "encoding/testdata/windows-1252-incorrect-prolog.xml": "Euro €",
    "xml/testdata/iso88591.xml": "Jürgen",
    "xml/testdata/iso88591_utf8_mismatch.xml": "Jürgen",
    "xml/testdata/koi8r.xml": "Привет мир! Ёжик, чай, Москва, Санкт-Петербург.",
}
"""What miniflux expects to find, but for the mismatch, of which it expects `Jrgen`."""


def body(name: str) -> bytes:
    return corpus(f"{READER}/{name}").read_bytes()


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_real_feed_has_its_outcome(name: str) -> None:
    records, refusals, title = OUTCOMES[name]
    reading = read(body(name))
    assert (len(reading.read), len(reading.refused)) == (records, refusals)
    if title:
        assert reading.read[0].notification.title == title
    for entry in reading.read:
        assert entry.notification.ref and entry.notification.url.startswith("http")
        assert "\ufffd" not in entry.raw


@pytest.mark.parametrize("name", NO_FEEDS)
def test_what_is_no_feed_is_refused(name: str) -> None:
    with pytest.raises(PageChanged, match="expected a feed"):
        read(body(name))


@pytest.mark.parametrize("name", CHARACTERS)
def test_characters_are_those_that_were_written(name: str) -> None:
    assert CHARACTERS[name] in FeedPage(body(name), ADDRESS).characters


def test_no_file_is_without_an_outcome() -> None:
    folder = corpus(READER)
    names = {str(path.relative_to(folder)) for path in folder.glob("*/testdata/*")}
    assert names == {*OUTCOMES, *NO_FEEDS}


@pytest.mark.parametrize("name", [name for name, (records, _, _) in OUTCOMES.items() if records])
def test_a_real_feed_cut_anywhere_is_loud(name: str) -> None:
    whole = body(name).rstrip()
    for tenth in range(1, 40):
        with pytest.raises(PageChanged):
            read(whole[: len(whole) * tenth // 40])


@pytest.mark.parametrize("name", [name for name, (records, _, _) in OUTCOMES.items() if records])
def test_feedparser_would_read_the_same_ids_titles_and_texts(name: str) -> None:
    page = FeedPage(body(name), ADDRESS)
    for ours, theirs in zip(page.items, mess_items(page), strict=True):
        assert (theirs.id, theirs.url) == (ours.id, ours.url)
        assert list(theirs.dates.values()) == [ours.dates[name] for name in theirs.dates]
        assert theirs.title.line == ours.title.line
        assert theirs.words(None)[0] == ours.words(None)[0]
