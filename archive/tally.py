"""The hits of a search counted: how many each filter would leave, and how they lie in time."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from archive.facet_values import labels_of
from archive.facets import token_of
from archive.finding import LONDON, Asked, how_many, how_many_each
from archive.query import has_phrase, has_prefix, parse
from archive.search import MOST_COUNTED, keys_of, span, tokens_counted
from archive.search_scope import key_of, moment_of

MOST_DAYS, MOST_MONTHS = 62, 48
"""A histogram has a bar a day up to so many days, a bar a month up to so many months, else one a year."""
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""What lies beyond has no bar: the calendar of our dates ends there."""
MOST_AT_ONCE = 2_000
"""Up to so many hits are put into bars one by one, which is quicker than a statement's work for each bar."""
MOST_EACH = 2_000
"""Of very many hits each value of a filter is counted up to so many."""
MOST_VALUES = 200
"""Of more values than that there is no count for each."""
MOST_EDGES = 401
"""Of more years than that a histogram has the last."""

Values = Sequence[tuple[str, str]]
"""Values of filters, each with its facet before it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many bulletins a value of a filter would leave; `more` where there are more than that."""

    value: str
    label: str
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of each filter; where `newest` is a number, counted among so many of the newest hits alone."""

    by_facet: Mapping[str, Sequence[Counted]]
    newest: int | None


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


def counted(session: Session, asked: Asked, facets: Sequence[str]) -> Choices:
    """Of each filter the values that would leave something, most first; those in force stay, whatever they leave.

    A value leaves those hits of the query that have it and pass the filters of all other facets. Where the query has
    more than MOST_COUNTED hits, each value is counted up to MOST_EACH; where that would take long, too, the values are
    those that the newest MOST_COUNTED hits have. Raises BadQuery.
    """
    labels = labels_of(session, facets)
    chosen = [(facet, value) for facet, values in labels.items() for value in values]
    is_quick = len(chosen) <= MOST_VALUES and not is_costly(asked)
    if is_quick and how_many(session, replace(asked, facets={}), MOST_COUNTED)[1]:
        searches = [replace(asked, before=None, facets={**asked.facets, facet: [value]}) for facet, value in chosen]
        numbers, goes_on = how_many_each(session, searches, MOST_EACH), False
    else:
        numbers, goes_on = _counted_at_once(session, asked, chosen)
    found: dict[str, list[Counted]] = {facet: [] for facet in facets}
    for (facet, value), (number, more) in zip(chosen, numbers, strict=True):
        if number or value in asked.facets.get(facet, ()):
            found[facet].append(Counted(value, labels[facet][value], number, more))
    ordered = {facet: sorted(values, key=partial(_place, asked, facet)) for facet, values in found.items()}
    return Choices(ordered, MOST_COUNTED if goes_on else None)


def _counted_at_once(session: Session, asked: Asked, chosen: Values) -> tuple[list[tuple[int, bool]], bool]:
    """How many each value would leave, from the newest hits themselves, and whether there are further hits."""
    whole = replace(asked, facets={})
    sets = list(tokens_counted(session, **whole.scope, limit=MOST_COUNTED))
    more = sum(number for _, number in sets) == MOST_COUNTED and how_many(session, whole, MOST_COUNTED)[1]
    facet_of = {token_of(facet, value): facet for facet, value in chosen}
    filters = {name: {token_of(name, value) for value in values} for name, values in asked.facets.items() if values}
    found: Counter[str] = Counter()
    for tokens, number in sets:
        missing = [name for name, wanted in filters.items() if wanted.isdisjoint(tokens)]
        for token in tokens:
            if token in facet_of and missing in ([], [facet_of[token]]):
                found[token] += number
    return [(found[token_of(facet, value)], more) for facet, value in chosen], more


def _place(asked: Asked, facet: str, each: Counted) -> tuple[bool, int, str]:
    return each.value not in asked.facets.get(facet, ()), -each.count, each.label.casefold()


def histogram(session: Session, asked: Asked) -> Histogram | None:
    """How the bulletins that state when they were issued, or that we met first then, lie in time; None for none.

    None, too, where there are more than MOST_COUNTED and each bar would look up a beginning of words, or compare the
    places of words, anew. Raises BadQuery.
    """
    at_once = MOST_COUNTED if is_costly(asked) else MOST_AT_ONCE
    keys = keys_of(session, **asked.scope, limit=at_once + 1)
    goes_on = len(keys) > at_once
    if not keys or (goes_on and is_costly(asked)):
        return None
    ends = span(session, **asked.scope) if goes_on else (moment_of(keys[-1]), moment_of(keys[0]))
    first, last = (min(max(moment, EARLIEST), LATEST).astimezone(LONDON) for moment in ends or ())
    unit = _unit(first, last)
    edges = _edges(first, last, unit)[-MOST_EDGES:]
    spans = list(itertools.pairwise(edges))
    counts = how_many_each(session, [_between(asked, *each) for each in spans]) if goes_on else _within(keys, edges)
    return Histogram(unit, [Bar(*between, *number) for between, number in zip(spans, counts, strict=True)])


def is_costly(asked: Asked) -> bool:
    """Whether each count takes long by itself: for a beginning of words, or a phrase."""
    parsed = None if asked.query is None else parse(asked.query)
    return parsed is not None and (has_prefix(parsed) or has_phrase(parsed))


def _within(keys: Sequence[int], edges: Sequence[datetime]) -> list[tuple[int, bool]]:
    """How many of the search keys, newest first, lie between each two edges."""
    rising = keys[::-1]
    places = [bisect_left(rising, key_of(edge, 0)) for edge in edges]
    return [(end - start, False) for start, end in itertools.pairwise(places)]


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
