"""The heading of an article, and the date that stands beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from parsers.lines import fold

MAX_PIECES = 40
MAX_HEADINGS = 20
SHORTEST_TITLE = 8
MAX_DATE_CHARACTERS = 120
LINKED_HEADLINE_WORDS = 5
TITLES = frozenset(("h1", "h2", "h3"))
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
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
            if tag in TITLES and len(found._repeats) < MAX_HEADINGS and _names(names, words := _words(element)):
                found._repeats.append(place)
            if tag == "h1" and len(found.titles) < MAX_HEADINGS and (words := _words(element)):
                found.titles.append(words)
                found._places.append(place)
            elif (tag in SUBHEADINGS and place not in found._repeats) or (tag == "a" and _is_headline(element)):
                found._barriers.append(place)
            elif tag == "time" and element.get("datetime"):
                found._take_time(place, element)
            if printed and tag not in ("script", "style") and label in f"{element.text or ''} {element.tail or ''}":
                found._take_printed(place, element, printed)
        return found

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
        holders = (_words(holder)[:MAX_DATE_CHARACTERS] for holder in (element, *islice(element.iterancestors(), 2)))
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


def _names(names: Sequence[str], words: str) -> bool:
    return len(words) >= SHORTEST_TITLE and any(name.startswith(words.casefold()) for name in names)


def _is_headline(link: Any) -> bool:
    """Whether a link says enough to be the headline of another story, and stands in no h1."""
    within_h1 = any(each.tag == "h1" for each in islice(link.iterancestors(), 3))
    return not within_h1 and len(_words(link).split()) >= LINKED_HEADLINE_WORDS


def _words(element: Any) -> str:
    return fold("".join(islice(element.itertext(), MAX_PIECES)))
