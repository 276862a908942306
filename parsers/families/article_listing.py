"""The articles that a page of news points to, each with the headline and the date that its card states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urlsplit

from archive.records import Link
from parsers.families.article_page import ArticlePage
from parsers.families.article_words import heading_of, words_of
from parsers.lines import fold
from parsers.page import Page

MAX_CARD_DEPTH, MAX_CARD_LINKS = 6, 20
MAX_ADDRESS_CHARACTERS = 2_000
NEXT = re.compile(r"(?:go to )?(?:the )?(?:next|older)(?: page| posts| news| results)?\W{0,3}", re.IGNORECASE)


def listed(page: Page, article: re.Pattern[str], headed: re.Pattern[str], ref: Callable[[str], str]) -> Iterator[Link]:
    """Every article once, in the page's order, and the next older page where the page points to one.

    An article is a link on the page's own host whose path fits `article`, or fits `headed` and is a headline or stands
    in a card that prints a date.
    """
    anchors: dict[str, list[Any]] = {}
    for anchor in page.root.iter("a"):
        address = _address(page, anchor)
        path = urlsplit(address).path if address else ""
        if address and (article.search(path) or (headed.search(path) and _is_of_a_story(page, anchor))):
            anchors.setdefault(address, []).append(anchor)
    for address, found in anchors.items():
        yield Link(address, "detail", ref(address), _facts(found[:MAX_CARD_LINKS]))
    older = {
        address: None for anchor in page.root.iter("a") if _is_next(anchor) and (address := _address(page, anchor))
    }
    yield from (Link(address, "listing") for address in islice(older, 1) if address not in anchors)


def _is_of_a_story(page: Page, anchor: Any) -> bool:
    """Whether a link is a headline, or its card prints the label of a date."""
    label = page.label if isinstance(page, ArticlePage) else ""
    return bool(heading_of(anchor)) or (bool(label) and label in words_of(_card(anchor)))


def _address(page: Page, anchor: Any) -> str | None:
    address = page.absolute(anchor.get("href") or "#")
    if address is None or urlsplit(address).hostname != urlsplit(page.url).hostname:
        return None
    address = urldefrag(address).url
    if len(address) > MAX_ADDRESS_CHARACTERS:
        return None
    return None if address == urldefrag(page.url).url else address


def _facts(anchors: list[Any]) -> Mapping[str, str]:
    """The headline of a card: the words of its heading, else the longest words that are linked; and its `<time>`."""
    headlines = [words for anchor in anchors if (words := heading_of(anchor))]
    linked = max((words_of(anchor) for anchor in anchors), key=len)
    dates = {time.get("datetime") for anchor in anchors for time in _card(anchor).iter("time") if time.get("datetime")}
    facts = {"title": next(iter(headlines), linked), "issued": dates.pop() if len(dates) == 1 else ""}
    return {name: words for name, words in facts.items() if words}


def _card(anchor: Any) -> Any:
    """The widest element around a link that holds no other address."""
    card, href = anchor, anchor.get("href")
    for holder in islice(anchor.iterancestors(), MAX_CARD_DEPTH):
        links = list(islice(holder.iter("a"), MAX_CARD_LINKS))
        if len(links) == MAX_CARD_LINKS or any(other.get("href") not in (href, None) for other in links):
            break
        card = holder
    return card


def _is_next(anchor: Any) -> bool:
    if "next" in (anchor.get("rel") or "").lower().split():
        return True
    return any(NEXT.fullmatch(fold(words)) for words in (words_of(anchor), anchor.get("aria-label") or ""))
