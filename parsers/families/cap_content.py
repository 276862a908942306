"""The words that an entry of a feed carries itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from parsers.families.cap_alert import words_of
from parsers.families.cap_index import Item
from parsers.page import Page, PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element


def content_of(item: Item) -> Page:
    """The entry's content, else its summary, as a page: XHTML and HTML as they stand, plain text in its lines."""
    for member in item.members("content", "summary", "description"):
        if words_of(member).strip():
            return item.page.fragment(_markup(member))
    raise PageChanged(f"{item.where}: no words, expected content or a summary")


def _markup(member: _Element) -> str:
    """A text construct as HTML (RFC 4287, 3.1.1); without a type Atom's is plain text and RSS's is HTML."""
    from lxml import etree

    inside = "".join(etree.tostring(child, encoding="unicode", method="html") for child in member)
    words, kind = member.text or "", member.get("type") or ("text" if str(member.tag).startswith("{") else "html")
    if inside:
        return escape(words) + inside
    return words if kind in ("html", "text/html") else f"<pre>{escape(words)}</pre>"
