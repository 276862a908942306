"""What belongs to an entry and what to the page: nothing of an entry is cut, nothing of the page is added."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.records import Notification
from parsers.furniture import CODE, MARKS, furniture_kind
from parsers.lines import BLOCKS
from parsers.page import Page
from parsers.region import TELLING_TAGS, is_plain, survey
from parsers.source import parse, sources
from tests.parsers.messages import ADDRESS

FIRST, SECOND = "21/04/2018 - CSSC London Amber Message - First", "19/04/2018 - CSSC Green Message"
PDF = '<p>Read <a href="/Portals/4/note.pdf">the note</a>.</p>'
OTHER_PDF = '<p>Read <a href="/Portals/4/pack.pdf">the pack</a> of 02/05/2018.</p>'


def records(content: str, *, after: str = "") -> list[Notification]:
    document = f"<html><body><div id=main><h1>Messages</h1>{content}</div>{after}</body></html>"
    reading = parse(sources()["bsia-cssc"], document.encode(), ADDRESS)
    assert not reading.refused
    return [entry.notification for entry in reading.read]


def outline(found: list[Notification]) -> list[tuple[str | None, str, int]]:
    return [(record.title, record.text, len(record.attachments)) for record in found]


IN_ENTRIES = (
    "<section><h3>{}</h3><footer>{}</footer></section>",
    "<div><h3>{}</h3><nav>{}</nav></div>",
    "<li><h3>{}</h3><aside>{}</aside></li>",
    "<h3>{}</h3><div role=complementary>{}</div>",
    "<h3>{}</h3><div role=dialog class='modal'>{}</div>",
    "<h3>{}</h3><footer class='meta'>{}</footer>",
    "<h3>{}</h3><div style='visibility:hidden'>{}</div>",
    "<h3>{}</h3><div hidden><div style='display:none'>{}</div></div>",
    "<h3>{}</h3><button>{}</button>",
)
OF_THE_PAGE = (
    "<nav>{}</nav>",
    "<footer>{}</footer>",
    "<aside>{}</aside>",
    '<div id="footer">{}</div>',
    '<div class="footer">{}</div>',
    '<ul class="menu" hidden>{}</ul>',
    '<div role="contentinfo">{}</div>',
    "<dialog>{}</dialog>",
)
NAVIGATION = (
    '<nav class="site-nav">{}</nav>',
    '<nav aria-label="Main navigation">{}</nav>',
    '<footer id="footer">{}</footer>',
    '<div class="breadcrumb" hidden>{}</div>',
    '<div role="navigation">{}</div>',
    "<noscript>{}</noscript>",
)


@pytest.mark.parametrize("markup", IN_ENTRIES)
def test_what_stands_in_an_entry_is_read(markup: str) -> None:
    expected = [("First", "Read the note.", 1), (None, "Read the note.", 1)]
    assert outline(records(markup.format(FIRST, PDF) + markup.format(SECOND, PDF))) == expected


@pytest.mark.parametrize("markup", IN_ENTRIES)
def test_the_page_after_entries_with_footers_is_still_the_page(markup: str) -> None:
    entries = markup.format(FIRST, PDF) + markup.format(SECOND, PDF)
    found = records(entries + f"<footer class=end>{OTHER_PDF}</footer>", after=f"<nav>{OTHER_PDF}</nav>")
    assert outline(found) == [("First", "Read the note.", 1), (None, "Read the note.", 1)]


@pytest.mark.parametrize("piece", OF_THE_PAGE)
def test_what_stands_after_the_last_entry_is_the_page(piece: str) -> None:
    entries = f"<h3>{FIRST}</h3>{PDF}<h3>{SECOND}</h3>{PDF}"
    page = piece.format(OTHER_PDF)
    assert outline(records(page + entries + page, after=page)) == [
        ("First", "Read the note.", 1),
        (None, "Read the note.", 1),
    ]


@pytest.mark.parametrize("piece", NAVIGATION)
def test_navigation_between_entries_is_the_page(piece: str) -> None:
    found = records(f"<h3>{FIRST}</h3>{PDF}{piece.format(OTHER_PDF)}<h3>{SECOND}</h3>{PDF}")
    assert outline(found) == [("First", "Read the note.", 1), (None, "Read the note.", 1)]


@pytest.mark.parametrize("tag", ["section", "article", "li", "details"])
def test_the_only_entry_of_a_page_keeps_its_footer(tag: str) -> None:
    content = f"<{tag}><h3>{FIRST}</h3><footer>{PDF}</footer></{tag}><footer>{OTHER_PDF}</footer>"
    assert outline(records(content)) == [("First", "Read the note.", 1)]


def test_the_hash_sees_collapsed_words() -> None:
    def hashed(words: str) -> str:
        return Page(f"<div id=main><h3>{FIRST}</h3><p hidden>{words}</p></div>".encode(), ADDRESS).region_hash

    assert hashed("One") != hashed("Two")


STAMPS = (
    "Last updated: 25/04/2018 10:22",
    "Page last reviewed: 25 April 2018",
    "This page was last updated on Wednesday 25th April 2018 at 10.22am.",
    "Updated 25 April 2018",
    "Last modified 2018-04-25T10:22:31Z",
    "Page updated April 25, 2018",
    "<b>Last updated:</b><br>25/04/2018",
    "Page reviewed 01/04/2018<br>Last updated 25/04/2018, 10:22 (BST)",
)
NO_STAMPS = (
    "Updated advice follows on 25/04/2018",
    "The alert was last updated on 25 April 2018 and still applies.",
    "25/04/2018",
    "Last updated by the police",
    '<a href="/x.pdf">Updated 25 April 2018</a>',
)


@pytest.mark.parametrize("end", ["", "<p>&copy; 2018 Us</p>", "<p>&nbsp;</p>"])
@pytest.mark.parametrize("stamp", STAMPS)
def test_a_stamp_after_the_last_entry_is_the_page(stamp: str, end: str) -> None:
    found = records(f"<h3>{FIRST}</h3><p>One.</p><h3>{SECOND}</h3><p>Two.</p><p>{stamp}</p>{end}")
    assert [record.text for record in found] == ["One.", "Two."]


@pytest.mark.parametrize("words", NO_STAMPS)
def test_other_words_at_the_end_are_the_last_entry(words: str) -> None:
    assert len(records(f"<h3>{FIRST}</h3><p>Two.</p><p>{words}</p>")[-1].text.split("\n")) == 2


def test_a_stamp_with_words_after_it_is_content() -> None:
    stamped = f"<p>{STAMPS[0]}</p>"
    found = records(f"<h3>{FIRST}</h3><p>One.</p>{stamped}<h3>{SECOND}</h3>{stamped}<p>Two.</p>")
    assert [record.text for record in found] == [f"One.\n{STAMPS[0]}", f"{STAMPS[0]}\nTwo."]


def test_equal_stamps_are_cut_at_the_end_only() -> None:
    text = f"{SECOND}\n{STAMPS[0]}\nTwo.\n{STAMPS[0]}\n"
    (entry,) = parse(sources()["bsia-cssc"], text.encode(), ADDRESS).read
    assert entry.notification.text == f"{STAMPS[0]}\nTwo."


@pytest.mark.parametrize(
    ("paragraph", "title", "text"),
    [
        ("<b>{}</b> - Officers are at the scene.", None, "Officers are at the scene."),
        ("<b>{}</b> - officers at the scene", None, "officers at the scene"),
        ("<b>{}:</b> Officers are at the scene.", None, "Officers are at the scene."),
        ("<b>{} - Fire:</b> officers at the scene", "Fire", "officers at the scene"),
        ("<b>{} - Fire</b>: Officers are at the scene.", "Fire", "Officers are at the scene."),
        ("<b>{} - Fire</b> - Officers are at the scene.", "Fire", "Officers are at the scene."),
        ("<b>{} - Fire:</b>", "Fire", ""),
        ("<b>{}</b> - Fire</p><p>Officers are at the scene.", "Fire", "Officers are at the scene."),
        ("<b>{}</b> - Fire, 17th April.</p><p>Officers attend.", "Fire, 17th April.", "Officers attend."),
    ],
)
def test_a_title_ends_where_the_body_runs_in(paragraph: str, title: str | None, text: str) -> None:
    content = "".join(f"<p>{paragraph.format(heading)}</p>" for heading in (SECOND, SECOND.replace("19", "18")))
    assert [(record.title, record.text) for record in records(content)] == [(title, text)] * 2


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('Fire<sup><a href="#fn1">1</a></sup>', "Fire"),
        ('Fire<sup>[<a href="#_ftn2">2</a>]</sup>', "Fire"),
        ('Fire<a href="#n"><sup>*</sup></a> out', "Fire out"),
        ("Fire<sup>1</sup>", "Fire"),
        ("It burns.<sup>[12]</sup>", "It burns."),
        ("20<sup>th</sup> of 10<sup>6</sup>", "20th of 106"),
        ("9 km<sup>2</sup>, 9 metres<sup>2</sup>, CO<sup>2</sup>", "9 km2, 9 metres2, CO2"),
        ('Fire<sup><a href="/x.pdf">1</a></sup>', "Fire1"),
        ('Fire<sup><a href="#x">see the map</a></sup>', "Firesee the map"),
    ],
)
def test_footnote_marks_are_no_words(written: str, read: str) -> None:
    (record,) = records(f"<h3>{SECOND} - {written}</h3><p>{written}</p>")
    assert (record.title, record.text) == (read, read)


def test_without_attributes_other_tags_are_plain_content() -> None:
    tags = BLOCKS | CODE | MARKS | TELLING_TAGS | {"span", "font", "html", "body", "label", "picture"}
    plain = {tag for tag in tags if furniture_kind(etree.Element(tag)) is None}
    assert tags - TELLING_TAGS <= plain


PLAIN = '<p>One <a href="/a">two</a><br><img src=x alt=three><b>four</b></p><ul><li>five</ul>'


@pytest.mark.parametrize(
    "added",
    [
        *(f"<{tag}>x</{tag}>" for tag in sorted(TELLING_TAGS | {"script", "style", "svg", "select", "textarea"})),
        *("<p class=menu>x", "<p id=x>x", "<p role=banner>x", "<p style='display:none'>x", "<p hidden>x"),
        *("word<sup>1</sup>", "<a href='#n'><sup>1</sup></a>", "<b></b>" * 1_000),
    ],
)
def test_only_a_page_without_doubtful_elements_is_content_without_a_survey(added: str) -> None:
    def body(document: str) -> Any:
        return Page(document.encode(), ADDRESS)._tree.find("body")

    assert is_plain(body(PLAIN))
    assert not is_plain(body(PLAIN + added))
    ground = survey(body(PLAIN), body(PLAIN), None)
    assert not (ground.furniture or ground.code)


@given(
    st.lists(st.sampled_from([f"<{tag}>x" for tag in ("p", "a href=x", "sup", "nav", "b class=x", "br")]), max_size=9)
)
def test_a_survey_of_a_plain_page_finds_nothing(elements: list[str]) -> None:
    root = Page(f"<p>{''.join(elements)}".encode(), ADDRESS)._tree.find("body")
    ground = survey(root, root, None)
    assert not is_plain(root) or not (ground.furniture or ground.code)
