"""The search page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.finding import Asked, find_page, how_many
from archive.query import BadQuery
from archive.store import Archive
from archive.tally import counted, histogram
from web.answers import page
from web.catalogue import Catalogue
from web.charts import columns
from web.wanted import BadRequest, wanted

CHOICES = ("level", "state", "source", "issuer", "topic", "region", "year", "has")
"""The filters that the page offers, in its order."""
MOST_CHOICES = 12


def search_page(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """Hits with their filters and their place in time; 400 with the form filled in where the search cannot be read."""
    kept: list[tuple[str, str]] = []
    try:
        asked_for = wanted(request.query_params, catalogue.former)
        kept += [pair for pair in asked_for.pairs if pair[0] not in ("q", "before", "rank")]
        asked = asked_for.asked
        with archive.reading() as session:
            found = find_page(session, asked)
            values: dict[str, Any] = {
                "found": found,
                "count": how_many(session, asked),
                "choices": counted(session, asked, CHOICES),
                "bars": histogram(session, replace(asked, before=None)),
            }
            is_in_vain = asked_for.is_narrowed and not values["count"][0]
            values["without"] = how_many(session, Asked(asked.query)) if is_in_vain else (0, False)
    except (BadRequest, BadQuery) as problem:
        query = request.query_params.get("q", "")
        values = {"query": query, "kept": kept, "is_search": True}
        return page("refusal.html", 400, title="Search", reason=str(problem), catalogue=catalogue, **values)
    bars = values.pop("bars")
    values["columns"], values["unit"] = (columns(bars, asked.since, asked.until), bars.unit) if bars else ((), "")
    return page("search.html", catalogue=catalogue, wanted=asked_for, kept=kept, most=MOST_CHOICES, **values)
