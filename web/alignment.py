"""What two sequences have in common, by the fewest changes between them, in bounded time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

MOST_CHANGES = 600
"""What takes more insertions and deletions is not aligned: the time grows with their square."""


class Effort:
    """How much may still be looked at, in comparisons."""

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, many: int) -> bool:
        """Whether there was so much left; it is not any more."""
        self._left -= many
        return self._left >= 0


Reached = Mapping[int, int]
"""How far into the first sequence each diagonal got."""


def aligned(ours: Sequence[Hashable], theirs: Sequence[Hashable], effort: Effort) -> list[tuple[int, int]] | None:
    """The places of equal elements in both, in order, by a shortest script (Myers 1986); None: too far apart."""
    start = shared_beginning(ours, theirs)
    end = shared_beginning(ours[start:][::-1], theirs[start:][::-1])
    middle = _aligned(ours[start : len(ours) - end], theirs[start : len(theirs) - end], effort)
    if middle is None:
        return None
    before = [(place, place) for place in range(start)]
    after = [(len(ours) - place, len(theirs) - place) for place in range(end, 0, -1)]
    return [*before, *((start + old, start + new) for old, new in middle), *after]


def shared_beginning(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> int:
    """How many elements at the beginning are the same in both."""
    differs = (place for place, (old, new) in enumerate(zip(ours, theirs, strict=False)) if old != new)
    return next(differs, min(len(ours), len(theirs)))


def _aligned(ours: Sequence[Hashable], theirs: Sequence[Hashable], effort: Effort) -> list[tuple[int, int]] | None:
    reached: dict[int, int] = {1: 0}
    trace: list[Reached] = []
    for changes in range(min(len(ours) + len(theirs), MOST_CHANGES) + 1):
        trace.append(dict(reached))
        looked_at = len(trace[-1])
        for diagonal in range(-changes, changes + 1, 2):
            origin = _came_from(reached, diagonal, changes)
            begun = reached[origin] + (origin < diagonal)
            place = _slide(ours, theirs, begun, begun - diagonal)
            looked_at += place - begun
            reached[diagonal] = place
            if place >= len(ours) and place - diagonal >= len(theirs):
                return list(_back(trace, len(ours), len(theirs)))[::-1]
        if not effort.spend(looked_at):
            break
    return None


def _came_from(reached: Reached, diagonal: int, changes: int) -> int:
    """The diagonal from which the best path comes to this one: the upper by an insertion, the lower by a deletion."""
    is_insertion = diagonal == -changes or (diagonal != changes and reached[diagonal - 1] < reached[diagonal + 1])
    return diagonal + 1 if is_insertion else diagonal - 1


def _slide(ours: Sequence[Hashable], theirs: Sequence[Hashable], old: int, new: int) -> int:
    """How far both go on alike."""
    while old < len(ours) and new < len(theirs) and ours[old] == theirs[new]:
        old, new = old + 1, new + 1
    return old


def _back(trace: Sequence[Reached], old: int, new: int) -> Iterator[tuple[int, int]]:
    """The equal elements of the path that ended there, last first."""
    for changes in range(len(trace) - 1, -1, -1):
        origin = _came_from(trace[changes], old - new, changes)
        before = trace[changes][origin]
        begun = before + (origin < old - new)
        while old > begun:
            old, new = old - 1, new - 1
            yield old, new
        old, new = before, before - origin
