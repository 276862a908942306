"""The block of a page that its article's text stands in: the one that holds most of the page's running words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from parsers.families.article_cut import copy_without, edges
from parsers.families.article_furniture import cards, is_beside, led_elsewhere
from parsers.families.running_words import running_words
from parsers.lines import HEADINGS

MOST = 0.6
"""A part is gone down into that holds so much of its block, where the rest is of another kind."""
MOST_OF_TABLE = 0.8
REGION_SHARE = 0.3
BESIDE_SHARE = 0.5
"""What holds more than this of the words is the article, whatever its names say."""
CELLS = frozenset(("tr", "td"))
PARAGRAPHS = frozenset(("p", "li", "dd", "dt", "blockquote", *HEADINGS))
REGIONS = {
    "itemprop articleBody": ".//*[@itemprop='articleBody']",
    "article": ".//article",
    "main": ".//main",
    "role main": ".//*[@role='main']",
}
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
    sizes = _sizes(order, own, frozenset())
    beside = frozenset(_beside(order, sizes, frozenset((*led_elsewhere(region), *cards(order)))))
    sizes = _sizes(order, own, beside)
    block, place = _start(region, sizes)
    if not sizes[block]:
        return None
    while (inner := _inner(block, sizes)) is not None:
        block = inner
    copy = copy_without(block, {*beside, *edges(block, sizes)})
    return Body(copy, place, sizes[block], _scope(block))


def _scope(block: Any) -> Any:
    """The main part of the page that a block stands in, else its article, else the block."""
    around = [block, *block.iterancestors()]
    mains = [each for each in around if each.tag == "main" or each.get("role") == "main"]
    articles = [each for each in around if each.tag == "article"]
    return next(iter([*mains, *articles, block]))


def _sizes(order: list[Any], own: Sizes, without: frozenset[Any]) -> Sizes:
    """The running characters in each element."""
    sizes: Sizes = {}
    for element in reversed(order):
        sizes[element] = 0 if element in without else own.get(element, 0) + sum(sizes[child] for child in element)
    return sizes


def _beside(order: list[Any], sizes: Sizes, led: frozenset[Any]) -> Iterator[Any]:
    """What names or headings disown, unless it holds the page's heading or, on names alone, most of its words."""
    is_headed = order[0].find(".//h1") is not None
    most = BESIDE_SHARE * sizes[order[0]]
    named = (each for each in order if each in led or is_beside(each))
    small = (each for each in named if sizes[each] <= most or (is_headed and each in led))
    return (each for each in small if each.find(".//h1") is None and each is not order[0])


def _start(region: Any, sizes: Sizes) -> tuple[Any, str]:
    """The part that is marked as the article, where it is the only one of its kind with a fair share of the words."""
    for place, path in REGIONS.items():
        found = [each for each in region.iterfind(path) if sizes[each] > REGION_SHARE * sizes[region]]
        if len(found) == 1:
            return found[0], place
    return region, str(region.tag)


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
