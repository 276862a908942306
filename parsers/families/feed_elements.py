"""The elements of a feed in XML by short names, whatever prefixes and letter case their publisher writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.families.feed_words import text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

ATOM = ("http://www.w3.org/2005/atom", "http://purl.org/atom/ns#")
PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
RSS = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/",
    "http://backend.userland.com/",
    "http://blogs.law.harvard",
)
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Elements:
    """The names of one feed's elements: those of its own format are bare, others have the usual prefix."""

    def __init__(self, root: _Element) -> None:
        self._known: dict[str, str] = {}
        self.is_atom = root.tag.rpartition("}")[2].lower() == "feed"
        self.kind = self._kind(root)
        own = list(root.iter())
        self.items = [element for element in own if self.name(element) == ("entry" if self.is_atom else "item")]
        self.heads = [root] if self.is_atom else [element for element in own if self.name(element) == "channel"]
        self._feed_language = self._language_of_feed(root)

    def _kind(self, root: _Element) -> str:
        namespace, _, name = root.tag.rpartition("}")
        if self.is_atom:
            return "Atom 0.3" if "purl.org/atom" in namespace else "Atom 1.0"
        old = any("netscape.com" in (each or "") for each in root.nsmap.values())
        version = root.get("version", "") if name.lower() == "rss" else "0.90" if old else "1.0"
        return f"RSS {version}".strip()

    def name(self, element: _Element) -> str:
        """The short name of an element: `guid`, `pubDate`, `content:encoded`, `atom:link`."""
        tag = element.tag
        if tag not in self._known:
            namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
            short = self._prefix(namespace) + local.lower()
            self._known[tag] = "pubDate" if short == "pubdate" else short
        return self._known[tag]

    def _prefix(self, namespace: str) -> str:
        if namespace.lower() in ATOM:
            return "" if self.is_atom else "atom:"
        if not namespace or (not self.is_atom and namespace.startswith(RSS) and namespace not in PREFIXES):
            return ""
        return PREFIXES.get(namespace, f"{namespace} ")

    def children(self, element: _Element) -> dict[str, list[_Element]]:
        """The elements right inside this one, by name."""
        found: dict[str, list[_Element]] = {}
        for child in element:
            found.setdefault(self.name(child), []).append(child)
        return found

    def links(self, element: _Element) -> Iterator[_Element]:
        """Atom's links of a feed or item, in RSS too."""
        for child in element:
            if self.name(child) in ("link", "atom:link") and child.get("href"):
                yield child

    def enclosures(self, element: _Element) -> Iterator[tuple[str, str, str]]:
        """(address, media type, title) of what is attached to an item."""
        for child in element:
            name = self.name(child)
            kind, title = child.get("type", ""), child.get("title", "")
            if name == "enclosure" and child.get("url"):
                yield child.get("url", "").strip(), kind, title
            elif name in ("link", "atom:link") and child.get("rel") == "enclosure" and child.get("href"):
                yield child.get("href", "").strip(), kind, title
            elif name == "content" and child.get("src"):
                yield child.get("src", "").strip(), kind, title

    def language(self, element: _Element) -> str:
        """The language stated for an item, else for the feed."""
        return element.get(LANG) or self._text(element, "dc:language") or self._feed_language

    def _language_of_feed(self, root: _Element) -> str:
        stated = (
            head.get(LANG) or self._text(head, "language") or self._text(head, "dc:language") for head in self.heads
        )
        return next(filter(None, stated), root.get(LANG, ""))

    def _text(self, element: _Element, name: str) -> str:
        return next((text_of(child) for child in self.children(element).get(name, ())), "")
