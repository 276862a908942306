"""The heading of an article, and the dates that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from parsers.families.article_nearness import beside
from parsers.families.article_printed import printed_dates
from parsers.families.article_times import times
from parsers.families.article_words import is_headline, is_start, words_of

MAX_HEADINGS = 20
TITLES = frozenset(("h1", "h2", "h3"))
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
TELLING = TITLES | SUBHEADINGS | {"a", "time"}
Dates = list[tuple[int, str]]


@dataclass(slots=True)
class Heading:
    """The page's headings (what repeats its title, else any h1), dates and headlines of others, by their places."""

    titles: list[str] = field(default_factory=list)
    _repeats: list[int] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _subheadings: list[int] = field(default_factory=list)
    _links: list[tuple[int, Any]] = field(default_factory=list)
    _times: Dates = field(default_factory=list)
    _published: Dates = field(default_factory=list)
    _printed: Dates = field(default_factory=list)

    @classmethod
    def find(cls, tree: Any, names: Sequence[str], label: str, printed: re.Pattern[str] | None) -> Heading:
        """Walk the page once, each element at a bounded cost; only its h1 where no date makes their places count."""
        dates = printed_dates(tree, label, printed) if printed else []
        found = cls(_printed=dates)
        dated = bool(dates) or next(tree.iter("time"), None) is not None
        for place, element in enumerate(tree.iter() if dated else tree.iter("h1")):
            tag = element.tag
            if tag == "a":
                found._links.append((place, element))
            elif tag in TELLING:
                found._take(place, element, tag, names)
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

    def _take(self, place: int, element: Any, tag: str, names: Sequence[str]) -> None:
        if tag == "time":
            published, others = times(element)
            self._published.extend((place, stated) for stated in published)
            self._times.extend((place, stated) for stated in others)
            return
        repeats = tag in TITLES and len(self._repeats) < MAX_HEADINGS and is_start(names, words_of(element))
        if repeats:
            self._repeats.append(place)
        if tag == "h1" and len(self.titles) < MAX_HEADINGS and (words := words_of(element)):
            self.titles.append(words)
            self._places.append(place)
        elif tag in SUBHEADINGS and not repeats:
            self._subheadings.append(place)

    def _beside(self, found: Dates) -> str | None:
        if len(found) == 1 and not self._places:
            return found[0][1]
        return beside(self._repeats or self._places, self._barriers, found)

    def _barriers(self, low: int, high: int) -> list[int]:
        """The headings and headlines of others between two places."""
        headlines = (place for place, link in self._links if low <= place < high and is_headline(link))
        return sorted((*self._subheadings, *headlines))
