"""The entries of an Atom or RSS feed that leads to CAP alerts (RFC 4287, RSS 2.0, RSS 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from parsers.data import XmlPage
from parsers.families.cap_alert import ALERTS, VERSIONS, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

ATOM, RSS_1 = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
ITEMS = (f"{{{ATOM}}}entry", "item", f"{{{RSS_1}}}item")
SPACES = (f"{{{ATOM}}}", "", f"{{{RSS_1}}}", "{http://purl.org/dc/elements/1.1/}", *(f"{{{cap}}}" for cap in VERSIONS))
CAP_TYPE, CAP_NAME = re.compile(r"application/cap\+xml", re.IGNORECASE), re.compile(r"\.cap(?:\.xml)?$", re.IGNORECASE)
XML_TYPE = re.compile(r"(?:application|text)/(?:[\w.-]{1,40}\+)?xml(?!\S)|$", re.IGNORECASE)
FACTS = {
    "title": ("title",),
    "issued": ("published", "pubDate", "date", "sent"),
    "updated": ("updated",),
    "guid": ("id", "guid"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. Its members are read by local name, in the namespaces that feeds and CAP use only."""

    page: XmlPage
    element: _Element

    @property
    def raw(self) -> str:
        from lxml import etree

        return etree.tostring(self.element, encoding="unicode", with_tail=False)

    @property
    def where(self) -> str:
        return f"{self.page.url}: entry {(self.words('id', 'guid') or self.words('title'))[:200]!r}"

    @property
    def facts(self) -> dict[str, str]:
        """What the feed states of the alert: title, issued, updated, guid; only what it states."""
        return {fact: said for fact, names in FACTS.items() if (said := self.words(*names))}

    @property
    def carries_alert(self) -> bool:
        return next(self.element.iter(*ALERTS), None) is not None

    def members(self, *names: str) -> Iterator[_Element]:
        return (member for name in names for space in SPACES for member in self.element.iterchildren(f"{space}{name}"))

    def words(self, *names: str) -> str:
        """What the first member that has one of these names says, white space folded."""
        said = (" ".join(words_of(member).split()) for member in self.members(*names))
        return next(filter(None, said), "")

    def address(self, *, plain: bool) -> str | None:
        """Where the CAP alert is: a link of CAP's media type or name, else, if `plain`, one that may well be XML."""
        links = [(href, kind, rel) for href, kind, rel in self._links() if href]
        for href, kind, _ in links:
            if CAP_TYPE.match(kind) or CAP_NAME.search(urlsplit(href).path):
                return href
        fits = (href for href, kind, rel in links if rel in ("", "alternate", "related") and XML_TYPE.match(kind))
        return next(fits, None) if plain else None

    def page_address(self) -> str:
        """The page for people: the first alternate link, else the feed itself."""
        return next((href for href, _, rel in self._links() if href and rel in ("", "alternate")), self.page.url)

    def _links(self) -> Iterator[tuple[str | None, str, str]]:
        for link in self.members("link", "enclosure"):
            href = link.get("href") or link.get("url") or words_of(link)
            yield self._absolute(href), (link.get("type") or "").strip(), (link.get("rel") or "").strip()

    def _absolute(self, href: str) -> str | None:
        address = self.page.absolute(href) if href.strip() else None
        return None if address is None or address.startswith("mailto:") else address
