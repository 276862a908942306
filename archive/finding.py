"""Finding bulletins: what is asked for, pages of hits, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from archive.indexing import all_pages_of
from archive.reading import notifications
from archive.search import MOST_COUNTED, count, count_each, find
from archive.snippets import Snippet, snippet

LONDON = ZoneInfo("Europe/London")
MOST_OF_A_TITLE = 300
"""So many characters of a title stand on each side of what answers in it."""


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
    """One hit: the record with `id, state, revision, first_seen, last_seen`, and what answers in title and contents."""

    row: dict[str, Any]
    passage: Snippet
    headline: Snippet


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in order; `next` continues them, None where they end or are the best ones."""

    hits: Sequence[Found]
    next: int | None


def find_page(session: Session, asked: Asked) -> Page:
    """One page of hits. Raises BadQuery, and ValueError for `before` with `rank`."""
    hits = find(session, **asked.scope, rank=asked.rank, limit=asked.limit + 1, before=asked.before)
    shown = hits[: asked.limit]
    numbers = [hit.notification_id for hit in shown]
    rows = notifications(session, numbers)
    pages = all_pages_of(session, numbers) if asked.query else {}
    found = [_found(asked.query, rows[number], pages.get(number, ())) for number in numbers]
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


def how_many(session: Session, asked: Asked, most: int = MOST_COUNTED) -> tuple[int, bool]:
    """How many notifications a search finds, and whether there are more than `most`."""
    return count(session, **asked.scope, most=most)


def how_many_each(session: Session, searches: Iterable[Asked], most: int = MOST_COUNTED) -> list[tuple[int, bool]]:
    """The same of several searches, at once, up to `most`."""
    return count_each(session, [asked.scope for asked in searches], most)


def _found(query: str | None, row: dict[str, Any], pages: Sequence[tuple[str, int, str]]) -> Found:
    """A hit; its passage is of text and pages alone, since a title is shown beside it."""
    fields = [("", row["text"])]
    fields += [(f"p. {page} of {url.rsplit('/', 1)[-1]}", text) for url, page, text in pages]
    headline = snippet(query, [("title", row["title"] or "")], MOST_OF_A_TITLE)
    return Found(row, snippet(query, fields), headline)
