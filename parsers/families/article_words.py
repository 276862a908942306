"""The words of one element of a page of news, in bounded work, and what they show it to be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsers.lines import HEADINGS, fold

MAX_PIECES, MAX_PIECE_CHARACTERS = 40, 1_000
LINKED_HEADLINE_WORDS = 5
SHORTEST_TITLE = 8


def words_of(element: Any) -> str:
    """The folded words of an element, as far as its first forty pieces of text go."""
    if not len(element):
        return fold((element.text or "")[:MAX_PIECE_CHARACTERS])
    return fold("".join([piece[:MAX_PIECE_CHARACTERS] for piece in islice(element.itertext(), MAX_PIECES)]))


def is_start(names: Sequence[str], words: str) -> bool:
    """Whether words are what one of these names (in lower case) starts with."""
    said = words.casefold()
    return said in names or (len(said) >= SHORTEST_TITLE and any(name.startswith(said) for name in names))


def is_headline(link: Any) -> bool:
    """Whether a link says enough to be the headline of another story, and stands in no h1."""
    if len(words_of(link).split()) < LINKED_HEADLINE_WORDS:
        return False
    return not any(each.tag == "h1" for each in islice(link.iterancestors(), 3))


def heading_of(link: Any) -> str:
    """The words of the heading in a link or around it; empty where there is none."""
    within = (each for each in link.iterdescendants() if each.tag in HEADINGS)
    around = (each for each in islice(link.iterancestors(), 2) if each.tag in HEADINGS)
    heading = next(within, None)
    heading = next(around, None) if heading is None else heading
    return "" if heading is None else words_of(heading)


def place_of(address: str, base: str) -> str:
    """Path and query of an address, which tell the pages of one publisher apart; empty where it is none."""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
    except ValueError:
        return ""
    return f"{parts.path.rstrip('/')}?{parts.query}".casefold()
