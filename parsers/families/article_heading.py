"""The heading of an article, and the date that stands beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from parsers.families.article_words import is_headline, is_start, words_of
from parsers.lines import fold

MAX_PIECES = 40
MAX_HEADINGS = 20
SHORTEST_TITLE = 8
MAX_DATE_CHARACTERS = 120
LINKED_HEADLINE_WORDS = 5
TITLES = frozenset(("h1", "h2", "h3"))
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
LOOKED_AT = TITLES | SUBHEADINGS | {"a", "time"}
ELSEWHERE = frozenset(("a", "nav", "footer", "aside", "form"))


@dataclass(slots=True)
class Heading:
    """The page's h1s and dates by their places in the document; a headline of another story stands as a barrier.

    The heading is what repeats the page's title, else any h1.
    """

    titles: list[str] = field(default_factory=list)
    _repeats: list[int] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _barriers: list[int] = field(default_factory=list)
    _times: list[tuple[int, str]] = field(default_factory=list)
    _published: list[str] = field(default_factory=list)
    _printed: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def find(cls, tree: Any, names: Sequence[str], label: str, printed: re.Pattern[str] | None) -> Heading:
        """Walk the page once; each element costs a bounded number of pieces of text."""
        found = cls()
        for place, element in enumerate(tree.iter()):
            tag = element.tag
            if tag in LOOKED_AT:
                found._take(place, element, tag, names)
            if printed and label in f"{element.text or ''} {element.tail or ''}" and tag not in ("script", "style"):
                found._take_printed(place, element, printed)
        return found

    def _take(self, place: int, element: Any, tag: str, names: Sequence[str]) -> None:
        if tag in TITLES and len(self._repeats) < MAX_HEADINGS and is_start(names, words := words_of(element)):
            self._repeats.append(place)
        if tag == "h1" and len(self.titles) < MAX_HEADINGS and (words := words_of(element)):
            self.titles.append(words)
            self._places.append(place)
        elif (tag in SUBHEADINGS and place not in self._repeats) or (tag == "a" and is_headline(element)):
            self._barriers.append(place)
        elif tag == "time" and element.get("datetime"):
            self._take_time(place, element)

    @property
    def dates(self) -> tuple[tuple[str, str], ...]:
        """The `<time>` that is marked as the publication, else the one beside the heading, else the page's only one."""
        if self._published:
            return (("<time> of the publication", self._published[0]),)
        beside = self._beside(self._times)
        return (("<time> beside the heading", beside),) if beside else ()

    @property
    def printed(self) -> str | None:
        """The printed date beside the heading, or the page's only one."""
        return self._beside(self._printed)

    def _take_time(self, place: int, element: Any) -> None:
        if element.get("pubdate") is not None or "datepublished" in (element.get("itemprop") or "").lower():
            self._published.append(element.get("datetime"))
        elif ELSEWHERE.isdisjoint(each.tag for each in islice(element.iterancestors(), MAX_PIECES)):
            self._times.append((place, element.get("datetime")))

    def _take_printed(self, place: int, element: Any, printed: re.Pattern[str]) -> None:
        pieces = (fold(words[:MAX_DATE_CHARACTERS]) for words in (element.text or "", element.tail or ""))
        holders = (words_of(holder)[:MAX_DATE_CHARACTERS] for holder in (element, *islice(element.iterancestors(), 2)))
        for words in chain(pieces, holders):
            if found := printed.fullmatch(words):
                self._printed.append((place, found[1]))
                return

    def _beside(self, found: Sequence[tuple[int, str]]) -> str | None:
        for heading in self._repeats or self._places:
            near = sorted((abs(place - heading), words) for place, words in found if self._is_free(place, heading))
            if near:
                return near[0][1]
        return found[0][1] if len(found) == 1 and not self._places else None

    def _is_free(self, place: int, heading: int) -> bool:
        low, high = sorted((place, heading))
        return bisect_left(self._barriers, high) == bisect_left(self._barriers, low)
