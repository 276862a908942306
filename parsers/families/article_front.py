"""Front pages and listings that a site serves, without a redirect, where an article was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from parsers.addresses import absolute
from parsers.families.article_page import ArticlePage
from parsers.families.article_title import spellings
from parsers.lines import fold

FRONT = re.compile(r"/?(?:(?:home|index|default)(?:\.[a-z]{2,5})?/?)?", re.IGNORECASE)
WORD = re.compile(r"\w{4,}")
FEWEST_WORDS = 3
"""A listing's title of fewer words of four letters is not missed on the page."""
MAX_LINKS = 2_000


def front_page(page: ArticlePage, publisher: str, role_of: Callable[[str], str]) -> str | None:
    """What shows that a page is the front page or a listing of its site, as a statement; None where nothing does.

    A page one of whose titles has half of the words of its listing's title is the article, whatever it says else. One
    that has none in its titles, nor the listing's day, is none if a third of them is not in its words or if it links
    to the address that was asked, as a teaser does.
    """
    wanted = _words(page.facts.get("title", "")) - _words(" ".join((*page.stated.sites, *spellings(publisher))))
    titles = [_words(words) for _, words in page.stated.titles]
    if wanted and any(2 * len(wanted & words) >= len(wanted) for words in titles):
        return None
    itself = next((address for address in _addresses(page) if _is_front(address, page.url, role_of)), None)
    if itself is not None:
        return f"it names itself {itself}"
    if _is_titled_as_site(page, publisher):
        return f"a website titled {page.stated.titles[0][1]!r}"
    if len(wanted) < FEWEST_WORDS or any(wanted & words for words in titles) or _is_of_the_day(page):
        return None
    is_elsewhere = 3 * len(wanted & _words(page.text)) < len(wanted) or _links_to_itself(page)
    return f"nothing of its listing's title {page.facts['title'][:100]!r}" if is_elsewhere else None


def _words(said: str) -> set[str]:
    return set(WORD.findall(said.casefold()))


def _addresses(page: ArticlePage) -> Iterator[str]:
    """The addresses that a page states of itself."""
    for name, value in page.about_itself:
        if name in ("canonical", "og:url") and (address := absolute(value, page.base)):
            yield address


def _is_front(address: str, asked: str, role_of: Callable[[str], str]) -> bool:
    parts = urlsplit(address)
    is_front = FRONT.fullmatch(parts.path) is not None and not parts.query
    return address != asked and (is_front or role_of(address) == "listing")


def _is_titled_as_site(page: ArticlePage, publisher: str) -> bool:
    names = {fold(name).casefold() for name in (*page.stated.sites, *spellings(publisher))}
    titles = {words.casefold() for _, words in page.stated.titles}
    return bool(titles) and titles <= names and ("og:type", "website") in page.about_itself


def _is_of_the_day(page: ArticlePage) -> bool:
    """Whether the page states the day that its listing states."""
    day = page.facts.get("issued", "")[:10]
    return bool(day) and any(day in words for _, words in page.stated.dates)


def _links_to_itself(page: ArticlePage) -> bool:
    anchors = islice(page.root.iter("a"), MAX_LINKS) if page.is_markup else ()
    return any(absolute(anchor.get("href") or "#", page.base) == page.url for anchor in anchors)
