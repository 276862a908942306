"""The search page and its feeds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.finding import find_page, how_many
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
MOST_COUNTED = 2_000
"""What a filter would leave is counted up to so many: each value of each filter is one count."""


def search_page(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """Hits with their filters and their place in time; 400 with the form filled in where the search cannot be read."""
    try:
        asked_for = wanted(request.query_params)
        asked = asked_for.asked
        with archive.reading() as session:
            found = find_page(session, asked)
            values: dict[str, Any] = {
                "found": found,
                "count": how_many(session, asked),
                "choices": list(counted(session, asked, CHOICES, MOST_COUNTED).items()),
                "bars": histogram(session, replace(asked, before=None)),
            }
    except (BadRequest, BadQuery) as problem:
        query = request.query_params.get("q", "")
        return page("refusal.html", 400, title="Search", reason=str(problem), query=query, catalogue=catalogue)
    bars = values.pop("bars")
    values["columns"], values["unit"] = (columns(bars), bars.unit) if bars else ((), "")
    return page("search.html", catalogue=catalogue, wanted=asked_for, most=MOST_CHOICES, **values)
