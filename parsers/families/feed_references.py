"""References to characters as feeds write them, made those that XML knows."""

from __future__ import annotations

import re
from html import escape, unescape
from html.entities import html5

REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:(#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});)?"
)
CHARACTERS = ((32, 126), (160, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""What may be referred to by number (XML 1.0, 2.2); 128 to 159 mean windows-1252 (HTML Living Standard 13.2.5.80)."""


def with_known_references(characters: str) -> str:
    """The characters with references that XML does not know resolved, and a lone `&` as `&amp;`."""
    return REFERENCE.sub(_reference, characters)


def _reference(found: re.Match[str]) -> str:
    name = found.group(1)
    if not name:
        return "&amp;"
    if name[0] != "#":
        return escape(html5[f"{name};"]) if f"{name};" in html5 else f"&amp;{name};"
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if code in (9, 10, 13) or any(first <= code <= last for first, last in CHARACTERS):
        return found.group()
    return re.sub("[\x00-\x1f]", " ", unescape(found.group()))
