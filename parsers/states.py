"""States that a bulletin gives of itself, in title or body, by set phrases: update, corrected, closed, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from parsers.clues import Clues, in_small_letters
from parsers.lines import DIVIDER

SCHEME = "state"
MAX_CHARACTERS = 200_000
TITLE_CHARACTERS = 400

_BY = r"\s?[:.–—-](?:\s|$)"
_OWN = r"(?:message|alert|notification|bulletin|notice)"
_NUMBERED = r"(?:\s(?:no\.?\s?)?\d{1,2})?"
_WHEN = r"(?:,?\s(?:as\sof|as\sat|at|on|with\seffect\sfrom)\s[\w:./\s]{1,40})?"

TITLE_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, re.compile(words))
    for state, words in (
        ("update", rf"(?i:(?:(?:further|latest|final|incident|police)\s)?updated?){_NUMBERED}{_BY}"),
        ("update", r"(?i:incident\supdate\s(?:re|on|regarding|in\srelation\sto)\b|update\s(?:re|on|regarding)\b)"),
        ("update", r"UPDATED\b|UPDATE\b(?!\s[A-Z]{2})"),
        ("corrected", rf"(?i:correct(?:ed|ion)){_BY}"),
        ("withdrawn", r"WITHDRAWN\s?:(?:\s|$)"),
        ("withdrawn", rf"(?i:{_OWN}\s(?:has\sbeen\s|is\s)?withdrawn)\W*$"),
        ("closed", rf"(?i:(?:this\s)?{_OWN}\s(?:is\snow|is|now|has\sbeen|has\snow\sbeen)?\s?closed)\W*$"),
    )
)
"""What a title, or a part of it after a dash or a colon, starts with."""
ANYWHERE_IN_TITLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, re.compile(words))
    for state, words in (
        ("update", r"[\[(*]{1,2}\s?(?i:updated?)\s?[\])*]{1,2}"),
        ("corrected", r"[\[(*]{1,2}\s?(?i:correct(?:ed|ion))\s?[\])*]{1,2}"),
        ("withdrawn", r"^[\[(](?i:withdrawn)[\])]|[\[(](?i:withdrawn)[\])]$"),
    )
)
"""What stands in brackets in a title; `withdrawn` only before or after everything else."""
PART = re.compile(r"\s[-–—|]\s|\s?[–—]\s|:\s")

LINE_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, re.compile(words))
    for state, words in (
        ("update", rf"\W{{0,3}}UPDATE{_NUMBERED}(?:\s[\d:./ hrs]{{1,20}})?\s?\W{{0,2}}[:–—-](?:\s|$)"),
        ("update", r"\W{1,3}UPDATED?\W{1,3}"),
        ("corrected", rf"\W{{0,3}}CORRECTION\W{{0,2}}{_BY}|Correction:\s|[\[(](?i:corrected)[\])]"),
    )
)
"""What a line of the body starts with; `Update:` in small letters only where the body starts with it."""
FIRST_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("update", re.compile(rf"(?i:(?:(?:further|latest|final|incident)\s)?update){_NUMBERED}\s?:\s")),
)
_LEAD = r"(?:Please\snote(?:\sthat|:)?\s|NB:?\s|UPDATED?\s?[:–—-]\s)?"
SENTENCE_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "closed",
        re.compile(
            rf"(?:^|(?<=[.!?]\s)){_LEAD}(?i:this\s(?:CSSC\s)?{_OWN}\s(?:is\snow|has\snow\sbeen)\sclosed){_WHEN}"
            r"(?=[.!]?$|[.!]\s)",
            re.MULTILINE,
        ),
    ),
)
"""Sentences about this message as a whole, wherever they stand in its current part; each has its state's own word."""
OWN_LINE_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("closed", re.compile(rf"{_LEAD}(?i:this\s(?:CSSC\s)?{_OWN}\s(?:is|has\sbeen)\sclosed){_WHEN}[.!]?$")),
    (
        "withdrawn",
        re.compile(
            rf"{_LEAD}(?i:this\s(?:CSSC\s)?{_OWN}\s(?:is|was|has)\s(?:now\s)?(?:been\s)?withdrawn){_WHEN}[.!]?$"
        ),
    ),
)
"""Sentences that say so only where they are a line of their own: inside a paragraph `this` may be another one."""
STARTS_OF_LINES = (*LINE_PHRASES, *OWN_LINE_PHRASES)

EARLIER = re.compile(
    r"(?i:(?:previous|earlier|original|initial)\s(?:text|statement|appeal|(?:press\s)?release|message|update|story)|"
    r"(?:previously|earlier|originally)\s(?:issued|published|released))"
    r"(?:,?\s(?:from|of|on|at|dated|issued)\b[^.]{0,50})?\s?[:.]?$"
)

EARLIER_LINE = re.compile(r"\n(?:previous|earlier|original|initial)", re.IGNORECASE)
DIVIDING_LINE = re.compile(r"\n\s*[.…_–—-]")
"""Where these stand nowhere, no line is EARLIER, and none but the first a divider."""

