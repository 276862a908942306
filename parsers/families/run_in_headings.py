"""Headings that stand on one line with the start of their body: `<b>heading</b> body`, cut in two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.families.dated_headings import Heading, HeadingGrammar
from parsers.families.page_end import ends_page
from parsers.lines import Line

LONGEST_TITLE = 150
GLUE = " -–—:"
"""What may stand between a heading and the body on its line."""


def without_run_ins(lines: Sequence[Line], grammar: HeadingGrammar) -> Iterator[Line]:
    """The lines, with an emphasised heading and the body after it on its line as two lines.

    Words behind an emphasised date and label are the title or the body. They are the body where they read as one, and
    wherever emphasis ends the headings of this page: another one goes on as a sentence or a colon, or most have no
    other body.
    """
    run_ins = {place: heading for place, line in enumerate(lines) if (heading := _led(line, grammar))}
    alone = {place for place in run_ins if _ends(lines, place + 1, grammar)}
    delimits = 2 * len(alone) > len(run_ins) or any(_goes_on(lines[at], run_ins[at]) for at in run_ins)
    for place, line in enumerate(lines):
        heading = run_ins.get(place)
        if heading and (delimits or _is_body(_rest(line), heading, alone=place in alone)):
            yield from _cut(line)
        else:
            yield line


def is_sentence(words: str) -> bool:
    return bool(words) and (len(words) > LONGEST_TITLE or words[-1] in ".!?…")


def _led(line: Line, grammar: HeadingGrammar) -> Heading | None:
    """The dated heading that the emphasised words at the start of a line make, where other words follow them."""
    heading = grammar.take_apart(line.lead) if line.lead and line.text.startswith(line.lead) else None
    return heading if heading and heading.date and _rest(line).strip(GLUE) else None


def _rest(line: Line) -> str:
    return line.text[len(line.lead) :].strip()


def _goes_on(line: Line, heading: Heading) -> bool:
    """Whether an emphasised heading with a title goes on as a sentence, or ends in a colon."""
    return bool(heading.title) and (line.lead.endswith(":") or is_sentence(_rest(line)))


def _is_body(rest: str, heading: Heading, *, alone: bool) -> bool:
    """Whether the words after an emphasised heading read as its body; after a dash they may be a title with a stop."""
    if alone or heading.title or rest[0] not in GLUE:
        return is_sentence(rest)
    return len(rest) > LONGEST_TITLE


def _ends(lines: Sequence[Line], place: int, grammar: HeadingGrammar) -> bool:
    """Whether no body follows here: the next entry does, or the end of the page."""
    if place >= len(lines) or ends_page(lines[place]):
        return True
    return grammar.is_candidate(lines[place]) or grammar.is_date(lines[place].text)


def _cut(line: Line) -> tuple[Line, Line]:
    led = tuple(anchor for anchor in line.anchors if anchor.text and anchor.text in line.lead)
    others = tuple(anchor for anchor in line.anchors if anchor not in led)
    body = line._replace(text=_rest(line).lstrip(GLUE), anchors=others, emphasis=0, lead="")
    return line._replace(text=line.lead, anchors=led, lead=""), body
