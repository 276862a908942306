"""How much of a heading's title stands on lines of its own, behind its label."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.families.dated_headings import HeadingGrammar
from parsers.families.heading_labels import PIECES, starts
from parsers.families.run_in_headings import LONGEST_TITLE, is_sentence
from parsers.lines import Line

LONGEST_TAIL = 80
TITLE_NAMES = frozenset(("title", "subject", "headline", "entry-title", "post-title", "item-title"))


def title_size(lines: Sequence[Line], place: int, size: int, grammar: HeadingGrammar, *, has_title: bool) -> int:
    """How many lines after date and label still belong to the heading."""
    emphasised = _emphasised_tail(lines, place, size, grammar, has_title)
    if emphasised or has_title or place + size >= len(lines):
        return emphasised
    last, line = lines[place + size - 1], lines[place + size]
    if len(line.text) > LONGEST_TITLE or starts(lines, place + size, grammar):
        return 0
    after = lines[place + size + 1] if place + size + 1 < len(lines) else None
    if last.row and line.row == last.row:
        return int(_is_title_cell(last, line, after, body_follows=not starts(lines, place + size + 1, grammar)))
    if line.block != last.block:
        return int(bool(line.names & TITLE_NAMES))
    dashed = line.bullet in ("-", "–", "—") and not (after and after.bullet)
    return int(dashed and line.block != 0)


def _emphasised_tail(lines: Sequence[Line], place: int, size: int, grammar: HeadingGrammar, has_title: bool) -> int:
    """Lines of the same heading or bold element, where it ends soon and a body follows it."""
    first = lines[place]
    end = place + size
    while first.emphasis and end < len(lines) and lines[end].emphasis == first.emphasis:
        end += 1
    tail = lines[place + size : end]
    if not tail or len(tail) >= PIECES or starts(lines, end, grammar):
        return 0
    if any(grammar.is_candidate(line) for line in tail) or sum(len(line.text) for line in tail) > LONGEST_TITLE:
        return 0
    if (
        has_title
        and not first.heading
        and any(is_sentence(line.text) or len(line.text) > LONGEST_TAIL for line in tail)
    ):
        return 0
    return len(tail)


def _is_title_cell(last: Line, line: Line, after: Line | None, *, body_follows: bool) -> bool:
    """Whether the cell after the label's is a title: another cell, or a body outside the row, comes after it."""
    if line.column != last.column + 1:
        return False
    if after and after.row == line.row:
        return after.column != line.column
    return line.columns > line.column + 1 or body_follows
