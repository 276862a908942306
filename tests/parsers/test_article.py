"""Articles of unknown sites: which statement is believed, what is text and what stands beside it, what stands in."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from archive.records import Notification
from bench.article import Unknown, f1
from bench.article_pages import pages
from parsers.families.article_page import ArticlePage
from parsers.page import PageChanged, PageGone
from parsers.source import parse

ADDRESS = "https://news.example/local/story-one"
FIRST = "Officers were called to the market square shortly after nine in the evening."
SECOND = "No one was hurt, and the square was open again by the morning of the next day."
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p>"


class Dated(Unknown):
    """A site whose articles all state a date, printed if not for machines."""

    is_dated = True
    label = "ublished"
    printed = re.compile(r"Published:? ([0-9/: ]+?)(?: Updated.*)?")
    printed_formats = ("%H:%M %d/%m/%Y", "%d/%m/%Y")


def document(body: str = f"<main><h1>A story</h1>{TEXT}</main>", head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def linked(node: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(page: bytes, source: type[Unknown] = Unknown, **facts: str) -> Notification:
    reading = parse(source(), page, ADDRESS, role="detail", facts=facts)
    assert not reading.refused, reading.refused[0].reason
    return reading.read[0].notification


def test_the_article_of_a_graph_is_the_one_at_this_address() -> None:
    graph = [
        {"@type": "NewsArticle", "url": "/local/other", "headline": "Another story", "datePublished": "2010-01-01"},
        {
            "@type": ["Article"],
            "url": ADDRESS + "/#article",
            "headline": "A story",
            "datePublished": "2020-06-01T09:00Z",
        },
    ]
    found = read(document(head=linked({"@graph": graph})))
    assert (found.title, found.issued) == ("A story", "2020-06-01T09:00+00:00")
    assert found.evidence["issued"] == "JSON-LD datePublished '2020-06-01T09:00Z'"


def test_an_article_elsewhere_says_nothing_of_this_page() -> None:
    other = {"@type": "NewsArticle", "headline": "Another day in another town", "datePublished": "2010-01-01"}
    found = read(document(head=linked([other])))
    assert (found.title, found.issued) == ("A story", None)


@pytest.mark.parametrize("wrapped", ["<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "\ufeff {}"])
def test_wrapped_json_is_read(wrapped: str) -> None:
    node = json.dumps({"@type": "NewsArticle", "headline": "A story", "datePublished": "2020-06-01"})
    script = f'<script type="application/ld+json">{wrapped.format(node)}</script>'
    assert read(document(head=script)).issued == ("2020-06-01" if "\ufeff" not in wrapped else None)


@pytest.mark.parametrize(
    "nonsense", ["{", "[[[[", "null", '{"@type": 7, "headline": {}}', '{"@type": "Article", "headline": ["x", 3]}']
)
def test_json_that_says_nothing_leaves_the_rest(nonsense: str) -> None:
    meta = '<meta property="article:published_time" content="2020-06-01T10:00:00+01:00">'
    found = read(document(head=f'<script type="application/ld+json">{nonsense}</script>{meta}'))
    assert found.issued == "2020-06-01T10:00:00+01:00"


@pytest.mark.parametrize(
    ("stated", "issued", "precision"),
    [
        ("2020-03-30T15:53:00.0000000+01:00", "2020-03-30T15:53:00+01:00", "second"),
        ("2020-06-22T06:00:00", "2020-06-22T06:00:00+01:00", "second"),
        ("2020-06-22 06:00", "2020-06-22T06:00+01:00", "minute"),
        ("2020-06-22", "2020-06-22", "day"),
        ("2020-06-22T06:00:00z", "2020-06-22T06:00:00+00:00", "second"),
        ("Mon, 22 Jun 2020 06:00:00 GMT", "2020-06-22T06:00:00+00:00", "second"),
    ],
)
def test_dates_for_machines_are_kept_as_stated(stated: str, issued: str, precision: str) -> None:
    found = read(document(head=f'<meta name="DCTERMS.issued" content="{stated}">'))
    assert (found.issued, found.issued_precision) == (issued, precision)


def test_the_first_readable_statement_counts_and_none_is_a_refusal() -> None:
    first = linked({"@type": "NewsArticle", "headline": "A story", "datePublished": "0001-01-01T00:00:00"})
    second = '<meta property="article:published_time" content="2020-06-01T10:00:00Z">'
    assert read(document(head=first + second)).issued == "2020-06-01T10:00:00+00:00"
    reading = parse(Unknown(), document(head=first), ADDRESS, role="detail")
    assert "year 1, expected 1990 to 2089" in reading.refused[0].reason


def test_a_time_counts_beside_the_heading_only() -> None:
    card = '<div><h3><a href="/x">Another story</a></h3><time datetime="2011-01-01">then</time></div>'
    assert read(document(f"<main><h1>A story</h1>{TEXT}{card}</main>")).issued is None
    own = '<time datetime="2020-06-01">1 June</time>'
    assert read(document(f"{card}<main>{own}<h1>A story</h1>{TEXT}</main>{card}")).issued == "2020-06-01"


@pytest.mark.parametrize(
    "printed",
    [
        "<p>Published: 15:53 30/03/2020</p>",
        "<p><b>Published:</b> <span>15:53 30/03/2020</span></p>",
        "<p>By the desk<br>Published 15:53 30/03/2020</p>",
        "<p>Published: 15:53 30/03/2020 Updated: 16:00 31/03/2020</p>",
    ],
)
def test_a_printed_date_is_uk_local_time(printed: str) -> None:
    later = "<section><h2>Others</h2><p>Published: 10:00 01/01/2011</p></section>"
    found = read(document(f"<main><header><h1>A story</h1>{printed}</header>{TEXT}{later}</main>"), Dated)
    assert found.issued == "2020-03-30T15:53+01:00"
    assert found.text == f"{FIRST}\n{SECOND}" or "Others" in found.text


@pytest.mark.parametrize("printed", ["01:30 29/03/2020", "15:53 30/13/2020", "2020/03/30"])
def test_an_unreadable_printed_date_is_refused(printed: str) -> None:
    body = f"<main><h1>A story</h1><p>Published: {printed}</p>{TEXT}</main>"
    reading = parse(Dated(), document(body), ADDRESS, role="detail")
    assert not reading.read
    assert printed in reading.refused[0].reason


@pytest.mark.parametrize(
    ("stated", "h1", "title"),
    [
        ("A story - Gazette", "", "A story"),
        ("A story – of two towns", "", "A story – of two towns"),
        ("A story | News | Gazette", "", "A story"),
        ("A story that goes on and…", "A story that goes on and on", "A story that goes on and on"),
        ("UPDATE: A story (corrected)", "", "UPDATE: A story (corrected)"),
    ],
)
def test_titles_lose_the_site_and_nothing_else(stated: str, h1: str, title: str) -> None:
    head = f'<meta property="og:site_name" content="Gazette"><meta property="og:title" content="{stated}">'
    assert read(document(f"<main><h1>{h1}</h1>{TEXT}</main>", head)).title == title


def test_the_whole_text_in_json_counts_where_the_page_shows_less() -> None:
    node = {"@type": "NewsArticle", "headline": "A story", "articleBody": f"{FIRST}\n\n{SECOND}"}
    found = read(
        document(
            "<div id=app><h1>A story</h1><p>Please wait while the story is on its way to you.</p></div>", linked(node)
        )
    )
    assert found.text == f"{FIRST}\n{SECOND}"
    node["articleBody"] = f"{FIRST} {SECOND[:20]}…"
    assert read(document(head=linked(node))).text == f"{FIRST}\n{SECOND}"


KEPT = {
    "earlier words below dots": f"{TEXT}<p>........................</p><p>Earlier: {FIRST}</p>",
    "an introduced list of links": f"{TEXT}<p>For advice see:</p><ul><li><a href='/a'>Advice on locks</a></li></ul>",
    "a list of links between": f"<p>{FIRST}</p><ul><li><a href='/a'>Advice on locks</a></li></ul><p>{SECOND}</p>",
    "short last lines": f"{TEXT}<p>Call 101.</p><p>Ref 12.</p>",
    "parts of one kind": f"<div class=part><p>{FIRST * 5}</p></div><div class=part><p>{SECOND}</p></div>",
    "a table": f"{TEXT}<table><tr><td>High Street</td><td>6pm</td></tr></table>",
}
LEFT_OUT = {
    "shares": "<div class='share-bar'><span>Share this story with others near you</span></div>",
    "related": "<h2>Related stories</h2><ul><li><a href='/x'>Another story of the town</a></li></ul>",
    "comments": "<div id=comments><p>I was there too, and it was louder than they say here.</p></div>",
    "cookies": "<div class=cookie-banner><p>We use cookies to make this site work as it should for you.</p></div>",
    "cards": "".join(f"<div class=c><h3><a href='/{n}'>Other</a></h3><p>{SECOND}</p></div>" for n in range(3)),
}


@pytest.mark.parametrize("kept", KEPT)
@pytest.mark.parametrize("beside", LEFT_OUT)
def test_nothing_of_the_text_is_cut_and_nothing_beside_it_kept(kept: str, beside: str) -> None:
    body = "<div class='page has-sidebar'><h1>A story</h1><div class=latest-story>{}</div>{}</div>"
    alone = read(document(body.format(KEPT[kept], ""))).text
    expected = ArticlePage(document(KEPT[kept]), ADDRESS).text
    assert alone == expected
    aside = f"<section>{LEFT_OUT[beside]}</section>" if beside == "cards" else LEFT_OUT[beside]
    assert read(document(body.format(KEPT[kept], aside))).text == expected


def test_documents_around_the_text_are_attached_and_other_links_there_are_not() -> None:
    around = "<div class=downloads><a href='/files/map.pdf'>Map</a> <a href='/contact'>Contact</a></div>"
    found = read(
        document(f"<main><h1>A story</h1><div>{TEXT}</div>{around}</main><footer><a href='/y.pdf'>Y</a></footer>")
    )
    assert (found.attachments, found.links) == ((("https://news.example/files/map.pdf", "Map"),), ())


def test_a_guess_is_marked() -> None:
    found = read(document("<h1>A story</h1>" + "<p>Road closed.</p><p>Go round.</p>" * 9))
    assert found.evidence["text"] == "trafilatura (low confidence)"


@pytest.mark.parametrize(
    ("body", "source", "error", "message"),
    [
        ("<h1>This page is no longer available</h1>", Unknown, PageGone, "is no longer available"),
        (
            "<h1>Just a moment</h1><script src='/cdn-cgi/challenge-platform/x'></script>",
            Unknown,
            PageChanged,
            "challenge",
        ),
        (f"<h1>Sorry</h1>{TEXT}", Dated, PageChanged, "no date, expected an article with its date"),
        ("", Unknown, PageChanged, "no words that run on"),
    ],
)
def test_what_stands_in_for_an_article_is_refused(
    body: str, source: type[Unknown], error: type[PageChanged], message: str
) -> None:
    with pytest.raises(error, match=message):
        parse(source(), document(body), ADDRESS, role="detail")


def test_the_hash_sees_what_the_head_states_and_no_nonce() -> None:
    def seen(head: str, asked_first: bool = True) -> str:
        page = Unknown().open(document(head=head), ADDRESS, role="detail")
        if not asked_first:
            Unknown().read(page)
        return page.region_hash

    node = {"@type": "NewsArticle", "headline": "A story", "datePublished": "2020-06-01"}
    assert seen(linked(node)) == seen(linked(node) + "<script nonce=x>1</script>") == seen(linked(node), False)
    assert seen(linked(node)) != seen(linked({**node, "datePublished": "2020-06-02"}))
    assert seen("<meta property=og:title content=One>") != seen("<meta property=og:title content=Two>")


def test_pages_of_many_kinds_give_their_text_and_never_a_wrong_date() -> None:
    scores = []
    for _, told, page in pages(stories=1, seed=11):
        found = read(page.encode())
        scores.append(f1(found.text, told.text))
        assert found.issued is None or found.issued[:10] == told.date
    assert sum(scores) / len(scores) > 0.97, scores


@pytest.mark.parametrize("seed", range(40))
def test_mangled_pages_are_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    _, _, page = dice.choice(list(pages(stories=1, seed=seed % 4)))
    body = bytearray(page.encode())
    for _ in range(dice.randrange(1, 60)):
        place = dice.randrange(len(body))
        body[place : place + dice.randrange(9)] = dice.randbytes(dice.randrange(4))
    try:
        reading = parse(Unknown(), bytes(body), ADDRESS, role="detail")
    except PageChanged:
        return
    for entry in reading.read:
        found = entry.notification
        assert found.source and found.ref and found.url and found.text and entry.raw
