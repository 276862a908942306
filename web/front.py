"""The front page: what is new since the last visit, the threat levels, the last thirty days, what needs attention."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.changes import last_cursor, newest_changes
from archive.facets import LEVELS
from archive.finding import LONDON, Asked, find_page, how_many_each
from archive.overview import MOST_LOOKED_AT, source_states, threat_levels, totals
from archive.reading import notifications
from archive.store import Archive, Session
from web.answers import HEADERS, page
from web.catalogue import Catalogue
from web.charts import Stack, stacked
from web.citing import publisher

SEEN = "seen-"
"""How the cookie begins that holds the cursor up to which a reader has seen the changes of an archive."""
DAYS, NEWEST, MOST_CHANGES = 30, 12, 40
FINE = ("healthy", "running", "backfilling")
LATE = timedelta(hours=1)
"""A source that has not been asked for so long after its time is not asked by anybody."""
A_YEAR_SECONDS = 366 * 24 * 3600


def front_page(archive: Archive, catalogue: Catalogue, request: Request, now: datetime) -> Response:
    """The page, for a reader who has seen the changes up to the cursor in the cookie."""
    seen = seen_cursor(request.cookies.get(cookie_of(archive), ""))
    with archive.reading() as session:
        newest = last_cursor(session)
        seen = seen if seen <= newest else 0
        states = source_states(session, list(catalogue.sources))
        values: dict[str, Any] = {
            "new": newest_changes(session, seen, MOST_CHANGES),
            "has_visited": seen > 0,
            "cursor": newest,
            **threats(session, catalogue),
            "days": last_days(session, now),
            "hits": find_page(session, Asked(limit=NEWEST)).hits,
            "attention": [told for each in states if needs_attention(catalogue, told := with_delay(each, now))],
            "missing": sum(each["missing"] for each in states),
            "totals": totals(session),
        }
    return page("front.html", catalogue=catalogue, **values)


def cookie_of(archive: Archive) -> str:
    """The name of an archive's cookie: browsers keep those of all ports of this machine together."""
    return SEEN + hashlib.sha256(archive.database_url.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def mark_seen(archive: Archive, cursor: int) -> Response:
    """Remember that the changes up to there were seen, and back to the front page."""
    answer = RedirectResponse("/", 303, headers=HEADERS)
    answer.set_cookie(
        cookie_of(archive), str(cursor), max_age=A_YEAR_SECONDS, httponly=True, samesite="strict", path="/"
    )
    return answer


def seen_cursor(cookie: str) -> int:
    """The cursor of a cookie; 0 for one that nobody set, or somebody else did."""
    return int(cookie) if cookie.isascii() and cookie.isdecimal() and len(cookie) < 19 else 0


def with_delay(state: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The state of a source with `overdue`: since when it should have been asked, where nobody seems to ask it."""
    due = state["next_check"]
    return {**state, "overdue": due if due is not None and now - due > LATE else None}


def needs_attention(catalogue: Catalogue, state: Mapping[str, Any]) -> bool:
    """Whether a source is worth a look: it fails, is held, is not asked, or has what could not be read.

    What it links to and nobody has any more is no trouble of ours: it is counted elsewhere.
    """
    if catalogue.sources[state["source"]].ended and state["state"] == "never read":
        return False
    told = (state[name] for name in ("problem", "quarantined", "gaps", "overdue"))
    return state["state"] not in FINE or any(told)


def threats(session: Session, catalogue: Catalogue) -> dict[str, Any]:
    """For each scope the level that the newest bulletin in force states, with that bulletin."""
    found, is_cut = threat_levels(session, [slug for slug, facts in catalogue.sources.items() if facts.ended])
    rows = notifications(session, {number for _, number in found.values()})
    told = [
        {"scope": scope, "level": level, "row": rows[number], "by": publisher(rows[number], catalogue)}
        for scope, (level, number) in sorted(found.items())
    ]
    return {"threats": told, "threats_of": MOST_LOOKED_AT if is_cut else None}


def last_days(session: Session, now: datetime) -> Stack:
    """How many bulletins of each level were issued on each of the last thirty days in London.

    One without a date counts on the day on which it was met first.
    """
    today = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [(today.replace(tzinfo=None) - timedelta(days=DAYS - 1 - n)).replace(tzinfo=LONDON) for n in range(DAYS)]
    levels = [*LEVELS, ""]
    ends = [*edges[1:], (today.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=LONDON)]
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
