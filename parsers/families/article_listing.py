"""The articles that a page of news points to, each with the headline and the date that its card states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urlsplit

from archive.records import Link
from parsers.lines import HEADINGS, fold
from parsers.page import Page

MAX_PIECES = 60
MAX_CARD_DEPTH = 6
NEXT = re.compile(r"(?:go to )?(?:the )?(?:next|older)(?: page| posts| news| results)?\W{0,3}", re.IGNORECASE)


def listed(page: Page, article: re.Pattern[str], headed: re.Pattern[str], ref: Callable[[str], str]) -> Iterator[Link]:
    """Every article once, in the page's order, and the next older page where the page points to one.

    An article is a link on the page's own host whose path fits `article`, or fits `headed` and is a headline.
    """
    anchors: dict[str, list[Any]] = {}
    for anchor in page.root.iter("a"):
        address = _address(page, anchor)
        if address and (article.search(path := urlsplit(address).path) or (headed.search(path) and _headline(anchor))):
            anchors.setdefault(address, []).append(anchor)
    for address, found in anchors.items():
        yield Link(address, "detail", ref(address), _facts(found))
    older = {
        address: None for anchor in page.root.iter("a") if _is_next(anchor) and (address := _address(page, anchor))
    }
    yield from (Link(address, "listing") for address in islice(older, 1) if address not in anchors)


def _address(page: Page, anchor: Any) -> str | None:
    address = page.absolute(anchor.get("href") or "#")
    if address is None or urlsplit(address).hostname != urlsplit(page.url).hostname:
        return None
    address = urldefrag(address).url
    return None if address == urldefrag(page.url).url else address


def _facts(anchors: list[Any]) -> Mapping[str, str]:
    """The headline of a card: the words of its heading, else the longest words that are linked; and its `<time>`."""
    headlines = [words for anchor in anchors if (words := _headline(anchor))]
    linked = max((_words(anchor) for anchor in anchors), key=len)
    dates = {time.get("datetime") for anchor in anchors for time in _card(anchor).iter("time") if time.get("datetime")}
    facts = {"title": next(iter(headlines), linked), "issued": dates.pop() if len(dates) == 1 else ""}
    return {name: words for name, words in facts.items() if words}


def _card(anchor: Any) -> Any:
    """The widest element around a link that holds no other address and no other heading than the link's."""
    card, href = anchor, anchor.get("href")
    for holder in islice(anchor.iterancestors(), MAX_CARD_DEPTH):
        if any(other.get("href") not in (href, None) for other in holder.iter("a")):
            break
        card = holder
    return card


def _headline(anchor: Any) -> str:
    """The words of the heading in a link or around it; empty where there is none."""
    within = (each for each in anchor.iterdescendants() if each.tag in HEADINGS)
    around = (each for each in islice(anchor.iterancestors(), 2) if each.tag in HEADINGS)
    heading = next(within, None)
    heading = next(around, None) if heading is None else heading
    return "" if heading is None else _words(heading)


def _is_next(anchor: Any) -> bool:
    if "next" in (anchor.get("rel") or "").lower().split():
        return True
    return any(NEXT.fullmatch(fold(words)) for words in (_words(anchor), anchor.get("aria-label") or ""))


def _words(element: Any) -> str:
    return fold("".join(islice(element.itertext(), MAX_PIECES)))
