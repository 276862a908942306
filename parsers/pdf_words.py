"""The characters that PDFs give for text, and what a reader sees for them."""

from __future__ import annotations

import re
import unicodedata

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
SEPARATORS = "\x1c\x1d\x1e"
"""Controls at which Python ends a line; to PDFium they are characters like others."""
SYMBOL_BULLET = "\uf0b7"
BROKEN_HYPHEN = "\ufffe"
"""What PDFium puts for a hyphen at a line end together with the line end itself."""

_HYPHENS = re.compile("\ufffe\n?|\xad(?=\\s*\n)")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\uffff\uf0b7\ufb00-\ufb06\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_INVISIBLE = frozenset("\xad\u200b\u2060\ufeff")


def clean(raw_text: str) -> str:
    """NFC text with its lines kept, white space folded within them, ligatures spelled out, controls as spaces."""
    text = "\n".join(f"{_without_separators(raw_text)}.".splitlines())[:-1]
    if BROKEN_HYPHEN in text or "\xad" in text:
        text = _HYPHENS.sub(lambda hit: "-" if hit[0] == "\xad" else "-\n", text)
    text = "\n".join([" ".join(line.split()) for line in _ODD.sub(_plain, text).split("\n")])
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return unicodedata.normalize("NFC", text).strip("\n")


def _without_separators(text: str) -> str:
    for each in SEPARATORS:
        text = text.replace(each, " ")
    return text


def _plain(hit: re.Match[str]) -> str:
    """What a reader sees for a character that is not text."""
    char = hit[0]
    if char in LIGATURES:
        return LIGATURES[char]
    if char == SYMBOL_BULLET:
        return "•"
    if char in _INVISIBLE:
        return ""
    return "\ufffd" if "\ud800" <= char <= "\udfff" else " "
