"""The grammar of headings like `DD/MM/YYYY - SERIES [scope] Level Message[ - title]`, whole and damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from parsers.families.heading_patterns import DASH, DASHES, DATE, PLACEHOLDER, VERB, landmark, title_of
from parsers.lines import Line

HEADING_CHARACTERS = 400
LONGEST_DATE = 60
REMEMBERED = 256
"""Headings that are remembered taken apart: a page's lines are looked at several times."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading taken apart, not yet judged: `words` stand between series and noun; `date`, `title` may be empty."""

    date: str
    words: str
    title: str


class HeadingGrammar:
    """Recognises headings of one series (`CSSC`) whose label ends in one noun (`Message`)."""

    def __init__(self, series: str, noun: str) -> None:
        label = rf"{series}\s(?P<words>(?:[\w/&+-]{{1,20}}\s){{0,5}}?){noun}\b"
        capitalised = r"[A-Z]\w{0,19}"
        near_label = (
            rf"{series}(?:\s{capitalised}){{0,4}}\s?(?:{DASH}|$)|(?:{capitalised}\s){{0,4}}{noun}s?\s?(?:{DASH}|$)"
        )
        self._whole = re.compile(
            rf"(?P<date>{DATE}(?=\W|{series})|(?:{PLACEHOLDER})(?=\s?{DASH}))?\s?{DASH}{{0,2}}\s?{label}\s?(?P<dash>{DASH}*)\s?(?P<title>.*)",
            re.I,
        )
        self._label = re.compile(rf"{DASH}?\s?{label}\s?(?P<dash>{DASH}?)\s?(?P<title>.*)")
        self._near = re.compile(rf"{DATE}\s?{DASH}{{0,2}}\s?(?:{near_label})")
        self._dated = re.compile(rf"{DATE}\s?(?:{DASH}|$)")
        self._date_only = re.compile(rf"(?:{DATE})\s?{DASH}?")
        self._sentence = re.compile(VERB)
        self.series = series.casefold()
        self._taken_apart = lru_cache(maxsize=REMEMBERED)(self._take_apart)
        self.landmark = landmark(series, noun)

    def take_apart(self, words: str) -> Heading | None:
        """The parts of a heading, whether or not they are right; None where the words are none."""
        return self._taken_apart(words) if self.series in words[:160].casefold() else None

    def _take_apart(self, words: str) -> Heading | None:
        found = self._whole.match(words[:HEADING_CHARACTERS])
        if not found:
            return None
        rest = words[found.start("title") :]
        if not found["dash"] and self._sentence.match(rest):
            return None
        return Heading((found["date"] or "").strip(" " + DASHES), found["words"].strip(), title_of(rest))

    def is_candidate(self, line: Line) -> bool:
        """Whether a line starts an entry, readable or damaged: wider than what parses, so that damage is loud."""
        words = line.text[:HEADING_CHARACTERS]
        heading = self.take_apart(line.text)
        if heading and heading.date:
            return True
        if heading:
            return bool(line.emphasis) or self._undated_heading(line.text)
        return bool(self._near.match(words)) or (line.heading and bool(self._dated.match(words)))

    def _undated_heading(self, words: str) -> bool:
        found = self._label.match(words[:HEADING_CHARACTERS])
        if not found:
            return False
        title = words[found.start("title") :]
        return bool(found["dash"]) or not title or (len(title) <= 100 and title[0].isupper() and title[-1] not in ".!?")

    def is_date(self, words: str) -> bool:
        """Whether the words are a date, or the damaged form of one, and nothing else."""
        return len(words) <= LONGEST_DATE and bool(self._date_only.fullmatch(words))

    def is_label(self, words: str) -> bool:
        """Whether the words start with the label of a heading, without a date before it."""
        return bool(self._label.match(words[:HEADING_CHARACTERS]))


@cache
def heading_grammar(series: str, noun: str) -> HeadingGrammar:
    return HeadingGrammar(series, noun)