OF_STATES = {"update": ("update",), "corrected": ("correct",), "closed": ("closed",), "withdrawn": ("withdrawn",)}
OF_SENTENCES = {"now closed": ("now closed", "now been closed"), "is closed": ("is closed", "been closed")}
"""Without these, in small letters, no sentence and no line of its own says that the bulletin is closed."""
OF_EARLIER_TEXT = ("previous", "earlier", "original", "initial")
CLUES = (*(word for words in OF_STATES.values() for word in words), *OF_EARLIER_TEXT)
"""Without one of these, in small letters, neither title nor text says anything of the bulletin's state."""
BY_STATE = Clues(**OF_STATES, **OF_SENTENCES, earlier=OF_EARLIER_TEXT)


class State(NamedTuple):
    """A state and the words that give it."""

    value: str
    evidence: str


def states(
    title: str | None, text: str, in_title: frozenset[str] | None = None, in_text: frozenset[str] | None = None
) -> tuple[State, ...]:
    """The states that the bulletin gives of itself, each once, with the first words that say so.

    `closed` and `withdrawn` come only from sentences about this message as a whole, and never from the earlier text
    that an update repeats below a divider. `in_title` and `in_text`: what both were found to have clues to already.
    """
    found: dict[str, str] = {}
    in_title = _clues(title or "") if in_title is None else in_title
    in_text = _clues(text) if in_text is None else in_text
    for value, evidence in _stated(title or "", text[:MAX_CHARACTERS], in_title, in_text):
        found.setdefault(value, evidence)
    return tuple(State(value, evidence) for value, evidence in sorted(found.items()))


def earlier_text(title: str | None, text: str) -> int | None:
    """Where in the text the earlier text begins that an update repeats below; None where nothing shows that.

    A line `Previous statement:` shows it; a divider (`.....`) does where title or first words say `update`.
    """
    in_text = _clues(text)
    said = (*_in_title(title or "", _clues(title or "")), *_at_the_top(text, in_text))
    return _earlier(text, "earlier" in in_text, says_update=any(value == "update" for value, _ in said))


def _earlier(text: str, may_say: bool, *, says_update: bool) -> int | None:
    """Where the earlier text begins; `may_say`: whether a line may say so, `says_update`: whether dividers do."""
    if not ((may_say and EARLIER_LINE.search(text)) or (says_update and DIVIDING_LINE.search(text))):
        return None
    place = 0
    for line in text[:MAX_CHARACTERS].split("\n"):
        starts_below = place + len(line) + 1
        if place and (EARLIER.match(line) or (says_update and DIVIDER.fullmatch(line.strip()))):
            return starts_below if text[starts_below:].strip() else None
        place = starts_below
    return None


def _clues(words: str) -> frozenset[str]:
    return BY_STATE.given_by(in_small_letters(words))


def _stated(title: str, text: str, in_title: frozenset[str], in_text: frozenset[str]) -> Iterator[tuple[str, str]]:
    of_title, at_top = tuple(_in_title(title, in_title)), tuple(_at_the_top(text, in_text))
    says_update = any(value == "update" for value, _ in (*of_title, *at_top))
    below = _earlier(text, "earlier" in in_text, says_update=says_update)
    current = text if below is None else text[:below]
    yield from of_title
    yield from at_top if below is None else _at_the_top(current, in_text)
    yield from _in_lines(current, in_text)
    for value, pattern in SENTENCE_PHRASES:
        for sentence in pattern.finditer(current) if f"now {value}" in in_text else ():
            yield value, f"text {_words(sentence)!r}"
    if below is not None:
        divider = current.rstrip("\n").rsplit("\n", 1)[-1]
        yield "update", f"earlier text below {divider[:60]!r}"


def _in_title(title: str, clues: frozenset[str]) -> Iterator[tuple[str, str]]:
    if clues.isdisjoint(OF_STATES):
        return
    title = " ".join(title[:TITLE_CHARACTERS].split())
    starts = [0, *(part.end() for part in PART.finditer(title))]
    for value, pattern in TITLE_PHRASES:
        for start in starts if value in clues else ():
            if phrase := pattern.match(title, start):
                yield value, f"title {_words(phrase)!r}"
    for value, pattern in ANYWHERE_IN_TITLE:
        if value in clues and (phrase := pattern.search(title)):
            yield value, f"title {_words(phrase)!r}"


def _at_the_top(text: str, clues: frozenset[str]) -> Iterator[tuple[str, str]]:
    if clues.isdisjoint(OF_STATES):
        return
    start = text.lstrip()
    for value, pattern in (*FIRST_WORDS, *LINE_PHRASES):
        if value in clues and (phrase := pattern.match(start)):
            yield value, f"first words {_words(phrase)!r}"


def _in_lines(current: str, clues: frozenset[str]) -> Iterator[tuple[str, str]]:
    possible = [
        (value, pattern)
        for value, pattern in STARTS_OF_LINES
        if value in clues and (value != "update" or "UPDATE" in current) and (value != "closed" or "is closed" in clues)
    ]
    for line in current.split("\n") if possible else ():
        for value, pattern in possible:
            if phrase := pattern.match(line.strip()):
                yield value, f"text {_words(phrase)!r}"


def _words(phrase: re.Match[str]) -> str:
    return " ".join(phrase.group().split())[:80]
