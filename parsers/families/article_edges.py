"""The first and last lines of an article's block that are not its text: title and date again, shares, ways back."""

from __future__ import annotations

import re
from itertools import dropwhile

from parsers.families.article_furniture import PHRASES
from parsers.lines import Line

HEAD_LINES = 12
STAMP = re.compile(
    r"(?:(?:first |last )?(?:published|posted|updated|issued|date|release date|added|created|modified)\b.{0,60}|"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?[0-9]{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? [0-9]{4}.{0,25}|"
    r"[a-z]{3,9} [0-9]{1,2}, [0-9]{4}.{0,25}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}.{0,25}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,25}|"
    r"[0-9: ]{4,6}.{0,2} [0-9/]{8,10})",
    re.IGNORECASE,
)
"""A line that is nothing but a date, or says when something was published."""


def without_edges(lines: list[Line], titles: list[str]) -> list[Line]:
    """The lines without those before the text that repeat title or date, and those around it that lead elsewhere."""
    said = {title.casefold() for title in titles}

    def is_edge(line: Line) -> bool:
        bare = line.text.rstrip(" .:»›>")
        return not bare or (not line.bullet and bool(PHRASES.fullmatch(bare)))

    def is_head(line: Line) -> bool:
        return is_edge(line) or line.text.casefold() in said or bool(STAMP.fullmatch(line.text))

    titled = [place for place, line in enumerate(lines[:HEAD_LINES]) if line.text.casefold() in said]
    kept = list(dropwhile(is_head, lines[titled[-1] if titled else 0 :]))
    return list(dropwhile(is_edge, reversed(kept)))[::-1]
