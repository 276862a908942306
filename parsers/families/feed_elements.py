"""The elements of a feed in XML by short names, whatever prefixes and letter case their publisher writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.families.feed_names import kind_of, short_name
from parsers.families.feed_words import text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Elements:
    """The names of one feed's elements: those of its own format are bare, others have the usual prefix."""

    def __init__(self, root: _Element) -> None:
        self._known: dict[str, str] = {}
        self.is_atom = root.tag.rpartition("}")[2].lower() == "feed"
        self.kind = kind_of(root, self.is_atom)
        own = list(root.iter())
        self.items = [element for element in own if self.name(element) == ("entry" if self.is_atom else "item")]
        self.heads = [root] if self.is_atom else [element for element in own if self.name(element) == "channel"]
        self._feed_language = self._language_of_feed(root)

    def name(self, element: _Element) -> str:
        """The short name of an element: `guid`, `pubDate`, `content:encoded`, `atom:link`."""
        tag = element.tag
        if tag not in self._known:
            self._known[tag] = short_name(tag, self.is_atom)
        return self._known[tag]

    def children(self, element: _Element) -> dict[str, list[_Element]]:
        """The elements right inside this one, by name."""
        found: dict[str, list[_Element]] = {}
        known = self._known
        for child in element:
            found.setdefault(known.get(child.tag) or self.name(child), []).append(child)
        return found

    def links(self, element: _Element) -> Iterator[_Element]:
        """Atom's links of a feed or item, in RSS too."""
        for child in element:
            if self.name(child) in ("link", "atom:link") and child.get("href"):
                yield child

    def address(self, element: _Element, first: dict[str, str], children: dict[str, list[_Element]]) -> str:
        """The item's own address: its link, else a guid that is one (RSS 2.0, `isPermaLink`)."""
        if not self.is_atom and first.get("link"):
            return first["link"]
        alternates = [
            link.get("href", "") for link in self.links(element) if link.get("rel", "alternate") == "alternate"
        ]
        guid = children["guid"][0] if "guid" in children else None
        is_address = guid is not None and guid.get("isPermaLink", "true") == "true"
        permalink = first.get("guid", "") if is_address else ""
        return (next(filter(None, alternates), "") or permalink).strip()

    def enclosures(self, element: _Element) -> Iterator[tuple[str, str, str]]:
        """(address, media type, title) of what is attached to an item."""
        for child in element:
            if not child.attrib:
                continue
            name = self.name(child)
            kind, title = child.get("type", ""), child.get("title", "")
            if name == "enclosure" and child.get("url"):
                yield child.get("url", "").strip(), kind, title
            elif name in ("link", "atom:link") and child.get("rel") == "enclosure" and child.get("href"):
                yield child.get("href", "").strip(), kind, title
            elif name == "content" and child.get("src"):
                yield child.get("src", "").strip(), kind, title

    def language(self, element: _Element, children: dict[str, list[_Element]]) -> str:
        """The language stated for an item, else for the feed."""
        return element.get(LANG) or _first_text(children, "dc:language") or self._feed_language

    def _language_of_feed(self, root: _Element) -> str:
        for head in self.heads:
            children = self.children(head)
            if stated := head.get(LANG) or _first_text(children, "language") or _first_text(children, "dc:language"):
                return stated
        return root.get(LANG, "")


def _first_text(children: dict[str, list[_Element]], name: str) -> str:
    return next((text_of(child) for child in children.get(name, ())), "")
