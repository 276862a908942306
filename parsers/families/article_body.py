"""The block of a page that its article's text stands in: the one that holds most of the page's running words."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from parsers.families.article_cut import copy_without, edges
from parsers.families.article_elsewhere import cards, led_elsewhere
from parsers.families.article_furniture import is_beside
from parsers.families.article_regions import REGIONS, scope_of, start_of
from parsers.families.running_words import running_words
from parsers.lines import HEADINGS

MOST = 0.6
"""A part is gone down into that holds so much of its block, where the rest is of another kind."""
MOST_OF_TABLE = 0.8
MAX_H1 = 20
CELLS = frozenset(("tr", "td"))
PARAGRAPHS = frozenset(("p", "li", "dd", "dt", "blockquote", *HEADINGS))
Sizes = dict[Any, int]


class Body(NamedTuple):
    """A copy of the block without what is not its text, and where it was found.

    `scope` is the article with what stands around its text, `characters` counts the running words.
    """

    element: Any
    place: str
    characters: int
    scope: Any

    @property
    def is_marked(self) -> bool:
        """Whether an element says that it holds the article."""
        return self.place in REGIONS


def find_body(region: Any) -> Body | None:
    """The article's block in a region, or None where no words run on."""
    own, order = running_words(region), list(region.iter())
    beside = _beside(order, own, frozenset((*led_elsewhere(region), *cards(order))))
    sizes = _sizes(order, own, beside)
    block, place = start_of(region, sizes)
    if not sizes[block]:
        return None
    while (inner := _inner(block, sizes)) is not None:
        block = inner
    copy = copy_without(block, {*beside, *edges(block, sizes)})
    return Body(copy, place, sizes[block], scope_of(block))


def _sizes(order: list[Any], own: Sizes, without: frozenset[Any]) -> Sizes:
    """The running characters in each element."""
    sizes: Sizes = {}
    for element in reversed(order):
        sizes[element] = 0 if element in without else own.get(element, 0) + sum(sizes[child] for child in element)
    return sizes


def _beside(order: list[Any], own: Sizes, led: frozenset[Any]) -> frozenset[Any]:
    """What headings disown, then what names do, unless it holds the page's heading or most of the words left."""
    headed = {each for h1 in islice(order[0].iter("h1"), MAX_H1) for each in (h1, *h1.iterancestors())}
    sizes = _sizes(order, own, frozenset())
    cut = frozenset(each for each in led - headed - {order[0]} if headed or 2 * sizes[each] <= sizes[order[0]])
    sizes = _sizes(order, own, cut)
    named = (each for each in order if 2 * sizes[each] <= sizes[order[0]] and is_beside(each))
    return cut | frozenset(each for each in named if each not in headed)


def _inner(block: Any, sizes: Sizes) -> Any:
    """The part that holds most of a block's words, where nothing beside it is of its kind or a paragraph."""
    parts = [child for child in block if sizes[child]]
    best = max(parts, key=sizes.__getitem__, default=None)
    if best is None or best.tag in PARAGRAPHS or sizes[best] < MOST * sizes[block]:
        return None
    if best.tag in CELLS and sizes[best] >= MOST_OF_TABLE * sizes[block]:
        return best
    others = (part for part in parts if part is not best)
    return None if any(part.tag in PARAGRAPHS or _look(part) == _look(best) for part in others) else best


def _look(element: Any) -> tuple[str, str | None]:
    return element.tag, element.get("class") or element.get("id")
