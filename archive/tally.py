"""The hits of a search counted: how many each filter would leave, and how they lie in time."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from archive.facet_values import labels_of
from archive.facets import token_of
from archive.finding import LONDON, Asked, how_many_each
from archive.query import has_prefix, parse
from archive.search import MOST_COUNTED, keys_of, span, tokens_of
from archive.search_scope import moment_of

MOST_DAYS, MOST_MONTHS = 62, 48
"""A histogram has a bar a day up to so many days, a bar a month up to so many months, else one a year."""
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""What lies beyond has no bar: the calendar of our dates ends there."""
MOST_EDGES = 401
"""Of more years than that a histogram has the last."""
MOST_AT_ONCE = 2_000
"""Up to so many hits are counted one by one, which is quicker than a statement's work for each number."""
MOST_VALUES = 200
"""Of more values than that there is no count for each."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many bulletins a value of a filter would leave; `more` where there are more than that."""

    value: str
    label: str
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many bulletins were issued from `since` until before `until`."""

    since: datetime
    until: datetime
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars without gaps between the first bulletin found and the last; `unit` is `day`, `month` or `year` in London."""

    unit: str
    bars: Sequence[Bar]


def counted(
    session: Session, asked: Asked, facets: Sequence[str], most: int = MOST_COUNTED
) -> dict[str, list[Counted]]:
    """Of each filter the values that would leave something, most first; those in force stay, whatever they leave.

    Counts end at `most`; `is_costly` says when they are of the newest hits alone. Raises BadQuery.
    """
    labels = labels_of(session, facets)
    chosen = [(facet, value) for facet, values in labels.items() for value in values]
    searches = [replace(asked, before=None, facets={**asked.facets, facet: [value]}) for facet, value in chosen]
    numbers = _counted_at_once(session, searches, min(most, MOST_AT_ONCE), is_costly(asked, len(searches)))
    numbers = numbers or how_many_each(session, searches, most)
    found: dict[str, list[Counted]] = {facet: [] for facet in facets}
    for (facet, value), (number, more) in zip(chosen, numbers, strict=True):
        if number or value in asked.facets.get(facet, ()):
            found[facet].append(Counted(value, labels[facet][value], number, more))
    return {facet: sorted(values, key=partial(_place, asked, facet)) for facet, values in found.items()}


def is_costly(asked: Asked, values: int = 0) -> bool:
    """Whether a count for each value would take long: a beginning of words is looked up anew by each of them.

    Then what its newest MOST_AT_ONCE hits have is told, as that many or more.
    """
    parsed = None if asked.query is None else parse(asked.query)
    return values > MOST_VALUES or (parsed is not None and has_prefix(parsed))


def _counted_at_once(
    session: Session, searches: Sequence[Asked], most: int, is_enough: bool
) -> list[tuple[int, bool]] | None:
    """The same numbers from the hits of the query themselves, which is quicker.

    Where it has more than `most`, those of the newest if that `is_enough`, else None. All are of one query and span.
    """
    if not searches:
        return []
    keys = keys_of(session, **replace(searches[0], facets={}).scope, limit=most + 1)
    goes_on = len(keys) > most
    if goes_on and not is_enough:
        return None
    having: dict[str, set[int]] = defaultdict(set)
    for key, tokens in tokens_of(session, keys[:most]):
        for token in tokens:
            having[token].add(key)
    return [(_passing(keys[:most], having, each.facets), goes_on) for each in searches]


def _passing(keys: Sequence[int], having: Mapping[str, set[int]], facets: Mapping[str, Sequence[str]]) -> int:
    """How many of the keys have of each facet at least one of its values."""
    passing = set(keys)
    for name, values in facets.items():
        if values:
            passing &= set().union(*(having.get(token_of(name, value), ()) for value in values))
    return len(passing)


def _within(moments: Sequence[datetime], edges: Sequence[datetime]) -> list[tuple[int, bool]]:
    """How many of the moments, newest first, lie between each two edges."""
    rising = moments[::-1]
    places = [bisect_left(rising, edge) for edge in edges]
    return [(end - start, False) for start, end in itertools.pairwise(places)]


def _place(asked: Asked, facet: str, each: Counted) -> tuple[bool, int, str]:
    return each.value not in asked.facets.get(facet, ()), -each.count, each.label.casefold()


def histogram(session: Session, asked: Asked) -> Histogram | None:
    """How the bulletins that state when they were issued, or that we met first then, lie in time; None for none.

    None, too, where each bar would take long (`is_costly`) and there are more than MOST_COUNTED. Raises BadQuery.
    """
    at_once = MOST_COUNTED if is_costly(asked) else MOST_AT_ONCE
    moments = [moment_of(key) for key in keys_of(session, **asked.scope, limit=at_once + 1)]
    is_whole = len(moments) <= at_once
    if not is_whole and is_costly(asked):
        return None
    ends = span(session, **asked.scope) if not is_whole else (moments[-1], moments[0]) if moments else None
    if ends is None:
        return None
    first, last = (min(max(moment, EARLIEST), LATEST).astimezone(LONDON) for moment in ends)
    unit = _unit(first, last)
    edges = _edges(first, last, unit)[-MOST_EDGES:]
    spans = list(itertools.pairwise(edges))
    counts = _within(moments, edges) if is_whole else how_many_each(session, [_between(asked, *each) for each in spans])
    return Histogram(unit, [Bar(*between, *number) for between, number in zip(spans, counts, strict=True)])


def _between(asked: Asked, since: datetime, until: datetime) -> Asked:
    return replace(
        asked,
        since=max(since, asked.since) if asked.since else since,
        until=min(until, asked.until) if asked.until else until,
    )


def _unit(first: datetime, last: datetime) -> str:
    days = (last.date() - first.date()).days + 1
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    return "day" if days <= MOST_DAYS else "month" if months <= MOST_MONTHS else "year"


def _edges(first: datetime, last: datetime, unit: str) -> list[datetime]:
    """The beginnings of the days, months or years of a span, and the end of the last."""
    edges = [_beginning(first, unit)]
    while edges[-1] <= last:
        edges.append(_following(edges[-1], unit))
    return edges


def _beginning(moment: datetime, unit: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if unit == "day" else day.replace(day=1) if unit == "month" else day.replace(day=1, month=1)


def _following(edge: datetime, unit: str) -> datetime:
    """The next beginning, by the calendar in London."""
    days = {"day": 1, "month": 31, "year": 366}[unit]
    return _beginning((edge.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=LONDON), unit)
