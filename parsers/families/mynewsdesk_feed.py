"""The RSS feed of a Mynewsdesk pressroom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.blocked import blocked
from parsers.data import XmlPage
from parsers.lines import fold
from parsers.page import Page, PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element

FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?><\?xml[^>]{0,200}>)?\s*(?>(?:<\?[^>]{0,300}>|(?><!--.{0,2000}?-->))\s*){0,9}<rss\b",
    re.DOTALL,
)
MAX_PROLOGUE = 20_000
VOLATILE = frozenset(("lastBuildDate", "generator", "ttl"))
FACTS = {"title": "title", "issued": "pubDate", "guid": "guid", "updated": "{http://purl.org/dc/terms/}modified"}


def is_feed(body: bytes) -> bool:
    """Whether a document is RSS, after declaration and comments."""
    return bool(FEED.match(body[:MAX_PROLOGUE]))


def items(page: Page) -> list[tuple[str | None, _Element]]:
    """The items of the feed with their addresses; raises PageChanged where the document is no feed with items."""
    if not isinstance(page, XmlPage):
        raise PageChanged(f"{page.url}: {blocked(page.characters) or 'no RSS'}, expected an RSS feed")
    found = page.xml.findall("channel/item")
    if not found:
        raise PageChanged(f"{page.url}: 'channel/item' matched 0 elements, expected at least 1")
    return [(_address(page, item), item) for item in found]


def facts(item: _Element) -> dict[str, str]:
    """What an item states of its article, as it stands there."""
    said = {name: fold(item.findtext(tag) or "") for name, tag in FACTS.items()}
    return {name: words for name, words in said.items() if words}


def _address(page: Page, item: _Element) -> str | None:
    address = page.absolute(item.findtext("link") or "#")
    return None if address is None or address.split("#")[0] == page.url else address
