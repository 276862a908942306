"""Pictures of numbers, as the places of rectangles: the templates draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.tally import Bar, Histogram

WIDTH, HEIGHT = 1_000, 100


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of a chart in a view of 1,000 by 100, what it stands for, and the days (London) that it covers."""

    x: float
    y: float
    width: float
    height: float
    label: str
    since: str
    until: str


def columns(found: Histogram, since: datetime | None = None, until: datetime | None = None) -> Sequence[Column]:
    """The bars of a histogram from left to right, the highest as high as the view; none leads beyond the span."""
    highest = max((bar.count for bar in found.bars), default=0) or 1
    step = WIDTH / len(found.bars)
    return [
        replace(
            _column(found.unit, bar, place * step, step, highest),
            since=f"{max(bar.since, since or bar.since):%Y-%m-%d}",
            until=f"{min(bar.until, until or bar.until) - timedelta(days=1):%Y-%m-%d}",
        )
        for place, bar in enumerate(found.bars)
    ]


def _column(unit: str, bar: Bar, x: float, step: float, highest: int) -> Column:
    height = max(HEIGHT * bar.count / highest, 2.0 if bar.count else 0.0)
    gap = min(step * 0.15, 4.0)
    last = bar.until - timedelta(days=1)
    when = {"day": f"{bar.since.day} {bar.since:%B %Y}", "month": f"{bar.since:%B %Y}", "year": f"{bar.since:%Y}"}[unit]
    many = f"{'more than ' if bar.more else ''}{bar.count:,} bulletin{'' if bar.count == 1 else 's'}"
    place = (round(x + gap / 2, 2), round(HEIGHT - height, 2), round(step - gap, 2), round(height, 2))
    return Column(*place, f"{when}: {many}", f"{bar.since:%Y-%m-%d}", f"{last:%Y-%m-%d}")


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a day's bar that one level has; the empty level is that of bulletins without any."""

    level: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a stacked chart."""

    x: float
    width: float
    day: str
    label: str
    total: int
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Stack:
    """A chart of days, each a bar made of levels; `highest` is the number that the full height stands for."""

    days: Sequence[Day]
    highest: int


def stacked(edges: Sequence[datetime], rows: Mapping[str, Sequence[int]]) -> Stack:
    """The numbers of each level by day as bars, the calmest level at the foot."""
    totals = [sum(numbers[place] for numbers in rows.values()) for place in range(len(edges))]
    highest = max(totals, default=0)
    step = WIDTH / len(edges)
    days = [
        _stacked_day(edge, place * step, step, {level: rows[level][place] for level in rows}, highest or 1)
        for place, edge in enumerate(edges)
    ]
    return Stack(days, highest)


def _stacked_day(edge: datetime, x: float, step: float, numbers: Mapping[str, int], highest: int) -> Day:
    parts, foot = list[Part](), float(HEIGHT)
    for level in ("", *(each for each in numbers if each)):
        if numbers[level]:
            height = HEIGHT * numbers[level] / highest
            foot -= height
            parts.append(Part(level, round(foot, 2), round(height, 2)))
    said = ", ".join(f"{many} {level or 'without level'}" for level, many in numbers.items() if many) or "none"
    label = f"{edge:%A} {edge.day} {edge:%B %Y}: {said}"
    return Day(round(x + 2, 2), round(step - 4, 2), f"{edge:%Y-%m-%d}", label, sum(numbers.values()), parts)
