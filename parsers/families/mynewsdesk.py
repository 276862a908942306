"""Mynewsdesk pressrooms: an RSS feed of the latest items, and an article for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from archive.records import Link, Notification
from parsers.data import XmlPage
from parsers.dates import LONDON, Stated, read_date
from parsers.families.article import Article
from parsers.families.article_dates import machine_date
from parsers.families.article_page import ArticlePage
from parsers.families.mynewsdesk_feed import VOLATILE, facts, is_feed, items
from parsers.lines import fold
from parsers.page import Page, PageChanged

ITEM_ID = re.compile(r"-([0-9]+)/?$")
SUMMER = ", though in summer the platform prints GMT for UK local time: it may be an hour late"


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
    documents_anywhere = True
    document_path = re.compile(r"^/materials?/document/[0-9]+/download", re.IGNORECASE)
    label = "GMT"
    printed = re.compile(r"([A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4} [0-9]{2}:[0-9]{2} GMT)")

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return XmlPage(body, url, volatile=VOLATILE) if is_feed(body) else super().page(body, url, media_type)

    def entries(self, page: Page) -> Iterator[Any]:
        if page.role == "detail":
            yield from super().entries(page)
            return
        for address, item in items(page):
            if address is None:
                yield PointlessItem(page.url, fold(" ".join(map(str, item.itertext()))))

    def links(self, page: Page) -> Iterator[Link]:
        if page.role == "listing":
            first = {address: item for address, item in reversed(items(page)) if address}
            for address, item in reversed(first.items()):
                yield Link(address, "detail", self.ref_of(address), facts(item))

    def ref_of(self, address: str) -> str:
        """The number at the end of an article's address: what stands before it changes with the title."""
        found = ITEM_ID.search(urlsplit(address).path)
        return found[1] if found else super().ref_of(address)

    def notification(self, entry: Any) -> Notification:
        if isinstance(entry, PointlessItem):
            raise PageChanged(f"{entry.where}: item {entry.raw[:200]!r} without a link, expected an article's address")
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
