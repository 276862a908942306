"""Feeds of the Common Alerting Protocol: CAP 1.2 (and 1.1) documents, and the Atom or RSS indexes that list them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from archive.records import Link, Notification
from parsers.data import XmlPage
from parsers.families.cap_alert import ALERTS, CapAlert
from parsers.families.cap_index import ATOM, ITEMS, RSS_1, Item
from parsers.families.cap_record import record_of
from parsers.families.cap_words import own_words
from parsers.page import Page, PageChanged
from parsers.source import Source

FEEDS = {
    f"{{{ATOM}}}feed": f"{{{ATOM}}}title",
    "rss": "channel",
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF": f"{{{RSS_1}}}channel",
}
"""Root elements, and a child that a feed of that kind must have."""


class CapFeed(Source):
    """A CAP feed. An alert's ref is the `sender,identifier,sent` by which later ones refer to it.

    Entries that carry their alert are read where they stand; of the others the alert they link to is a detail."""

    acts = has_details = True
    words_of_entries: ClassVar[bool] = False
    """Whether an entry that names no CAP document is itself the bulletin; else its link is followed as to one."""
    says_ended: ClassVar[re.Pattern[str] | None] = None
    says_area: ClassVar[re.Pattern[str] | None] = None
    """Set phrases in the summary of such an entry: group 1 is when it ended, and the areas it is for."""
    ended_formats: ClassVar[tuple[str, ...]] = ()

    def page(self, body: bytes, url: str, media_type: str | None = None) -> XmlPage:
        return XmlPage(body, url, volatile=frozenset(("Signature", "lastBuildDate")))

    def entries(self, page: Page) -> Iterator[CapAlert | Item]:
        document = _understood(page)
        yield from (alert for alert in alerts_of(document) if not alert.is_reply)
        for item in items_of(document) if page.role == "listing" else ():
            if not item.carries_alert and item.address(plain=not self.words_of_entries) is None:
                yield item

    def links(self, page: Page) -> Iterator[Link]:
        for item in items_of(_understood(page)) if page.role == "listing" else ():
            address = item.address(plain=not self.words_of_entries)
            if address is not None and not item.carries_alert:
                yield Link(address, "detail", item.words("id", "guid") or None, item.facts)

    def no_bulletin(self, page: Page) -> str | None:
        """An acknowledgement or error report, which goes from system to system (CAP-v1.2, 3.2.1 msgType)."""
        found = alerts_of(_understood(page))
        if found and all(alert.is_reply for alert in found):
            return f"{found[0].where}: msgType {found[0].one('msgType')}, a message between systems"
        return None

    def notification(self, entry: CapAlert | Item) -> Notification:
        if isinstance(entry, CapAlert):
            return record_of(self, entry)
        if not self.words_of_entries:
            raise PageChanged(f"{entry.where}: neither an alert nor a link to one, expected a CAP document")
        return own_words(self, entry)


def _understood(page: Page) -> XmlPage:
    """The document; raises PageChanged where it is neither a feed nor has a CAP alert in it."""
    if not isinstance(page, XmlPage) or not (alerts_of(page) or (page.role == "listing" and is_feed(page))):
        root = page.xml.tag if isinstance(page, XmlPage) else "none"
        expected = "a CAP alert" if page.role == "detail" else "a CAP alert, an Atom or an RSS feed"
        raise PageChanged(f"{page.url}: root element {str(root)[:200]!r}, expected {expected}")
    return page


def alerts_of(page: XmlPage) -> list[CapAlert]:
    """The alerts of a document wherever they stand in it, those within another alert apart."""
    return [CapAlert(page, each) for each in page.xml.iter(*ALERTS) if next(each.iterancestors(*ALERTS), None) is None]


def items_of(page: XmlPage) -> list[Item]:
    """The entries of a feed in order."""
    return [Item(page, item) for item in page.xml.iter(*ITEMS)]


def is_feed(page: XmlPage) -> bool:
    return page.xml.find(FEEDS.get(str(page.xml.tag), "./no")) is not None
