"""Headings that markup has broken over lines or cells: back on one line of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.families.dated_headings import HeadingGrammar
from parsers.families.heading_labels import label_size
from parsers.families.heading_titles import title_size
from parsers.families.run_in_headings import without_run_ins
from parsers.lines import Line


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
        size = label_size(lines, place, grammar)
        if size == 0:
            yield lines[place], False
            place += 1
            continue
        words = " ".join(line.text for line in lines[place : place + size])
        heading = grammar.take_apart(words)
        title = title_size(lines, place, size, grammar, has_title=bool(heading and heading.title))
        if title:
            glue = " " if heading and heading.title else " - "
            words += glue + " ".join(line.text for line in lines[place + size : place + size + title])
        pieces = lines[place : place + size + title]
        whole = lines[place]._replace(text=words, anchors=tuple(anchor for line in pieces for anchor in line.anchors))
        yield whole, grammar.is_candidate(whole)
        place += size + title
