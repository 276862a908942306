"""Words that a rule cannot do without: where none of them stands, the rule need not be tried."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

ODD_LETTERS = (("\u0130", "i"), ("\u0131", "i"), ("\u017f", "s"), ("\u212a", "k"))
"""Letters that are one of ASCII's to a pattern that ignores case: İ, ı, ſ and the sign of the kelvin."""


def in_small_letters(words: str) -> str:
    """The words in small letters, with spaces for white space: a rule's words are seen in them, whatever their case."""
    small = words.replace("\n", " ")
    if not small.isascii():
        for odd, plain in ODD_LETTERS:
            small = small.replace(odd, plain)
    if not small.isprintable():
        small = " ".join(small.split())
    return small.lower()


def is_gap(character: str) -> bool:
    """Whether a word may begin after this character: no letter, digit, `_`, `@`, `#` or `-`."""
    return character == " " or not (character.isalnum() or character in "_@#-")


class Clues:
    """Finds all of many words in one pass over a text, so that a rule costs nothing where it cannot apply.

    The words are given in small letters, by what they are a clue to; they are found inside other words too.
    """

    def __init__(self, **words: Iterable[str]) -> None:
        meanings: dict[str, set[str]] = {}
        for meaning, each in words.items():
            for word in each:
                meanings.setdefault(word, set()).add(meaning)
        self._words = tuple(meanings)
        self._meanings = tuple(map(frozenset, meanings.values()))
        self._automaton = AhoCorasick(self._words, implementation=Implementation.DFA)

    def given_by(self, small: str) -> frozenset[str]:
        """What there are clues to in a text in small letters."""
        found = {index for index, _, _ in self._matches(small)}
        return frozenset().union(*[self._meanings[index] for index in found])

    def places(self, small: str) -> list[tuple[int, str]]:
        """Where each of the words begins in a text in small letters, in order."""
        return sorted([(start, self._words[index]) for index, start, _ in self._matches(small)])

    def beginnings(self, small: str) -> list[tuple[int, str]]:
        """Where each of the words begins that stands after nothing of a word, an address or a handle, in order."""
        places = [(start, index) for index, start, _ in self._matches(small) if not start or is_gap(small[start - 1])]
        return sorted([(start, self._words[index]) for start, index in places])

    def _matches(self, small: str) -> list[tuple[int, int, int]]:
        """Overlapping ones too; halves of characters, which the automaton refuses, are no part of any word."""
        try:
            return self._automaton.find_matches_as_indexes(small, overlapping=True)
        except UnicodeEncodeError:
            whole = small.encode("utf-8", "replace").decode("utf-8")
            return self._automaton.find_matches_as_indexes(whole, overlapping=True)
