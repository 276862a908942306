"""Finding bulletins: pages of hits, how many each filter would leave, and how they lie in time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from archive.facet_values import labels_of
from archive.indexing import all_pages_of
from archive.reading import notifications
from archive.search import count, facet_counts, find, span
from archive.snippets import Snippet, snippet

LONDON = ZoneInfo("Europe/London")
MOST_BARS = {"day": 62, "month": 48}
"""A histogram has a bar a day up to so many days, a bar a month up to so many months, else one a year."""


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


def counted(session: Session, asked: Asked, facet: str, most: int | None = None) -> list[Counted]:
    """The values of a filter that would leave something, most first; those in force stay, whatever they leave.

    Raises BadQuery.
    """
    labels = labels_of(session, facet)
    in_force = asked.facets.get(facet, ())
    scope = {name: value for name, value in asked.scope.items() if name != "query"}
    counts = facet_counts(session, asked.query, facet, labels, **scope)
    found = [Counted(value, labels[value], *counts[value]) for value in labels if counts[value][0] or value in in_force]
    order = sorted(found, key=lambda each: (each.value not in in_force, -each.count, each.label.casefold()))
    return order[:most]


def histogram(session: Session, asked: Asked) -> Histogram | None:
    """How the bulletins that state when they were issued, or that we met first then, lie in time; None for none.

    Raises BadQuery.
    """
    ends = span(session, **asked.scope)
    if ends is None:
        return None
    first, last = (moment.astimezone(LONDON) for moment in ends)
    unit = next((name for name, most in MOST_BARS.items() if len(_edges(first, last, name)) <= most + 1), "year")
    edges = _edges(first, last, unit)
    if len(edges) > 400:
        edges = [edges[0], *edges[-400:]]
    bars = [_bar(session, asked, since, until) for since, until in itertools.pairwise(edges)]
    return Histogram(unit, bars)


def _bar(session: Session, asked: Asked, since: datetime, until: datetime) -> Bar:
    inner = replace(
        asked,
        since=max(since, asked.since) if asked.since else since,
        until=min(until, asked.until) if asked.until else until,
    )
    return Bar(since, until, *count(session, **inner.scope))


def _edges(first: datetime, last: datetime, unit: str) -> list[datetime]:
    """The beginnings of the days, months or years of a span, and the end of the last; at most 1,000 and one."""
    edges = [_beginning(first, unit)]
    while edges[-1] <= last and len(edges) <= 1_000:
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
