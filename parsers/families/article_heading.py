"""The heading of an article, and the date that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from parsers.families.article_nearness import beside
from parsers.families.article_words import is_headline, is_start, words_of
from parsers.lines import fold

MAX_PIECES = 40
MAX_HEADINGS, MAX_LABELS = 20, 300
SHORTEST_TITLE = 8
MAX_DATE_CHARACTERS = 120
LINKED_HEADLINE_WORDS = 5
TITLES = frozenset(("h1", "h2", "h3"))
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
ELSEWHERE = frozenset(("a", "nav", "footer", "aside"))


@dataclass(slots=True)
class Heading:
    """The page's headings (what repeats its title, else any h1), dates and headlines of others, by their places."""

    titles: list[str] = field(default_factory=list)
    _repeats: list[int] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _barriers: list[int] = field(default_factory=list)
    _times: list[tuple[int, str]] = field(default_factory=list)
    _published: list[tuple[int, str]] = field(default_factory=list)
    _labelled: list[int] = field(default_factory=list)
    _printed: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def find(cls, tree: Any, names: Sequence[str], label: str, printed: re.Pattern[str] | None) -> Heading:
        """Walk the page once; each element costs a bounded number of pieces of text."""
        found = cls()
        for place, element in enumerate(tree.iter()):
            tag = element.tag
            if tag in TITLES and len(found._repeats) < MAX_HEADINGS and is_start(names, words := words_of(element)):
                found._repeats.append(place)
            if tag == "h1" and len(found.titles) < MAX_HEADINGS and (words := words_of(element)):
                found.titles.append(words)
                found._places.append(place)
            elif (tag in SUBHEADINGS and place not in found._repeats) or (tag == "a" and is_headline(element)):
                found._barriers.append(place)
            elif tag == "time" and element.get("datetime"):
                found._take_time(place, element)
            if (
                printed
                and len(found._labelled) < MAX_LABELS
                and tag not in ("script", "style")
                and label in f"{element.text or ''} {element.tail or ''}"
            ):
                found._take_printed(place, element, printed)
        return found

    @property
    def dates(self) -> tuple[tuple[str, str], ...]:
        """The `<time>` that is marked as the publication, else the one beside the heading, else the page's only one."""
        published = self._published[0][1] if len(self._published) == 1 else self._beside(self._published)
        if published:
            return (("<time> of the publication", published),)
        nearest = self._beside(self._times)
        return (("<time> beside the heading", nearest),) if nearest else ()

    @property
    def printed(self) -> str | None:
        """The printed date beside the heading, or the page's only one."""
        return self._beside(self._printed)

    def _take_time(self, place: int, element: Any) -> None:
        if element.get("pubdate") is not None or "datepublished" in (element.get("itemprop") or "").lower():
            self._published.append((place, element.get("datetime")))
        elif ELSEWHERE.isdisjoint(each.tag for each in islice(element.iterancestors(), MAX_PIECES)):
            self._times.append((place, element.get("datetime")))

    def _take_printed(self, place: int, element: Any, printed: re.Pattern[str]) -> None:
        self._labelled.append(place)
        pieces = (fold(words[:MAX_DATE_CHARACTERS]) for words in (element.text or "", element.tail or ""))
        holders = (words_of(holder)[:MAX_DATE_CHARACTERS] for holder in (element, *islice(element.iterancestors(), 2)))
        for words in chain(pieces, holders):
            if found := printed.fullmatch(words):
                self._printed.append((place, found[1]))
                return

    def _beside(self, found: Sequence[tuple[int, str]]) -> str | None:
        nearest = beside(self._repeats or self._places, self._barriers, found)
        return found[0][1] if len(found) == 1 and not self._places else nearest
