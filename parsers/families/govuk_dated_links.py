"""Lists in HTML whose items carry one link and one `<time datetime>`: read by that alone, whatever the classes are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsers.lines import fold
from parsers.page import Page, PageChanged


@dataclass(frozen=True, slots=True)
class DatedLink:
    """One item of a list: the address and words of its link, and the date as its `datetime` states it."""

    href: str
    title: str
    date: str


@dataclass(slots=True)
class _Open:
    """An element on the way down. Of its links no more than two are kept: one is an item's, two are a list's."""

    links: list[Any] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)


def dated_links(page: Page) -> list[DatedLink]:
    """The dated links of the region in their order.

    An item is the innermost element with a time and a link: one of each, and every element beside it is an item too.
    """
    found = list(_items(page.root))
    for item, links, times in found:
        if len(links) != 1 or len(times) != 1:
            found_here = f"<{item.tag}> with {len(links)} links and {len(times)} dates"
            raise PageChanged(f"{page.url}: {found_here}, expected an item with one of each")
    _refuse_undated(page, [item for item, _, _ in found])
    return [DatedLink(links[0].get("href"), _words(links[0]), times[0].get("datetime")) for _, links, times in found]


def next_page(page: Page) -> str | None:
    """The address of the next page, where one with the next `page` number is linked anywhere on the page."""
    here = urlsplit(page.url)
    number = parse_qs(here.query).get("page", ["1"])[-1]
    if not re.fullmatch(r"[0-9]{1,5}", number):
        return None
    whole = Page(page.characters.encode("utf-8", "replace"), page.url, media_type="text/html; charset=utf-8")
    for anchor in whole._tree.iter("a"):
        address = page.absolute(anchor.get("href") or "") or ""
        there = urlsplit(address)
        if there[:3] == here[:3] and parse_qs(there.query).get("page") == [str(int(number) + 1)]:
            return address
    return None


def _items(root: Any) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    from lxml import etree

    opened = [_Open()]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            opened.append(_Open())
            continue
        here, above = opened.pop(), opened[-1]
        if element.tag == "a" and element.get("href"):
            here.links.append(element)
        elif element.tag == "time" and element.get("datetime"):
            here.times.append(element)
        if here.links and here.times:
            yield element, here.links[:2], here.times
            here.times = []
        above.links = (above.links + here.links)[:2]
        above.times = above.times + here.times if above.times else here.times


def _refuse_undated(page: Page, items: list[Any]) -> None:
    for parent, dated in Counter(item.getparent() for item in items).items():
        beside = len(parent) if parent is not None else dated
        if dated > 1 and beside != dated:
            raise PageChanged(f"{page.url}: a list of {beside} with {dated} dated links, expected each to be dated")


def _words(anchor: Any) -> str:
    return fold("".join(anchor.itertext()))
