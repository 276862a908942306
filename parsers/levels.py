"""Levels in titles like `[CSSC] [region] Amber Message[ - title]`, for sources that say that they use them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from parsers.regions import CSSC_REGIONS, region_of

COLOURS = frozenset("green yellow amber orange red purple black white blue grey".split())
"""Words that state a level wherever the noun follows them; one that the source does not use is not passed over."""
TITLE_CHARACTERS = 400
LABEL = re.compile(
    r"(?:UPDATED?\s?[:–—-]\s?)?(?:CSSC\s)?(?P<region>(?:[A-Z][\w-]{0,19}\s){0,3}?)(?P<level>[A-Z][a-z]{2,9}|[A-Z]{3,10})\s"
    r"(?i:message|alert|notification)(?=\s?[-–—:|(]|\s?$)"
)


class StatedLevel(NamedTuple):
    """A level and, where stated, a region, with the words that state them."""

    level: str
    region: str | None
    words: str


def level_of_title(title: str | None, levels: Sequence[str]) -> StatedLevel | None:
    """The level and region that a title's label states; None where it has no label.

    Raises ValueError where the label names a colour that is none of `levels`, or a region that is none of the eleven.
    """
    label = LABEL.match(" ".join((title or "")[:TITLE_CHARACTERS].split()))
    if label is None or label["level"].lower() not in (COLOURS | set(levels)):
        return None
    words, level, scope = label.group(), label["level"].lower(), label["region"].strip()
    if level not in levels:
        raise ValueError(f"title {words!r}: level {level!r}, expected {', '.join(levels)}")
    region = region_of(scope)
    if scope and region is None:
        raise ValueError(f"title {words!r}: region {scope!r}, expected {', '.join(CSSC_REGIONS)} or none")
    return StatedLevel(level, region, words)
