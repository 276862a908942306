"""The sources: their state, their runs, when they publish, and what of them could not be read."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.finding import LONDON, Asked, find_page
from archive.overview import gaps, last_runs, source_state, source_states, totals
from archive.publications import publications_in, published_by
from archive.quarantine import list_quarantine
from archive.reading import NotFound
from archive.store import Archive
from archive.tally import histogram
from web.answers import HEADERS, data, page, plain
from web.catalogue import Catalogue, SourceFacts
from web.charts import columns

MOST_RUNS, MOST_HELD, NEWEST = 20, 50, 10
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def sources_page(archive: Archive, catalogue: Catalogue) -> Response:
    """All sources in one table."""
    with archive.reading() as session:
        states = source_states(session, list(catalogue.sources))
        missing = gaps(session)
        held = totals(session)
    return page("sources.html", catalogue=catalogue, states=states, gaps=missing, totals=held)


def source_page(archive: Archive, catalogue: Catalogue, slug: str) -> Response:
    """One source; also one that is not read any more, as long as the archive holds something of it."""
    if slug in catalogue.former:
        return RedirectResponse(f"/sources/{catalogue.former[slug]}", 301, headers=HEADERS)
    with archive.reading() as session:
        state = source_state(session, slug)
        if slug not in catalogue.sources and not state["notifications"]:
            raise NotFound(f"source {slug[:80]}: there is none, expected one of those listed")
        asked = Asked(facets={"source": [slug]}, limit=NEWEST)
        bars = histogram(session, asked)
        values: dict[str, Any] = {
            "state": state,
            "hits": find_page(session, asked).hits,
            "columns": columns(bars) if bars else (),
            "rhythm": _rhythm(published_by(session, slug)),
            "runs": last_runs(session, slug, MOST_RUNS),
            "held": list(itertools.islice(list_quarantine(session, slug), MOST_HELD)),
            "gaps": gaps(session, slug),
        }
    facts = catalogue.sources.get(slug, SourceFacts(slug, ended="not read by this version"))
    return page("source.html", catalogue=catalogue, facts=facts, week=WEEK, **values)


def status(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """The state of every source, the gaps and the totals, for monitors."""
    with archive.reading() as session:
        states = [_plain(each) for each in source_states(session, list(catalogue.sources))]
        found = {"sources": states, "gaps": [_plain(gap) for gap in gaps(session)], "totals": totals(session)}
    return data(found, request)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _rhythm(published: str) -> list[list[int]]:
    """How often something new was seen on each day of the week (Monday first) in each hour, in London."""
    _, seen = publications_in(published)
    grid = [[0] * 24 for _ in WEEK]
    for each in seen:
        at = each.at.astimezone(LONDON)
        grid[at.weekday()][at.hour] += 1
    return grid
