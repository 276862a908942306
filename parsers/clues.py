"""Words that a rule cannot do without: where none of them stands, the rule need not be tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from parsers.lines import is_printable

ODD_LETTERS = (("\u0130", "i"), ("\u0131", "i"), ("\u017f", "s"), ("\u212a", "k"))
"""Letters that are one of ASCII's to a pattern that ignores case: İ, ı, ſ and the sign of the kelvin."""


def in_small_letters(words: str) -> str:
    """The words in small letters, with spaces for white space: a rule's words are seen in them, whatever their case."""
    return _small(words)[0]


def _small(words: str) -> tuple[str, bool]:
    """The words in small letters, and whether each of their letters stands at its place and is itself in them."""
    small, in_place = words.replace("\n", " "), True
    if not small.isascii():
        for odd, plain in ODD_LETTERS:
            if odd in small:
                small, in_place = small.replace(odd, plain), False
    if not is_printable(small):
        small, in_place = " ".join(small.split()), False
    return small.lower(), in_place


def is_gap(character: str) -> bool:
    """Whether a word may begin after this character: no letter, digit, `_`, `@`, `#` or `-`."""
    return character == " " or not (character.isalnum() or character in "_@#-")


Matches = list[tuple[int, int, int]]


class Look(NamedTuple):
    """What one look at a text finds: its words in small letters and what there are clues to in them.

    `in_place`: whether each letter stands at its place in `small` and is itself, so that rules can be tried there.
    """

    small: str
    in_place: bool
    meanings: frozenset[str]
    clues: Clues
    matches: Matches

    def places(self, meaning: str) -> list[tuple[int, str]]:
        """Where each of the words begins that is a clue to this, in order."""
        words, clues = self.clues.words, self.clues.clues_to[meaning]
        return sorted([(start, words[index]) for index, start, _ in self.matches if index in clues])

    def beginnings(self, meaning: str) -> list[tuple[int, str]]:
        """Those of its places that stand after nothing of a word, an address or a handle."""
        small, words, clues = self.small, self.clues.words, self.clues.clues_to[meaning]
        return sorted(
            [
                (start, words[index])
                for index, start, _ in self.matches
                if index in clues and (not start or small[start - 1] == " " or is_gap(small[start - 1]))
            ]
        )


class Clues:
    """Finds all of many words in one pass over a text, so that a rule costs nothing where it cannot apply.

    The words are given in small letters, by what they are a clue to; they are found inside other words too.
    """

    def __init__(self, **words: Iterable[str]) -> None:
        meanings: dict[str, set[str]] = {}
        for meaning, each in words.items():
            for word in each:
                meanings.setdefault(word, set()).add(meaning)
        self.words = tuple(meanings)
        self.meanings = tuple(map(frozenset, meanings.values()))
        self.clues_to = {each: frozenset(n for n, meant in enumerate(self.meanings) if each in meant) for each in words}
        self._automaton = AhoCorasick(self.words, implementation=Implementation.DFA)

    def look_at(self, words: str) -> Look:
        """What there is in these words."""
        small, in_place = _small(words)
        matches = self._matches(small)
        return Look(small, in_place, self._meant(matches), self, matches)

    def given_by(self, small: str) -> frozenset[str]:
        """What there are clues to in a text in small letters."""
        return self._meant(self._matches(small))

    def places(self, small: str) -> list[tuple[int, str]]:
        """Where each of the words begins in a text in small letters, in order."""
        return sorted([(start, self.words[index]) for index, start, _ in self._matches(small)])

    def beginnings(self, small: str) -> list[tuple[int, str]]:
        """Where each of the words begins that stands after nothing of a word, an address or a handle, in order."""
        places = [(start, index) for index, start, _ in self._matches(small) if not start or is_gap(small[start - 1])]
        return sorted([(start, self.words[index]) for start, index in places])

    def _meant(self, matches: Matches) -> frozenset[str]:
        return frozenset().union(*[self.meanings[index] for index in {index for index, _, _ in matches}])

    def _matches(self, small: str) -> Matches:
        """Overlapping ones too; halves of characters, which the automaton refuses, are no part of any word."""
        try:
            return self._automaton.find_matches_as_indexes(small, overlapping=True)
        except UnicodeEncodeError:
            whole = small.encode("utf-8", "replace").decode("utf-8")
            return self._automaton.find_matches_as_indexes(whole, overlapping=True)
