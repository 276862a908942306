"""What a page says of itself after its last entry: copyright, and when the page was last changed."""

from __future__ import annotations

import re

from parsers.lines import Line

IMPRINT = re.compile(
    r"©|(?:\(c\)|copyright)\s?(?:©|\(c\))?\s?(?:[12][0-9]{3}\b|[^.]{0,80}\ball rights reserved\b)", re.IGNORECASE
)
_WHAT = r"(?:(?:this|the)\s)?(?:(?:web\s?)?page|site|website|content)\s(?:was\s)?"
_CHANGED = r"(?:updated?|reviewed|modified|changed|edited|amended|revised)"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s"
_DATE = (
    r"(?:[0-9]{1,2}\s?[/.-]\s?[0-9]{1,2}\s?[/.-]\s?[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|"
    r"[0-9]{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[a-z]{3,9}\.?,?\s[0-9]{4}|"
    r"[a-z]{3,9}\.?\s[0-9]{1,2}(?:st|nd|rd|th)?,?\s[0-9]{4}|[a-z]{3,9}\s[0-9]{4})"
)
_TIME = (
    r"(?:,?\s(?:at\s)?|T)[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?\s?(?:[ap]\.?m\.?|hrs|hours)?"
    r"(?:\s?\(?(?:GMT|BST|UTC|Z)\)?)?"
)
STAMP = re.compile(
    rf"(?:{_WHAT})?(?:date\s)?(?:last\s)?{_CHANGED}(?:\s(?:on|at))?\s?[:–-]?\s?(?:{_WEEKDAY})?{_DATE}(?:{_TIME})?\.?",
    re.IGNORECASE,
)
STAMP_CHARACTERS = 120


def without_page_end(body: list[Line]) -> list[Line]:
    """The body of a page's last entry up to the copyright line, without the stamps that its words end in."""
    cut = next((place for place, line in enumerate(body) if IMPRINT.match(line.text)), len(body))
    worded = [place for place in range(cut) if body[place].text]
    stamped: set[int] = set()
    while size := _stamp_size([body[place] for place in worded[-2:]]):
        stamped.update(worded[-size:])
        del worded[-size:]
    return [line for place, line in enumerate(body[:cut]) if place not in stamped]


def ends_page(line: Line) -> bool:
    """Whether a line is the copyright line or a stamp."""
    return bool(IMPRINT.match(line.text)) or _is_stamp(line.text)


def _stamp_size(last: list[Line]) -> int:
    """How many of the last lines with words are a stamp and nothing else, without links: 2, 1 or 0."""
    for size in (1, 2):
        stamp = last[-size:]
        words = " ".join(line.text for line in stamp)
        if len(stamp) == size and _is_stamp(words) and not any(line.anchors for line in stamp):
            return size
    return 0


def _is_stamp(words: str) -> bool:
    return len(words) <= STAMP_CHARACTERS and bool(STAMP.fullmatch(words))
