"""What stands beside a heading: nearest to it, with no headline of another story between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def beside(headings: Sequence[int], barriers: Sequence[int], found: Sequence[tuple[int, str]]) -> str | None:
    """The words nearest to the first heading that has any beside it; all by their places, `barriers` in order."""
    for heading in headings:
        near = sorted((abs(place - heading), words) for place, words in found if _is_free(barriers, place, heading))
        if near:
            return near[0][1]
    return None


def _is_free(barriers: Sequence[int], place: int, heading: int) -> bool:
    low, high = sorted((place, heading))
    return bisect_left(barriers, high) == bisect_left(barriers, low)
