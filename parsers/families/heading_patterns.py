"""The patterns that a dated heading is made of: dates, whole and damaged, and what stands for one."""

from __future__ import annotations

import re

DASHES = "-‐‑‒–—―−:|"
"""What may stand between the parts of a heading."""
DASH = f"[{DASHES}]"
_NUMBERS = r"[0-9XY?#]{1,4}\s?[/.\\–-]\s?[\w?]{1,9}\s?[/.\\–-]\s?[0-9XY?#]{1,4}"
_DAY, _MONTH = r"[0-9X?]{1,2}(?:st|nd|rd|th)?", r"[A-Z][a-z]{2,9}\.?"
_WORDS = rf"{_DAY}\s(?:of\s)?{_MONTH},?\s[0-9X?]{{2,4}}|{_MONTH}\s{_DAY},?\s[0-9X?]{{2,4}}"
DATE = rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},?\s)?(?:{_NUMBERS}|{_WORDS})\??"
PLACEHOLDER = (
    r"(?:date|undated|no\sdate|unknown|tbc|tba|n/a|today|tonight|yesterday|tomorrow|now|new)\b[^-–—|:]{0,20}|"
    r"(?:last\s|this\s)?(?:mon|tues?|wednes|thurs?|fri|satur|sun)day\b[^-–—|:]{0,20}|"
    r"(?!(?:a|an|as|at|by|following|from|in|of|on|our|please|ref?|see|since|the|this|to|your?)\b)"
    r"[^–—|:]{0,24}[0-9?X][^–—|:]{0,16}?"
)
VERB = (
    r"(?:was|is|has|had|were|are|will|should|can|may|which|that|who|refers?|above|below|issued|sent|"
    r"circulated|of|dated)\b"
)


def landmark(series: str, noun: str) -> re.Pattern[str]:
    """What marks a heading in the words of a whole page: the label, soon after the end of a date."""
    before = "|".join(rf"(?<=[0-9X?]{gap}{series})" for gap in (r"\W" * width for width in range(9)))
    return re.compile(rf"{series}(?:{before})\W{{1,5}}(?:\w{{1,20}}\W{{1,5}}){{0,5}}?(?i:{noun})\b")


def title_of(words: str) -> str:
    """The words after the label without the dashes around them; a dash that hangs on a word is the word's.

    A colon at the end leads over to the body and is not the title's.
    """
    title = re.sub(r"\s?:\s?$", "", words.lstrip(" " + DASHES))
    return re.sub(rf"\s[{DASHES}\s]{{1,9}}$", "", title) if any(map(str.isalnum, title)) else ""
