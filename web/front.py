"""The front page: what is new since the last visit, the threat levels, the last thirty days, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.changes import last_cursor, newest_changes
from archive.facets import LEVELS
from archive.finding import LONDON, Asked, find_page, how_many_each
from archive.overview import source_states, totals
from archive.store import Archive, Session
from web.answers import HEADERS, page
from web.catalogue import Catalogue
from web.charts import Stack, stacked

SEEN = "seen"
"""The cookie that holds the cursor up to which a reader has seen the changes."""
DAYS, NEWEST, MOST_CHANGES = 30, 12, 40
FINE = ("healthy", "running", "backfilling")
A_YEAR_SECONDS = 366 * 24 * 3600


def front_page(archive: Archive, catalogue: Catalogue, request: Request, now: datetime) -> Response:
    """The page, for a reader who has seen the changes up to the cursor in the cookie."""
    seen = seen_cursor(request.cookies.get(SEEN, ""))
    with archive.reading() as session:
        newest = last_cursor(session)
        states = source_states(session, list(catalogue.sources))
        values: dict[str, Any] = {
            "new": newest_changes(session, min(seen, newest), MOST_CHANGES),
            "has_visited": seen > 0,
            "cursor": newest,
            "threats": threat_levels(session),
            "days": last_days(session, now),
            "hits": find_page(session, Asked(limit=NEWEST)).hits,
            "attention": [each for each in states if needs_attention(catalogue, each)],
            "totals": totals(session),
        }
    return page("front.html", catalogue=catalogue, **values)


def mark_seen(cursor: int) -> Response:
    """Remember that the changes up to there were seen, and back to the front page."""
    answer = RedirectResponse("/", 303, headers=HEADERS)
    answer.set_cookie(SEEN, str(cursor), max_age=A_YEAR_SECONDS, httponly=True, samesite="strict", path="/")
    return answer


def seen_cursor(cookie: str) -> int:
    """The cursor of a cookie; 0 for one that nobody set, or somebody else did."""
    return int(cookie) if cookie.isascii() and cookie.isdecimal() and len(cookie) < 19 else 0


def needs_attention(catalogue: Catalogue, state: Mapping[str, Any]) -> bool:
    """Whether a source is worth a look: it fails, is held, or has what could not be read."""
    if catalogue.sources[state["source"]].ended and state["state"] == "never read":
        return False
    return bool(state["state"] not in FINE or state["problem"] or state["quarantined"] or state["gaps"])


def threat_levels(session: Session) -> list[dict[str, Any]]:
    """For each scope the level that the newest bulletin in force states, with that bulletin."""
    asked = Asked(facets={"has": ["threat-level"], "state": ["current"]}, limit=100)
    found: dict[str, dict[str, Any]] = {}
    for hit in find_page(session, asked).hits:
        for stated in hit.row["threat_levels"]:
            found.setdefault(stated["scope"], {**stated, "row": hit.row})
    return [found[scope] for scope in sorted(found)]


def last_days(session: Session, now: datetime) -> Stack:
    """How many bulletins of each level were issued on each of the last thirty days in London."""
    today = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [(today.replace(tzinfo=None) - timedelta(days=DAYS - 1 - n)).replace(tzinfo=LONDON) for n in range(DAYS)]
    levels = [*LEVELS, ""]
    ends = [*edges[1:], None]
    searches = [
        Asked(facets={"level": [level]} if level else {}, since=since, until=until)
        for level in levels
        for since, until in zip(edges, ends, strict=True)
    ]
    counts = iter(how_many_each(session, searches))
    rows = {level: [next(counts)[0] for _ in range(DAYS)] for level in levels}
    for day in range(DAYS):
        rows[""][day] -= sum(rows[level][day] for level in LEVELS)
    return stacked(edges, {level: numbers for level, numbers in rows.items() if not level or any(numbers)})
