"""Prose replaced by words of our own, as long as its own; what a parser goes by stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence

FEW_WORDS = 2
"""Text of so many words is a label, not prose."""
MOST_KEPT = (4, 6, 9)
"""So many words of the publisher's may stand in a row, then one is replaced whatever it is (a date's apart).

The fewest with which a parser still finds what it found.
"""
MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
DATE_WORDS = frozenset(
    (
        *MONTHS.split(),
        *(month[:3] for month in MONTHS.split()),
        *DAYS.split(),
        *(day[:3] for day in DAYS.split()),
        *"sept tues weds thur thurs st nd rd th am pm noon midnight gmt bst utc est z t".split(),
    )
)
LABELS = frozenset(
    (
        *"green yellow amber red message alert warning notice update updated issued published posted".split(),
        *"date released modified last next older page previous withdrawn cancelled ended expired until from".split(),
    )
)
PIECE = re.compile(
    r"(?P<address>(?:https?://|www\.|(?<![\w<./])/(?=\w))[^\s<>\"']+|[\w.+-]+@[\w-]+\.[\w.-]+)|(?P<entity>&#?\w{1,32};)|"
    r"(?P<mixed>\w*\d\w*)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
)
SYLLABLES = "ba co di fe lo mi na or pe qui re sa tu ve al en is um ex ul ni ma te si ca lu ra vi so do".split()


def words_in(text: str) -> list[str]:
    """The words of a text, without addresses, entities and what has digits in it."""
    return [found["word"] for found in PIECE.finditer(text) if found["word"]]


class Filler:
    """Fills prose. `kept` are the words (in small letters) that a parser looks for, `most_kept` how many in a row.

    The same word has the same filler everywhere, so that what is said twice is still said twice.
    """

    def __init__(self, kept: Collection[str] = (), most_kept: int = MOST_KEPT[0]) -> None:
        self._most_kept = most_kept
        self._kept = frozenset((*LABELS, *kept))
        self._filler: dict[str, str] = {}

    def fill(self, texts: Sequence[str]) -> list[str]:
        """Parts of one run of text, filled where they are more than a few words together."""
        if sum(len(words_in(text)) for text in texts) <= FEW_WORDS or len("".join(texts).split()) == 1:
            return list(texts)
        in_a_row = [0]
        return [self._filled(text, in_a_row) for text in texts]

    def _filled(self, text: str, in_a_row: list[int]) -> str:
        return "".join(self._pieces(text, in_a_row))

    def _pieces(self, text: str, in_a_row: list[int]) -> Iterator[str]:
        end = 0
        for found in PIECE.finditer(text):
            yield text[end : found.start()]
            end = found.end()
            word = found["word"]
            yield self._word(word, in_a_row) if word else found[0]
        yield text[end:]

    def _word(self, word: str, in_a_row: list[int]) -> str:
        known = word.casefold()
        is_kept = known in DATE_WORDS or len(word) == 1 or (known in self._kept and in_a_row[0] < self._most_kept)
        in_a_row[0] = in_a_row[0] + 1 if is_kept else 0
        return word if is_kept else _in_the_case_of(word, self._filler_of(known, len(word)))

    def _filler_of(self, known: str, length: int) -> str:
        """The filler of a word; in small letters a word may be longer than it is printed (`ß`)."""
        if known not in self._filler:
            attempt = 0
            while (made := _made(known, length, attempt)) == known or made in self._kept or made in DATE_WORDS:
                attempt += 1
            self._filler[known] = made
        return self._filler[known].ljust(length, "a")[:length]


def _made(known: str, length: int, attempt: int) -> str:
    digest = hashlib.shake_256(f"{attempt} {known}".encode()).digest(length)
    return "".join(SYLLABLES[byte % len(SYLLABLES)] for byte in digest)[:length]


def _in_the_case_of(word: str, filler: str) -> str:
    """The filler in the capitals of a word; its apostrophes stay where they are."""
    return "".join(
        mark if not mark.isalpha() else made.upper() if mark.isupper() else made
        for mark, made in zip(word, filler, strict=True)
    )
