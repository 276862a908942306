"""Police reference numbers, only where a text introduces them as such."""

from __future__ import annotations

import re

from parsers.clues import Clues, Look

SCHEME = "police-reference"
MAX_CHARACTERS = 200_000
MAX_REFERENCES = 50

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = (
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th)?(?:\sof)?\s{_MONTH}(?:,?\s(?:19|20)[0-9]{{2}})?|"
    r"[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?|[0-9]{1,2}[.-][0-9]{1,2}[.-](?:[0-9]{4}|[0-9]{2}))"
)
_SHORT = rf"[0-9]{{1,2}}(?i:{_MONTH})[0-9]{{2,4}}"
_OF_DAY = rf"(?:,?\s(?:of|on|from|dated)\s(?:the\s)?{_DAY}|\s?[/-]\s?(?:{_SHORT}|{_DAY})|\s{_DAY})"
_LOGGED = rf"[0-9]{{1,5}}{_OF_DAY}"
"""A number of a day's log: nothing without its day."""
_SERIAL = (
    r"(?:[A-Z]{2,4}[/-][0-9]{3,8}[/-](?:20[0-9]{2}|[0-9]{2})|[0-9]{1,2}[A-Z]{0,3}/[0-9]{4,7}/(?:20[0-9]{2}|[0-9]{2})|"
    r"[0-9]{5,11}/[0-9]{2}|[A-Z]{2}[0-9]{8,12}|[1-9][0-9]{8,13}|[1-9][0-9]{7}(?=\D|$))"
)
_NO = r"(?:\s(?:number|no\b\.?|num\b\.?|ref\b\.?|reference|code))"
_JOIN = r"(?:\s(?:is|of))?\s?[:#]?\s?"

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (cue, re.compile(rf"(?<![\w/-]){words}(?![\w/]|[.-]\d)"))
    for cue, words in (
        ("cad", rf"(?P<value>CAD{_NO}{{0,2}}{_JOIN}{_LOGGED})"),
        ("cad", rf"(?P<value>CAD{_NO}{{1,2}}{_JOIN}[0-9]{{2,5}})"),
        ("quot", r"(?i:quot(?:e|ing))\s(?:the\s)?(?P<value>CAD\s?[0-9]{2,5})"),
        ("quot", rf"(?i:quot(?:e|ing))\s(?:the\s)?(?P<value>{_LOGGED})"),
        ("log serial", rf"(?P<value>(?i:(?:log|serial){_NO}?{_JOIN}){_LOGGED})"),
        (
            "crime incident police occurrence investigation case event log btp",
            rf"(?i:(?:crime|incident|police|occurrence|investigation|case|event|log|BTP){_NO}{{1,2}}{_JOIN})"
            rf"(?P<value>{_LOGGED}|{_SERIAL})",
        ),
        ("quot", rf"(?i:quot(?:e|ing)\s(?:the\s)?incident\s)(?P<value>{_LOGGED}|{_SERIAL})"),
        ("ref", rf"(?i:\b(?:reference|ref)\b\.?(?:\s(?:number|no\b\.?))?{_JOIN})(?P<value>{_LOGGED})"),
        (
            "quot",
            rf"(?i:quot(?:e|ing)\s(?:the\s)?(?:police\s)?(?:reference|ref)\b\.?(?:\s(?:number|no\b\.?))?{_JOIN})"
            rf"(?P<value>{_SERIAL})",
        ),
        (
            "ref",
            r"(?i:\b(?:reference|ref)\b\.?(?:\s(?:number|no\b\.?))?(?:\sis)?\s?[:#]?\s?)"
            r"(?P<value>[0-9]{8,11}/[0-9]{2}|[0-9]{2}/[0-9]{4,7}/[0-9]{2})",
        ),
        ("nfrc", r"(?P<value>NFRC[0-9]{8,14})"),
    )
)
"""The words a pattern starts with, and the pattern: what introduces a number, and the number as printed.

CAD, log and serial belong to the number: they name its register.
"""
OF_SOMETHING_ELSE = re.compile(
    r"\b(?:FOI|freedom\sof\sinformation|booking|job|vacancy|tender|contract|court|payment|account|customer|order|"
    r"insurance|policy|complaint|planning|grid|map|product|batch|ticket)\s(?:\w{1,12}\s)?$",
    re.IGNORECASE,
)
BY_CUE = {
    cue: tuple(pattern for cues, pattern in PATTERNS if cue in cues.split())
    for cue in " ".join(cues for cues, _ in PATTERNS).split()
}
CLUES = tuple(BY_CUE)
"""Without one of these, in small letters, no number is introduced."""
CUES = Clues(cue=CLUES)
DIGIT = re.compile("[0-9]")


def police_references(text: str, seen: Look | None = None) -> tuple[tuple[str, str], ...]:
    """The first 50 (number, words) pairs of the text: a number as printed, white space folded, and what introduces it.

    Numbers of a day's log count only with their day, others only in the forms that forces give them, and each only
    after words that introduce it. Phone numbers, short codes and names of operations are none. `seen`: where all of the
    text was looked at for `numbers` already.
    """
    words = text[:MAX_CHARACTERS]
    if not DIGIT.search(words):
        return ()
    found: dict[tuple[int, int], tuple[str, str]] = {}
    introduced = seen.places("numbers") if seen and seen.in_place and words is text else CUES.places(lowered(words))
    for start, cue in introduced:
        for stated in filter(None, (pattern.match(words, start) for pattern in BY_CUE[cue])):
            if not OF_SOMETHING_ELSE.search(words, max(0, stated.start() - 40), stated.start()):
                found.setdefault(stated.span("value"), (_folded(stated["value"]), _folded(stated.group())))
    return _in_order(found)


def lowered(words: str) -> str:
    """The words in small letters, each at its place: letters that would become two are left as they are."""
    small = words.lower()
    return (
        small
        if len(small) == len(words)
        else "".join(each if len(each.lower()) != 1 else each.lower() for each in words)
    )


def _in_order(found: dict[tuple[int, int], tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """One pair for each number: of numbers that overlap the longest, at its first place."""
    kept: dict[str, str] = {}
    end = 0
    for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= end and len(kept) < MAX_REFERENCES:
            kept.setdefault(*found[start, stop])
            end = stop
    return tuple(kept.items())


def _folded(words: str) -> str:
    return " ".join(words.split())
