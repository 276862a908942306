"""What stands beside a heading: nearest to it, with no headline of another story between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence


def beside(
    headings: Sequence[int], barriers: Callable[[int, int], Sequence[int]], found: Sequence[tuple[int, str]]
) -> str | None:
    """The words nearest to the first heading that has any beside it, by their places.

    `barriers` gives, in order, the headlines of other stories between two places, and maybe others.
    """
    if not headings or not found:
        return None
    places = [*headings, *(place for place, _ in found)]
    between = barriers(min(places), max(places))
    for heading in headings:
        near = sorted((abs(place - heading), words) for place, words in found if _is_free(between, place, heading))
        if near:
            return near[0][1]
    return None


def _is_free(barriers: Sequence[int], place: int, heading: int) -> bool:
    low, high = sorted((place, heading))
    return bisect_left(barriers, high) == bisect_left(barriers, low)
