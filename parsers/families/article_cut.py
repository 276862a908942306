"""An article's block without what stands in it and is not its text."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import takewhile
from typing import Any

from parsers.families.article_furniture import is_links
from parsers.lines import BLOCKS

LISTS = frozenset(("ul", "ol", "dl", "div", "section", "p"))


def edges(block: Any, sizes: dict[Any, int]) -> Iterator[Any]:
    """Lists of links before the first running words and after the last, but those that a colon introduces."""
    for parts in (iter(block), block.iterchildren(reversed=True)):
        for part in takewhile(lambda each: not sizes[each], parts):
            if part.tag in LISTS and is_links(part) and not _is_introduced(part):
                yield part


def _is_introduced(element: Any) -> bool:
    before = element.getprevious()
    return before is not None and "".join(before.itertext()).rstrip().endswith(":")


def copy_without(block: Any, unwanted: set[Any]) -> Any:
    """A copy with a mark without words in the place of each unwanted element; the page keeps its own."""
    copy = deepcopy(block)
    copy.tail = None
    for element in [twin for each, twin in zip(block.iter(), copy.iter(), strict=True) if each in unwanted]:
        element.clear(keep_tail=True)
        element.tag = "hr" if element.tag in BLOCKS else "wbr"
    return copy
