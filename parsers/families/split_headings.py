"""Headings that markup has broken over lines or cells: back on one line of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.families.dated_headings import HeadingGrammar
from parsers.families.run_in_headings import LONGEST_TITLE, is_sentence, without_run_ins
from parsers.lines import Line

PIECES = 4
"""How many lines a broken heading is put together from at most."""
LONGEST_HEADING, LONGEST_TAIL = 300, 80
TITLE_NAMES = frozenset(("title", "subject", "headline", "entry-title", "post-title", "item-title"))


def whole_headings(lines: Sequence[Line], grammar: HeadingGrammar) -> tuple[list[Line], list[int]]:
    """The lines with every heading on one line, split ones joined, run-in ones cut from their body; and where they are.

    A heading that is only a link to a place on the same page, where it stands again, is a table of contents: left out.
    """
    whole = list(_joined(list(without_run_ins(lines, grammar)), grammar))
    pointing = {place for place, (line, _) in enumerate(whole) if _points_within(line)}
    if pointing:
        stands = {line.text for place, (line, _) in enumerate(whole) if place not in pointing}
        whole = [
            (line, starts)
            for place, (line, starts) in enumerate(whole)
            if not (place in pointing and line.text in stands and grammar.is_candidate(line))
        ]
    return [line for line, _ in whole], [place for place, (_, starts) in enumerate(whole) if starts]


def _points_within(line: Line) -> bool:
    return bool(line.anchors) and any(
        anchor.href.startswith("#") and len(anchor.href) > 1 and anchor.text == line.text for anchor in line.anchors
    )


def _joined(lines: list[Line], grammar: HeadingGrammar) -> Iterator[tuple[Line, bool]]:
    """The lines, those of one heading as one, each with whether an entry starts there."""
    place = 0
    while place < len(lines):
        size = _label_size(lines, place, grammar)
        if size == 0:
            yield lines[place], False
            place += 1
            continue
        words = " ".join(line.text for line in lines[place : place + size])
        heading = grammar.take_apart(words)
        title = _title_size(lines, place, size, grammar, has_title=bool(heading and heading.title))
        if title:
            glue = " " if heading and heading.title else " - "
            words += glue + " ".join(line.text for line in lines[place + size : place + size + title])
        pieces = lines[place : place + size + title]
        whole = lines[place]._replace(text=words, anchors=tuple(anchor for line in pieces for anchor in line.anchors))
        yield whole, grammar.is_candidate(whole)
        place += size + title


def _label_size(lines: list[Line], place: int, grammar: HeadingGrammar) -> int:
    """How many lines from here make date and label of one heading; 0 where none starts here."""
    first = lines[place]
    heading = grammar.take_apart(first.text)
    if heading and heading.date:
        return 1
    return _split_label_size(lines, place, grammar) or int(grammar.is_candidate(first))


def _split_label_size(lines: list[Line], place: int, grammar: HeadingGrammar) -> int:
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


def _title_size(lines: list[Line], place: int, size: int, grammar: HeadingGrammar, *, has_title: bool) -> int:
    """How many lines after date and label still belong to the heading."""
    emphasised = _emphasised_tail(lines, place, size, grammar, has_title)
    if emphasised or has_title or place + size >= len(lines):
        return emphasised
    last, line = lines[place + size - 1], lines[place + size]
    if len(line.text) > LONGEST_TITLE or _starts(lines, place + size, grammar):
        return 0
    after = lines[place + size + 1] if place + size + 1 < len(lines) else None
    if last.row and line.row == last.row:
        return int(_is_title_cell(last, line, after, body_follows=not _starts(lines, place + size + 1, grammar)))
    if line.block != last.block:
        return int(bool(line.names & TITLE_NAMES))
    dashed = line.bullet in ("-", "–", "—") and not (after and after.bullet)
    return int(dashed and line.block != 0)


def _emphasised_tail(lines: list[Line], place: int, size: int, grammar: HeadingGrammar, has_title: bool) -> int:
    """Lines of the same heading or bold element, where it ends soon and a body follows it."""
    first = lines[place]
    end = place + size
    while first.emphasis and end < len(lines) and lines[end].emphasis == first.emphasis:
        end += 1
    tail = lines[place + size : end]
    if not tail or len(tail) >= PIECES or _starts(lines, end, grammar):
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


def _starts(lines: list[Line], place: int, grammar: HeadingGrammar) -> bool:
    """Whether an entry starts here, or the page ends."""
    return place >= len(lines) or _label_size(lines, place, grammar) > 0
