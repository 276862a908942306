"""The parts of a page that lead to other stories: headed so, or cards whose headings are links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from parsers.families.article_furniture import is_links, is_phrase
from parsers.lines import HEADINGS

MIN_CARDS = 2


def led_elsewhere(region: Any) -> Iterator[Any]:
    """The headings that only lead elsewhere, each with the lists and cards that follow it, or with its whole block."""
    for element in region.iterdescendants():
        if element.tag in HEADINGS and element.tag != "h1" and is_phrase(element):
            yield element
            if element.getprevious() is None and element.getparent() is not region:
                yield element.getparent()
            yield from takewhile(lambda each: each.tag not in HEADINGS and _is_elsewhere(each), element.itersiblings())


def cards(order: Sequence[Any]) -> Iterator[Any]:
    """The elements whose headings, two at least, are all links: cards of other stories. `order` is the document's."""
    counts: dict[Any, tuple[int, int]] = {}
    for element in reversed(order):
        inside = [counts[child] for child in element]
        headings, linked = (sum(each[place] for each in inside) for place in (0, 1))
        if element.tag in HEADINGS:
            headings, linked = 1, int(_is_linked(element))
        counts[element] = headings, linked
        if headings == linked >= MIN_CARDS:
            yield element


def _is_linked(heading: Any) -> bool:
    return heading.find(".//a") is not None or heading.getparent().tag == "a"


def _is_elsewhere(element: Any) -> bool:
    """Whether an element is links, or cards: headings that are links."""
    headings = [each for each in element.iterdescendants() if each.tag in HEADINGS]
    return is_links(element) or bool(headings and all(map(_is_linked, headings)))
