"""The characters that PDFs give for text, and what a reader sees for them."""

from __future__ import annotations

import re
import unicodedata

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
SYMBOL_BULLET = "\uf0b7"
BROKEN_HYPHEN = "\ufffe"
"""What PDFium puts for a hyphen at a line end together with the line end itself."""

_LINE_ENDS = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_HYPHENS = re.compile("\ufffe\n?|\xad(?=\\s*\n)")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\uffff\uf0b7\ufb00-\ufb06\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_INVISIBLE = frozenset("\xad\u200b\u2060\ufeff")


def clean(raw_text: str) -> str:
    """NFC text with its lines kept, white space folded within them, ligatures spelled out, controls as spaces."""
    text = _LINE_ENDS.sub("\n", raw_text.replace("\r\n", "\n"))
    if BROKEN_HYPHEN in text or "\xad" in text:
        text = _HYPHENS.sub(lambda hit: "-" if hit[0] == "\xad" else "-\n", text)
    text = _ODD.sub(_plain, text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", "\n".join(lines))).strip("\n")


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
