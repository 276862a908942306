"""The items of RSS 0.9x, 1.0 and 2.0 and of Atom 0.3 and 1.0, read by the names of their elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from parsers.families.feed_elements import ABOUT, Elements
from parsers.families.feed_items import FeedItem
from parsers.families.feed_mess import mess_items
from parsers.families.feed_words import Words, lasting, text_of, words_of
from parsers.page import MAX_ELEMENTS, PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element

    from parsers.families.feed_page import FeedPage

DATES = (
    *("pubDate", "published", "issued", "dcterms:issued", "atom:published", "created", "dcterms:created", "dc:date"),
    *("updated", "modified", "atom:updated", "dcterms:modified"),
)
CONTENT = ("content:encoded", "content", "xhtml:body", "atom:content", "description", "summary", "dc:description")
READ_FIRST = frozenset(("guid", "id", "link", *DATES))
SUMMARY = ("summary", "description", "dc:description")


def xml_items(page: FeedPage) -> Sequence[FeedItem]:
    """Every item; those of a document that is not well-formed even when mended are read by feedparser."""
    names = page.elements
    if names is None:
        return mess_items(page)
    if not any("title" in names.children(head) or "id" in names.children(head) for head in names.heads):
        raise PageChanged(f"{page.url}: {names.kind} without a title, expected a feed with one")
    return [_item(page, names, element, position) for position, element in enumerate(names.items)]


def xml_older(page: FeedPage) -> str | None:
    """The address of the next older page (RFC 5005 `next`, `prev-archive`), as written."""
    names = page.elements
    links = [link for head in names.heads for link in names.links(head)] if names else []
    return next((link.get("href") for link in links if link.get("rel") in ("next", "prev-archive")), None)


def xml_elements(page: FeedPage) -> Elements | None:
    """The elements of the mended document, None where it is not well-formed (undeclared prefixes apart)."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True, recover=True)
    root = etree.fromstring(page.document.encode("utf-8", "replace"), parser, base_url=page.url)
    if root is None or any(error.domain_name != "NAMESPACE" for error in parser.error_log):
        return None
    elements = sum(1 for _ in root.iter())
    if elements > MAX_ELEMENTS:
        raise PageChanged(f"{page.url}: {elements} elements, expected at most {MAX_ELEMENTS}")
    return Elements(root)


def _item(page: FeedPage, names: Elements, element: _Element, position: int) -> FeedItem:
    children = names.children(element)
    first = {name: text_of(found[0]) for name, found in children.items() if name in READ_FIRST}
    identity = first.get("guid") or first.get("id") or (element.get(ABOUT) or "").strip()
    content, said_in = _first_words(names, children, CONTENT)
    return FeedItem(
        page=page,
        kind=names.kind,
        position=position,
        id=identity,
        link=names.address(element, first, children),
        title=words_of(children["title"][0], names.is_atom) if "title" in children else Words(),
        dates={name: first[name] for name in DATES if first.get(name)},
        content=content,
        summary=_first_words(names, children, SUMMARY)[0],
        enclosures=tuple(names.enclosures(element)),
        language=names.language(element, children),
        base=None if said_in is None else lasting(said_in.base, page.url),
    )


def _first_words(
    names: Elements, children: dict[str, list[_Element]], order: Sequence[str]
) -> tuple[Words, _Element | None]:
    for name in order:
        for element in children.get(name, ()):
            words = words_of(element, names.is_atom or name.startswith("atom:"))
            if words.value.strip():
                return words, element
    return Words(), None
