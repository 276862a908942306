"""The parts of a page that say that they hold its article."""

from __future__ import annotations

from typing import Any

REGION_SHARE = 0.3
REGIONS = {
    "itemprop articleBody": ".//*[@itemprop='articleBody']",
    "article": ".//article",
    "main": ".//main",
    "role main": ".//*[@role='main']",
}


def start_of(region: Any, sizes: dict[Any, int]) -> tuple[Any, str]:
    """The part that is marked as the article, where it is the only one of its kind with a fair share of the words."""
    for place, path in REGIONS.items():
        found = [each for each in region.iterfind(path) if sizes[each] > REGION_SHARE * sizes[region]]
        if len(found) == 1:
            return found[0], place
    return region, str(region.tag)


def scope_of(block: Any) -> Any:
    """The main part of the page that a block stands in, else its article, else the block."""
    around = [block, *block.iterancestors()]
    mains = [each for each in around if each.tag == "main" or each.get("role") == "main"]
    articles = [each for each in around if each.tag == "article"]
    return next(iter([*mains, *articles, block]))
