"""What revisions changed, as lines of plain text: what a terminal shows where the desk shows colours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from web.diffs import Difference, Piece, differences

MARKS = {"gone": ("[-", "-]"), "new": ("{+", "+}"), "same": ("", "")}
LINE_BREAK = "¶"
"""Stands for a line break that nothing else would show."""
SHA256_SHOWN = 16


def lines_of(revisions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The latest changes, in order: what is gone begins with -, what is new with +; within a text both are in brackets.

    `revisions` are those of `archive.reading.history`.
    """
    found = differences(revisions)
    if len(revisions) > len(found) + 1:
        yield f"the {len(found)} latest changes of {len(revisions) - 1}"
    for each in reversed(found):
        yield from _lines(each)


def _lines(found: Difference) -> Iterator[str]:
    after = found.after
    numbers = f"{found.before['revision']} → {after['revision']}"
    yield f"revision {numbers} ({after['cause']}, {after['at']:%Y-%m-%d %H:%M} UTC)"
    for change in found.fields:
        yield from (f"  - {change.name}: {_in_a_line(value)}" for value in change.gone)
        yield from (f"  + {change.name}: {_in_a_line(value)}" for value in change.new)
    for url, *hashes in found.documents:
        yield from (
            f"  {sign} document: {_in_a_line(url)} {each[:SHA256_SHOWN]}"
            for sign, each in zip("-+", hashes, strict=True)
            if each
        )
    if found.text:
        yield from (f"    {line}" for line in "".join(map(_marked, found.text)).removesuffix("\n").split("\n"))


def _in_a_line(value: str) -> str:
    """A value without line breaks, so that none of its words stand where a line of ours begins."""
    return value.replace("\n", LINE_BREAK)


def _marked(piece: Piece) -> str:
    """A piece of a text, where it runs over several lines each in brackets; line breaks alone are marked as such."""
    if piece.kind == "cut":
        return "\n[…]\n"
    begin, end = MARKS[piece.kind]
    lines = piece.text.split("\n")
    if piece.kind != "same" and not any(lines):
        marked = f"{begin}{piece.text.replace(chr(10), LINE_BREAK)}{end}"
        return marked + piece.text if piece.kind == "new" else marked
    return "\n".join(f"{begin}{line}{end}" if line else "" for line in lines)
