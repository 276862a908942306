"""Short names of a feed's elements, whatever prefixes and letter case their publisher writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def short_name(tag: str, is_atom: bool) -> str:
    """`guid`, `pubDate`, `content:encoded`, `atom:link`: names of the feed's own format are bare."""
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    short = _prefix(namespace, is_atom) + local.lower()
    return "pubDate" if short == "pubdate" else short


def _prefix(namespace: str, is_atom: bool) -> str:
    if namespace.lower() in ATOM:
        return "" if is_atom else "atom:"
    if not namespace or (not is_atom and namespace.startswith(RSS) and namespace not in PREFIXES):
        return ""
    return PREFIXES.get(namespace, f"{namespace} ")


def kind_of(root: _Element, is_atom: bool) -> str:
    """The format and version of a feed by its root, as evidence names it."""
    namespace, _, name = root.tag.rpartition("}")
    if is_atom:
        return "Atom 0.3" if "purl.org/atom" in namespace else "Atom 1.0"
    old = any("netscape.com" in (each or "") for each in root.nsmap.values())
    version = root.get("version", "") if name.lower() == "rss" else "0.90" if old else "1.0"
    return f"RSS {version}".strip()
