"""Where the label of a heading starts, and over how many lines markup has broken it from its date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.families.dated_headings import HeadingGrammar
from parsers.lines import Line

PIECES = 4
"""How many lines a broken heading is put together from at most."""
LONGEST_HEADING = 300
MARK, MARKED = re.compile("[0-9XY?#]"), 32
"""One of these stands within so many characters of every date, whole or damaged."""


def label_size(lines: Sequence[Line], place: int, grammar: HeadingGrammar) -> int:
    """How many lines from here make date and label of one heading; 0 where none starts here."""
    first = lines[place]
    if not _may_start(first, grammar):
        return 0
    heading = grammar.take_apart(first.text)
    if heading and heading.date:
        return 1
    return _split_label_size(lines, place, grammar) or int(grammar.is_candidate(first))


def _may_start(line: Line, grammar: HeadingGrammar) -> bool:
    """Whether a line can start a heading at all: it is emphasised, has the series or begins like a date."""
    return bool(line.emphasis or MARK.search(line.text, 0, MARKED)) or grammar.series in line.text[:160].casefold()


def _split_label_size(lines: Sequence[Line], place: int, grammar: HeadingGrammar) -> int:
    first = lines[place]
    dated = grammar.is_date(first.text)
    if not dated and not first.emphasis:
        return 0
    words = first.text
    for size, line in enumerate(lines[place + 1 : place + PIECES], start=2):
        together = line.emphasis == first.emphasis != 0 or line.row == first.row != 0
        words = f"{words} {line.text}"
        if len(words) > LONGEST_HEADING or not (together or (dated and size == 2)):
            return 0
        heading = grammar.take_apart(words)
        if heading and heading.date:
            return size if together or grammar.is_label(line.text) else 0
    return 0


def starts(lines: Sequence[Line], place: int, grammar: HeadingGrammar) -> bool:
    """Whether an entry starts here, or the page ends."""
    return place >= len(lines) or label_size(lines, place, grammar) > 0
