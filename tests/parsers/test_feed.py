"""Feeds of every format by configuration alone; the sloppy are read, the cut off and the foreign refused."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from archive.records import Notification
from parsers.families.feed import Feed
from parsers.families.feed_mess import mess_items
from parsers.families.feed_page import FeedPage
from parsers.page import Page, PageChanged
from parsers.source import Source, parse
from tests.parsers.feeds import ADDRESS, ATOM, FORMATS, ITEM, JSON, RDF, Bulletins, only, read, rss


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_says_the_same(kind: str) -> None:
    record = only(FORMATS[kind])
    assert (record["ref"], record["url"]) == ("g-1", "https://feeds.example.org/news/1")
    assert (record["title"], record["issued"]) == ("Gates close early", "2026-11-17T15:04:33+00:00")
    assert record["text"] == "The gates close at 6 pm.\nUse the map"
    assert record["attachments"] == [{"url": "https://feeds.example.org/map.pdf", "title": "the map"}]
    assert record["issuers"] == ["ncsc"]
    assert record["evidence"]["title"] == f"{kind} title"


def test_stated_language_is_kept() -> None:
    assert only(ATOM)["language"] == "en-GB"
    assert only(rss(head="<language>cy</language>"))["language"] == "cy"
    assert only(rss())["language"] is None


SLOPPY = {
    "undeclared entities": rss(ITEM.replace("Gates close", "Gates&nbsp;close &copy; &mdash;")),
    "a lone ampersand": rss(ITEM.replace("Gates close", "Fish & chips, A&B; close")),
    "control characters": rss(ITEM.replace("Gates", "Ga\x0ctes\x01\x1f")),
    "forbidden references": rss(ITEM.replace("Gates", "Gates&#8;&#x1F;&#0;&#xD800;")),
    "windows references": rss(ITEM.replace("early", "&#147;early&#148;")),
    "an undeclared prefix": rss(ITEM.replace("<guid>", "<media:thumbnail url='x'/><guid>")),
    "words before": "\n\n Notice: something\n" + rss(),
    "a comment before": "<!-- <rss> --> " + rss(),
    "words after": rss() + "\n<script>track()</script><!-- cached",
    "a document type with HTML's entities": '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>'
    + rss(ITEM.replace("s c", "s&nbsp;c")),
    "comments inside": rss(ITEM.replace("<guid>", "<!-- a -- b & <guid>no</guid> --><guid>")),
    "letter case": rss(ITEM.replace("pubDate", "pubdate")),
    "markup without escapes": rss(ITEM.replace("&lt;", "<").replace("&gt;", ">")),
    "tags left open": rss(ITEM.replace("&lt;", "<").replace("&gt;", ">").replace("</p>", "").replace("</li>", "")),
}


@pytest.mark.parametrize("kind", SLOPPY)
def test_sloppy_feeds_are_read(kind: str) -> None:
    record = only(SLOPPY[kind])
    assert (record["ref"], record["issued"]) == ("g-1", "2026-11-17T15:04:33+00:00")
    assert "The gates close at 6 pm." in record["text"]
    assert "close" in record["title"]


def test_mended_words_are_those_that_were_meant() -> None:
    assert only(SLOPPY["undeclared entities"])["title"] == "Gates close © — early"
    assert only(SLOPPY["a lone ampersand"])["title"] == "Fish & chips, A&B; close early"
    assert only(SLOPPY["windows references"])["title"] == "Gates close “early”"


CUT_OFF = {
    "in an item": rss()[:-60],
    "after an item": rss().replace("</channel></rss>", ""),
    "before the root's end": rss().replace("</rss>", ""),
    "in CDATA that quotes the end": rss(ITEM.replace("<guid>", "<x><![CDATA[</rss> ")),
    "in a comment": rss().replace("</channel>", "<!-- </rss>"),
    "Atom": ATOM[:-7],
    "RDF": RDF[:-10],
    "JSON": JSON[:-2],
}


@pytest.mark.parametrize("kind", CUT_OFF)
def test_a_feed_that_was_cut_off_is_not_a_shorter_one(kind: str) -> None:
    with pytest.raises(PageChanged, match="expected a whole"):
        read(CUT_OFF[kind])


def test_every_cut_is_loud() -> None:
    for document in (rss(ITEM, ITEM), ATOM, RDF, JSON):
        for length in range(1, len(document.rstrip())):
            with pytest.raises(PageChanged):
                read(document[:length])


NO_FEED = {
    "<html><head><title>Just a moment...</title></head><body>x</body></html>": "challenge page of Cloudflare",
    "<!DOCTYPE html><html><body><p>Hello</body></html>": "root 'html'",
    "<opml version='2.0'><body/></opml>": "root 'opml'",
    "": "root ''",
    "[]": "version 'None'",
    '{"items": []}': "version 'None'",
    '{"version": "https://jsonfeed.org/version/1", "items": {}}': "items are dict",
    '{"version": "https://jsonfeed.org/version/1"}': "items are NoneType",
    "<rss version='2.0'></rss>": "without a title",
    "<feed xmlns='http://www.w3.org/2005/Atom'></feed>": "without a title",
    '<!DOCTYPE rss [<!ENTITY a "aaaa">]>' + rss(): "entity 'a' of its own",
    '<!DOCTYPE rss [<!ENTITY % a SYSTEM "file:///etc/passwd">]>' + rss(): "entity '%' of its own",
}


@pytest.mark.parametrize("document", NO_FEED)
def test_what_is_no_feed_is_named(document: str) -> None:
    with pytest.raises(PageChanged, match=NO_FEED[document]):
        read(document)


def test_no_items_are_healthy_where_the_source_says_so() -> None:
    empty = rss(" ")
    assert read(empty).seen == 0
    with pytest.raises(PageChanged, match="expected 1 to 9 entries"):
        read(empty, source=type("Busy", (Bulletins,), {"expect": range(1, 10)})())


REFUSED = {
    "neither id nor link": "<item><title>Words</title></item>",
    "neither title nor text": "<item><guid>g-2</guid><title> </title></item>",
    "unreadable": "<item><guid>g-2</guid><title>Words</title><pubDate>yesterday</pubDate></item>",
    "not a date of the calendar": "<item><guid>g</guid><title>a</title><pubDate>31 Feb 2026 10:00 GMT</pubDate></item>",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_an_item_that_cannot_be_a_record_is_refused_alone(reason: str) -> None:
    reading = read(rss(ITEM, REFUSED[reason], ITEM.replace("g-1", "g-3")))
    assert [entry.notification.ref for entry in reading.read] == ["g-1", "g-3"]
    assert [(entry.position, reason in entry.reason) for entry in reading.refused] == [(1, True)]
    assert all(word in reading.refused[0].raw for word in ("Words",) if word in REFUSED[reason])


@pytest.mark.parametrize(
    "wrong", ['"words"', '{"id": {}}', '{"id": "a", "title": 7}', '{"id": "a", "attachments": 3}', "{}"]
)
def test_an_item_of_json_with_wrong_types_is_refused(wrong: str) -> None:
    reading = read(JSON.replace('"items": [', f'"items": [{wrong},'))
    assert [entry.position for entry in reading.refused] == [0]
    assert len(reading.read) == 1


def test_a_number_is_an_id_of_json_feed() -> None:
    assert only(JSON.replace('"g-1"', "17"))["ref"] == "17"


def test_a_guid_that_is_an_address_is_the_link() -> None:
    guid = "<item><title>a</title><guid{}>https://feeds.example.org/g</guid></item>"
    assert only(rss(guid.format("")))["url"] == "https://feeds.example.org/g"
    assert only(rss(guid.format(' isPermaLink="false"')))["url"] == ADDRESS


def test_enclosures_that_are_documents_are_attachments() -> None:
    enclosed = (
        '<enclosure url="https://e.example/a" type="application/pdf" length="1"/>'
        '<enclosure url="https://e.example/b.docx" type="" length="1"/>'
        '<enclosure url="https://e.example/c.mp3" type="audio/mpeg"/>'
        '<enclosure url="https://e.example/d" type="image/png"/>'
    )
    record = only(rss(ITEM.replace("<guid>", f"{enclosed}<guid>")))
    assert [each["url"] for each in record["attachments"]][1:] == ["https://e.example/a", "https://e.example/b.docx"]
    assert [each["url"] for each in record["links"]] == ["https://e.example/c.mp3"]


def test_plain_text_keeps_its_lines_and_signs() -> None:
    title = "<title>R&amp;amp;D &amp;lt; 5 &lt;b&gt;now&lt;/b&gt;</title>"
    item = f"<item><guid>g</guid>{title}<description>One &lt; two\nthree</description></item>"
    record = only(rss(item))
    assert (record["title"], record["text"]) == ("R&D < 5 now", "One < two\nthree")


def test_text_of_atom_is_as_it_stands() -> None:
    plain = ATOM.replace("<title>Gates close early", "<title>&lt;b&gt; is a tag &amp;amp; bold").replace(
        'xhtml">', 'text">', 1
    )
    assert only(plain)["title"] == "<b> is a tag &amp; bold"


def test_addresses_are_relative_to_xml_base() -> None:
    record = only(ATOM.replace("<content ", '<content xml:base="https://other.example/a/" '))
    assert record["attachments"][0]["url"] == "https://other.example/map.pdf"


ENCODED = {
    "header says Latin-1": (rss(ITEM.replace("early", "früh")).encode(), "text/xml; charset=iso-8859-1"),
    "declaration says Latin-1": (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + rss(ITEM.replace("early", "früh")).encode()[21:],
        None,
    ),
    "header says UTF-8": (
        b'<?xml version="1.0" encoding="windows-1251"?>' + rss(ITEM.replace("early", "рано")).encode("cp1251")[21:],
        "text/xml; charset=utf-8",
    ),
    "neither says anything": (rss(ITEM.replace("early", "früh")).encode("cp1252"), None),
    "a byte order mark": (b"\xef\xbb\xbf" + rss(ITEM.replace("early", "früh")).encode(), "text/xml; charset=ascii"),
    "UTF-16 with a mark": (rss(ITEM.replace("early", "früh")).encode("utf-16"), None),
    "UTF-16 without": (rss(ITEM.replace("early", "früh")).encode("utf-16-be"), None),
    "JSON with a mark": (b"\xef\xbb\xbf" + JSON.replace("early", "früh").encode(), None),
}


@pytest.mark.parametrize("kind", ENCODED)
def test_encodings(kind: str) -> None:
    assert only(*ENCODED[kind])["title"] in ("Gates close früh", "Gates close рано")


def test_the_hash_is_blind_to_the_time_of_building() -> None:
    def digest(document: str) -> str:
        return FeedPage(document.encode(), ADDRESS).region_hash

    built = rss(head="<lastBuildDate>Tue, 17 Nov 2026 15:04:33 GMT</lastBuildDate>")
    assert (
        digest(built)
        == digest(built.replace("15:04:33 GMT</last", "16:00:00 GMT</last"))
        == digest(built + "<!-- 0.2 s -->")
    )
    assert digest(built) != digest(built.replace("Gates", "Doors"))
    assert digest(built) != digest(built.replace("15:04:33 GMT</pub", "15:04:34 GMT</pub"))
    assert digest(JSON) == digest(JSON.replace('"title": "News",', "").replace('"items"', '"title":"News","items"'))


class Article(Source):
    """Stands for a family that reads details."""

    def entries(self, page: Page) -> Iterable[Any]:
        return [SimpleNamespace(raw=page.text)]

    def notification(self, entry: Any) -> Notification:
        return Notification(source=self.slug, url=ADDRESS, text=entry.raw, ref="g-1")


class Followed(Feed, Article):
    """A feed whose items are followed."""

    slug, publisher, rights, basis, start = "followed", "ncsc", "©", "ours", (ADDRESS,)
    every_minutes, listing, expect, follow = 60, "window", range(1, 50), True


def test_items_are_followed_by_one_fact() -> None:
    reading = read(ATOM, source=Followed())
    (link,) = reading.links
    assert (link.url, link.role, link.ref) == ("https://feeds.example.org/news/1", "detail", "g-1")
    assert dict(link.facts) == {
        "title": "Gates close early",
        "issued": "2026-11-17T15:04:33+00:00",
        "updated": "2026-11-18T09:00:00+00:00",
        "guid": "g-1",
    }
    detail = parse(Followed(), b"<html><body><p>The page.</p></body></html>", link.url, None, "detail", link.facts)
    assert [entry.notification.text for entry in detail.read] == ["The page."]


def test_an_item_that_cannot_be_followed_is_refused() -> None:
    items = (
        ITEM,
        REFUSED["neither id nor link"],
        "<item><guid isPermaLink='false'>x</guid></item>",
        REFUSED["unreadable"],
    )
    reading = read(rss(*items), source=Followed())
    assert [link.ref for link in reading.links] == ["g-1"]
    assert [entry.position for entry in reading.refused] == [0, 1, 2]
    assert [entry.reason.split(": ")[-1][:7] for entry in reading.refused] == ["neither", "link ''", "unreada"]


def test_the_next_older_page_is_a_listing() -> None:
    assert [(link.url, link.role) for link in read(JSON).links] == [
        ("https://feeds.example.org/news/feed.json?p=2", "listing")
    ]
    assert [link.url for link in read(ATOM.replace("<id>urn", '<link rel="next" href="?p=2"/><id>urn')).links] == [
        f"{ADDRESS}?p=2"
    ]


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if "JSON" not in kind])
def test_feedparser_reads_the_same(kind: str) -> None:
    """What is recovered from a broken feed must not look like a revision of what the whole one said."""
    page = FeedPage(FORMATS[kind].encode(), ADDRESS)
    (ours,), (theirs,) = page.items, mess_items(page)
    assert (theirs.id, theirs.url, theirs.title.line) == (ours.id, ours.url, ours.title.line)
    names = Bulletins.issued_in
    ours_issued, theirs_issued = ours.stated(names, ())[0], theirs.stated(names, ())[0]
    assert ours_issued is not None and ours_issued == theirs_issued
    assert theirs.words(None) == ours.words(None)


def test_items_that_feedparser_loses_are_loud() -> None:
    with pytest.raises(PageChanged, match="items recovered from broken XML, expected the 3"):
        read(
            rss(ITEM, "<item><title>a</tilte><title><item>b", "</item></i>").replace(
                "<item><title>a", "<x:item><title>a"
            )
        )
