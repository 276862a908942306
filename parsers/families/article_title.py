"""The title of an article without the name of the site behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.families.article_page import ArticlePage
from parsers.organisations import ORGANISATIONS

SITE = re.compile(r"(.*\S)\s+(?:[|–—·•»-]|::)\s+(.+)")
SECTIONS = frozenset(("news", "latest news", "news and appeals", "press releases", "newsroom"))
ELLIPSES = ("…", "...")


def article_title(page: ArticlePage, publisher: str) -> tuple[str | None, str]:
    """The first title that the page states, else its listing's, and where; a cut one from where it is whole."""
    names = frozenset(name.casefold() for name in (*page.stated.sites, *spellings(publisher)))
    stated = [(place, _without_site(words, names)) for place, words in page.stated.titles]
    if page.facts.get("title"):
        stated.append(("the listing's title", page.facts["title"]))
    for place, title in stated:
        whole = [other for other in stated if title.endswith(ELLIPSES) and _is_start(title, other[1])]
        return (whole[0][1], f"{whole[0][0]}, as {place} is cut") if whole else (title, place)
    return None, ""


def spellings(publisher: str) -> Iterator[str]:
    """The names that the publisher goes by."""
    organisation = ORGANISATIONS.get(publisher)
    if organisation:
        yield from (organisation.name, *organisation.aliases)


def _is_start(cut: str, whole: str) -> bool:
    return not whole.endswith(ELLIPSES) and whole.startswith(cut.rstrip(".… "))


def _without_site(title: str, names: frozenset[str]) -> str:
    """The title up to the name of the site, and up to the name of a section before that."""
    ends = names
    while (found := SITE.fullmatch(title)) and found[2].casefold() in ends:
        title, ends = found[1], names | SECTIONS
    return title
