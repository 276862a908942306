"""Single Online Home and Mynewsdesk: listings, dates with their traps, and no input that hangs or crashes them."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Link, Reading
from parsers.families.mynewsdesk_feed import is_feed
from parsers.families.single_online_home import SingleOnlineHome
from parsers.page import PageChanged
from parsers.source import parse, sources

FEED = "https://news.met.police.uk/rss/current_news/66871"
ARTICLE = "https://news.met.police.uk/news/a-statement-401235"
TEXT = "<p>Officers were called to the market square shortly after nine in the evening, and stayed.</p>" * 2


class Borsetshire(SingleOnlineHome):
    """A force that is nothing but facts."""

    slug = publisher = "borsetshire-police"
    rights = "© Borsetshire Police"
    start = ("https://www.borsetshire.police.uk/news/borsetshire/news/",)


def listed(*paths: str) -> list[Link]:
    page = "<main><h1>News</h1>" + "".join(paths) + "</main>"
    return list(parse(Borsetshire(), page.encode(), Borsetshire.start[0]).links)


def statement(printed: str = "Jun 22, 2020 06:00 GMT", head: str = "") -> bytes:
    body = f"<div><span>News</span> • <span>{printed}</span></div><h1>A statement</h1><div>{TEXT}</div>"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def issued(page: bytes, **facts: str) -> tuple[str | None, str]:
    reading = parse(sources()["met-police"], page, ARTICLE, role="detail", facts=facts)
    (found,) = (entry.notification for entry in reading.read)
    return found.issued, found.evidence["issued"]


@pytest.mark.parametrize(
    ("path", "is_article"),
    [
        ("/news/borsetshire/news/news/2020/03-march/man-charged/", True),
        ("/news/borsetshire/news/articles/2021/3/two-words/", True),
        ("/news/borsetshire/news/england/update-on-the-incident/", True),
        ("/news/borsetshire/latest/policing-news/officers-honoured-by-the-town/", True),
        ("/news/borsetshire/news/2020/march/", False),
        ("/news/borsetshire/news/court-results/", False),
        ("/advice/advice-and-information/fa/what-to-do-about-fraud/", False),
        ("https://other.example/news/borsetshire/news/2020/march/a-story-of-others/", False),
        ("/news/" + "a/2020/" * 500 + "x-y", False),
    ],
)
def test_an_article_is_known_by_its_path(path: str, is_article: bool) -> None:
    sure = "<a href='/news/x/news/2021/may/a-sure-one/'>One</a>"
    found = listed(f"<p><a href='{path}'>Words</a></p>", sure)
    assert len(found) == 1 + is_article


def test_a_headline_is_an_article_whatever_its_path() -> None:
    (found,) = listed("<article><h3><a href='/news/borsetshire/news/appeal/'>An appeal</a></h3><p>Words</p></article>")
    assert (found.role, found.facts) == ("detail", {"title": "An appeal"})


def test_a_card_gives_its_headline_and_its_own_date() -> None:
    card = (
        "<li><a href='/news/b/news/2021/may/{0}-one-two-three/'><img><h3>Headline {0}</h3><p>Teaser that says more</p>"
        "</a><time datetime='2021-05-0{0}'>then</time></li>"
    )
    found = listed(card.format(1), card.format(2))
    assert [dict(link.facts) for link in found] == [
        {"title": "Headline 1", "issued": "2021-05-01"},
        {"title": "Headline 2", "issued": "2021-05-02"},
    ]


def test_a_page_without_articles_is_no_listing() -> None:
    with pytest.raises(PageChanged, match="0 entries, expected 3 to 59 entries"):
        listed("<p>Nothing here.</p>")


def test_the_feed_is_the_authority_for_the_date() -> None:
    found, how = issued(statement(), issued="Mon, 22 Jun 2020 06:00:00 +0100")
    assert found == "2020-06-22T06:00:00+01:00"
    assert "the page prints 'Jun 22, 2020 06:00 GMT'" in how


def test_without_the_feed_a_machines_date_comes_before_the_printed_one() -> None:
    head = '<meta property="article:published_time" content="2020-06-22T05:00:00Z">'
    assert issued(statement(head=head))[0] == "2020-06-22T05:00:00+00:00"


def test_a_printed_date_alone_is_read_as_stated_and_doubted_in_summer() -> None:
    found, how = issued(statement())
    assert found == "2020-06-22T06:00+00:00"
    assert "may be an hour late" in how
    found, how = issued(statement("Dec 22, 2020 06:00 GMT"))
    assert (found, how) == ("2020-12-22T06:00+00:00", "printed 'Dec 22, 2020 06:00 GMT' as stated")


@pytest.mark.parametrize("listed", ["Mon, 22 Jun 2020 06:00:00 CEST", "yesterday", "Mon, 31 Jun 2020 06:00:00 +0100"])
def test_an_unreadable_date_of_the_feed_is_refused(listed: str) -> None:
    reading = parse(sources()["met-police"], statement(), ARTICLE, role="detail", facts={"issued": listed})
    assert listed in reading.refused[0].reason


@pytest.mark.parametrize(
    ("start", "fits"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made --><rss version='2.0'>", True),
        (b"<rss>", True),
        (b"<?xml version='1.0'?><html>", False),
        (b"<!doctype html>", False),
        (b"<!--" + b"--><!--" * 2_800, False),
    ],
)
def test_a_feed_is_known_by_its_root(start: bytes, fits: bool) -> None:
    assert is_feed(start) is fits


def test_every_item_is_a_link_or_a_refusal() -> None:
    item = "<item><title>{0}</title><link>{1}</link><pubDate>Mon, 22 Jun 2020 06:00:00 +0100</pubDate></item>"
    places = ("https://news.met.police.uk/news/a-1", "https://news.met.police.uk/news/a-1", "", "javascript:x", FEED)
    items = "".join(item.format(number, place) for number, place in enumerate(places))
    reading = parse(sources()["met-police"], f"<rss><channel>{items}</channel></rss>".encode(), FEED)
    assert [(link.ref, link.facts["title"]) for link in reading.links] == [("1", "0")]
    assert len(reading.refused) == 3


def read(slug: str, body: bytes, role: str) -> Reading | None:
    try:
        return parse(sources()[slug], body, sources()[slug].start[0], role=role)
    except PageChanged:
        return None


@given(st.sampled_from(["met-police", "btp", "psni"]), st.sampled_from(["listing", "detail"]), st.data())
def test_mangled_documents_are_read_or_refused(slug: str, role: str, data: st.DataObject) -> None:
    cases = sorted((Path(__file__).parents[1] / "fixtures" / slug).glob("*/page.*"))
    body = bytearray(data.draw(st.sampled_from(cases)).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=20)):
        body[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=6))
    reading = read(slug, bytes(body), role)
    for entry in reading.read if reading else ():
        found = entry.notification
        assert found.source == slug
        assert found.ref and found.url and found.text and found.issued


HOSTILE = {
    "headings": "<h2>Related stories" * 20_000,
    "headings in headings": "<h1>" + "<h2><a href=/x>" * 900 + "words " * 20_000,
    "cards of one address": "<p><a href=/news/b/news/2021/may/a-b/>x</a></p>" * 4_000,
    "anchors without address": "<a>x</a>" * 4_000 + "<a href=/news/b/news/2021/may/a-b-{}/>x</a>" * 4_000,
    "many articles": "".join(f"<a href=/news/b/news/2021/may/a-{n}/>x</a>" for n in range(4_000)),
    "times": "<h1>x</h1>" + "<time datetime=2020-01-01>x</time><a href=/>one two three four five</a>" * 4_000,
    "published": "<h1>x</h1>" + "<p>Published:" * 20_000,
    "paths": "<a href='/news/" + "a/2020/" * 20_000 + "'>x</a>",
    "classes": f"<div class='{'share-' * 20_000}'>" + "words and words " * 20_000,
    "named in named": "<div class=related>" * 900 + "words and words " * 20_000,
    "scripts": '<script type="application/ld+json">{"@graph":[' + '{"@type":"Article"},' * 20_000 + "{}]}</script>",
    "brackets": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "wrapped": '<script type="application/ld+json">' + "/* --> " * 40_000 + "x</script>",
    "titles": f"<title>{'a | ' * 20_000}</title><h1>x</h1>",
    "lists": f"<main><p>{'words ' * 50}</p>" + "<ul><li><a href=/x>x</a></ul>" * 4_000,
    "stamps": f"<main><p>{'words ' * 50}</p>" + "<p>Published 1 May 2020 " * 4_000,
    "feed comments": "<?xml version='1.0'?>" + "<!--x-->" * 20_000,
}
CPU_SECONDS = 90

CHILD = """
import sys
from tests.parsers.test_news_platforms import HOSTILE, read
for name, document in HOSTILE.items():
    for slug, role in (("btp", "listing"), ("btp", "detail"), ("met-police", "listing")):
        print(name, slug, role, file=sys.stderr, flush=True)
        read(slug, (document + "<h1>x</h1><p>Published: 15:53 30/03/2020</p>").encode(), role)
print("done")
"""


def test_hostile_documents_cost_linear_work() -> None:
    """Nothing is timed: the child is killed by its CPU limit where an expression is quadratic."""
    limit = (CPU_SECONDS, CPU_SECONDS)
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit),
    )
    assert child.stdout == "done\n", child.stderr[-2_000:]
