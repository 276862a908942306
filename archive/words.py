"""The words of a text as search knows them: folded here, so that every database sees the same ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_WORD_CHARACTERS = 400
"""A longer run is several words in a row: PostgreSQL takes no lexeme over 2,046 bytes."""

WORD = re.compile(rf"[^\W_]{{1,{MAX_WORD_CHARACTERS}}}")
MAX_REMEMBERED_CHARACTERS = 20_000


class _FoldTable(dict[int, str]):
    def __missing__(self, codepoint: int) -> str:
        folded = _fold_character(chr(codepoint))
        if len(self) < MAX_REMEMBERED_CHARACTERS:
            self[codepoint] = folded
        return folded


def _fold_character(character: str) -> str:
    plain = _without_marks(unicodedata.normalize("NFKD", character)).casefold()
    return _without_marks(unicodedata.normalize("NFKD", plain))


def _without_marks(text: str) -> str:
    return "".join(each for each in text if not unicodedata.combining(each) and unicodedata.category(each) != "Cf")


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """The text without case, accents, ligatures and invisible format characters (NFKD, casefold), one by one."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def words(text: str) -> list[str]:
    """The words of the text in order: folded runs of letters and digits."""
    return WORD.findall(fold(text))


def word_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word with its start and end in the text as it was before folding, marks on its last letter included."""
    folded = fold(text)
    origins = _origins(text)
    for match in WORD.finditer(folded):
        start, end = match.span()
        if origins:
            start, end = origins[start], max(origins[end - 1] + 1, origins[end])
        yield match[0], start, end


def _origins(text: str) -> list[int]:
    """For each folded character and for the end the offset it came from; empty where folding moves nothing."""
    if text.isascii() or all(len(_FOLD[ord(character)]) == 1 for character in set(text)):
        return []
    return [*(offset for offset, character in enumerate(text) for _ in _FOLD[ord(character)]), len(text)]
