"""The dates that a page of news prints for people, with what labels them."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import Any

from lxml import etree

from parsers.families.article_words import words_of
from parsers.lines import fold

MAX_LABELS = 300
MAX_DATE_CHARACTERS = 120
CODE = frozenset(("script", "style"))
LABELLED: Any = etree.XPath("descendant::text()[contains(., $label)]")
"""Words with a label, as they stand in an element or after it (then their parent is the element before them)."""


def printed_dates(tree: Any, label: str, printed: re.Pattern[str]) -> list[tuple[int, str]]:
    """The dates by their places among the page's elements; the words of each are a label and a date, whole."""
    holders = (words.getparent() for words in LABELLED(tree, label=label))
    labelled = {holder for holder in holders if holder.tag not in CODE}
    found = ((place, each) for place, each in enumerate(tree.iter() if labelled else ()) if each in labelled)
    dates = ((place, _date(element, printed)) for place, element in islice(found, MAX_LABELS))
    return [(place, date) for place, date in dates if date]


def _date(element: Any, printed: re.Pattern[str]) -> str | None:
    """The date that the words before, in or around an element print."""
    pieces = (fold(words[:MAX_DATE_CHARACTERS]) for words in (element.text or "", element.tail or ""))
    holders = (words_of(holder)[:MAX_DATE_CHARACTERS] for holder in (element, *islice(element.iterancestors(), 2)))
    return next((found[1] for words in chain(pieces, holders) if (found := printed.fullmatch(words))), None)
