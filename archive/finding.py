"""Finding bulletins: pages of hits, how many each filter would leave, and how they lie in time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from archive.facet_values import labels_of
from archive.indexing import all_pages_of
from archive.reading import notifications
from archive.search import MOST_COUNTED, count, count_each, find, span
from archive.snippets import Snippet, snippet

LONDON = ZoneInfo("Europe/London")
MOST_DAYS, MOST_MONTHS = 62, 48
"""A histogram has a bar a day up to so many days, a bar a month up to so many months, else one a year."""
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""What lies beyond has no bar: the calendar of our dates ends there."""
MOST_EDGES = 401
"""Of more years than that a histogram has the last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: the query (None lists all), filters by facet, and a span of issue (`since` in, `until` out).

    `before` is the `next` of a page that is newest first, and continues it.
    """

    query: str | None = None
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    rank: bool = False
    limit: int = 20
    before: int | None = None

    @property
    def scope(self) -> dict[str, Any]:
        """What it is about, without order and length."""
        return {"query": self.query, "facets": self.facets, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: the record with `id, state, revision, first_seen, last_seen`, and the passage that answers."""

    row: dict[str, Any]
    passage: Snippet


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in order; `next` continues them, None where they end or are the best ones."""

    hits: Sequence[Found]
    next: int | None


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


def find_page(session: Session, asked: Asked) -> Page:
    """One page of hits. Raises BadQuery, and ValueError for `before` with `rank`."""
    hits = find(session, **asked.scope, rank=asked.rank, limit=asked.limit + 1, before=asked.before)
    shown = hits[: asked.limit]
    numbers = [hit.notification_id for hit in shown]
    rows = notifications(session, numbers)
    pages = all_pages_of(session, numbers) if asked.query else {}
    found = [Found(rows[number], _passage(asked.query, rows[number], pages.get(number, ()))) for number in numbers]
    goes_on = len(hits) > asked.limit and not asked.rank
    return Page(found, shown[-1].search_key if goes_on else None)


def search(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """The hits of a search as rows: the record, and `id, state, revision, first_seen, last_seen, snippet`.

    Raises BadQuery before the first row.
    """
    for hit in find_page(session, asked).hits:
        where = hit.passage.where
        yield {**hit.row, "snippet": f"[{where}] {hit.passage.text}" if is_of_a_page(where) else hit.passage.text}


def is_of_a_page(where: str) -> bool:
    """Whether a passage is of a page of an attachment."""
    return where.startswith("p. ")


def how_many(session: Session, asked: Asked) -> tuple[int, bool]:
    """How many notifications a search finds, and whether there are more than that."""
    return count(session, **asked.scope)


def how_many_each(session: Session, searches: Iterable[Asked], most: int = MOST_COUNTED) -> list[tuple[int, bool]]:
    """The same of several searches, at once, up to `most`."""
    return count_each(session, [asked.scope for asked in searches], most)


def counted(
    session: Session, asked: Asked, facets: Sequence[str], most: int = MOST_COUNTED
) -> dict[str, list[Counted]]:
    """Of each filter the values that would leave something, most first; those in force stay, whatever they leave.

    Counts end at `most`. Raises BadQuery.
    """
    labels = labels_of(session, facets)
    chosen = [(facet, value) for facet, values in labels.items() for value in values]
    searches = (replace(asked, facets={**asked.facets, facet: [value]}) for facet, value in chosen)
    found: dict[str, list[Counted]] = {facet: [] for facet in facets}
    for (facet, value), (number, more) in zip(chosen, how_many_each(session, searches, most), strict=True):
        if number or value in asked.facets.get(facet, ()):
            found[facet].append(Counted(value, labels[facet][value], number, more))
    return {facet: sorted(values, key=partial(_place, asked, facet)) for facet, values in found.items()}


def _place(asked: Asked, facet: str, each: Counted) -> tuple[bool, int, str]:
    return each.value not in asked.facets.get(facet, ()), -each.count, each.label.casefold()


def histogram(session: Session, asked: Asked) -> Histogram | None:
    """How the bulletins that state when they were issued, or that we met first then, lie in time; None for none.

    Raises BadQuery.
    """
    ends = span(session, **asked.scope)
    if ends is None:
        return None
    first, last = (min(max(moment, EARLIEST), LATEST).astimezone(LONDON) for moment in ends)
    unit = _unit(first, last)
    edges = _edges(first, last, unit)[-MOST_EDGES:]
    spans = list(itertools.pairwise(edges))
    searches = (_between(asked, since, until) for since, until in spans)
    counts = how_many_each(session, searches)
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


def _passage(query: str | None, row: Mapping[str, Any], pages: Sequence[tuple[str, int, str]]) -> Snippet:
    fields = [("", row["text"]), ("title", row["title"] or "")]
    fields += [(f"p. {page} of {url.rsplit('/', 1)[-1]}", text) for url, page, text in pages]
    return snippet(query, fields)
