"""Mynewsdesk pressrooms: an RSS feed of the latest items, and an article for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.records import Link, Notification
from parsers.blocked import blocked
from parsers.data import XmlPage
from parsers.dates import LONDON, Stated, read_date
from parsers.families.article import Article
from parsers.families.article_dates import machine_date
from parsers.families.article_page import ArticlePage
from parsers.lines import fold
from parsers.page import Page, PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element

FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<\?[^>]{0,300}>\s*|<!--.{0,2000}?-->\s*){0,9}<rss\b",
    re.DOTALL,
)
ITEM_ID = re.compile(r"-([0-9]+)/?$")
MAX_PROLOGUE = 20_000
SUMMER = ", though in summer the platform prints GMT for UK local time: it may be an hour late"
FACTS = {"title": "title", "issued": "pubDate", "guid": "guid", "updated": "{http://purl.org/dc/terms/}modified"}


@dataclass(frozen=True, slots=True)
class PointlessItem:
    """An item of the feed without an address to follow."""

    where: str
    raw: str


class Mynewsdesk(Article):
    """A pressroom on Mynewsdesk. The feed points to the articles; its `pubDate` carries the offset and is `issued`.

    The articles print their date like `Jun 22, 2020 06:00 GMT`, all year round though UK local time is meant. So the
    order is: the feed's pubDate; a date that the article states for machines; the printed one, with `GMT` as it
    stands, which in summer may be an hour after what was meant: the evidence then says so.
    """

    every_minutes = 15
    expect = range(1, 41)
    is_dated = True
    document_path = re.compile(r"^/(?:material|materials)/document/[0-9]+/download", re.IGNORECASE)
    label = "GMT"
    printed = re.compile(r"([A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4} [0-9]{2}:[0-9]{2} GMT)")

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        if FEED.match(body[:MAX_PROLOGUE]):
            return XmlPage(body, url, volatile=frozenset(("lastBuildDate", "generator", "ttl")))
        return super().page(body, url, media_type)

    def entries(self, page: Page) -> Iterator[Any]:
        if page.role == "detail":
            yield from super().entries(page)
            return
        for item in _items(page):
            if not _address(page, item):
                yield PointlessItem(page.url, fold(" ".join(map(str, item.itertext()))))

    def links(self, page: Page) -> Iterator[Link]:
        if page.role != "listing":
            return
        first = {_address(page, item): item for item in reversed(_items(page))}
        for address, item in reversed(first.items()):
            facts = {name: fold(item.findtext(tag) or "") for name, tag in FACTS.items()}
            if address:
                yield Link(
                    address, "detail", self.ref_of(address), {name: said for name, said in facts.items() if said}
                )

    def ref_of(self, address: str) -> str:
        """The number at the end of an article's address: what stands before it changes with the title."""
        found = ITEM_ID.search(urlsplit(address).path)
        return found[1] if found else super().ref_of(address)

    def notification(self, entry: Any) -> Notification:
        if isinstance(entry, PointlessItem):
            raise PageChanged(
                f"{entry.where}: item {entry.raw[:200]!r} without a link, expected the address of an article"
            )
        return super().notification(entry)

    def issued(self, page: ArticlePage) -> tuple[Stated | None, str]:
        """The feed's date, else the page's for machines, else the printed one (see the class)."""
        listed, printed = page.facts.get("issued"), page.stated.printed
        if listed:
            beside = f"; the page prints {printed!r}" if printed else ""
            return machine_date(listed, self.corrections), f"RSS pubDate {listed!r} as RFC 822{beside}"
        if page.stated.dates or not printed:
            return super().issued(page)
        stated = read_date(printed.replace("GMT", "+0000"), ("%b %d, %Y %H:%M %z",), self.corrections)
        local = datetime.fromisoformat(stated.iso).astimezone(LONDON).utcoffset()
        return stated, f"printed {printed!r} as stated{SUMMER if local else ''}"


def _items(page: Page) -> list[_Element]:
    """The items of the feed; raises PageChanged where the document is none."""
    if not isinstance(page, XmlPage):
        raise PageChanged(f"{page.url}: {blocked(page.characters) or 'no RSS'}, expected an RSS feed")
    items = page.xml.findall("channel/item")
    if not items:
        raise PageChanged(f"{page.url}: 'channel/item' matched 0 elements, expected at least 1")
    return items


def _address(page: Page, item: _Element) -> str | None:
    address = page.absolute(item.findtext("link") or "#")
    return None if address is None or address.split("#")[0] == page.url else address
