"""What became of bulletins, as a page, and any search as a feed that readers subscribe to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from archive.changes import newest_changes
from archive.finding import Found, find_page
from archive.store import Archive
from web.answers import data, page, tagged
from web.catalogue import Catalogue
from web.citing import publisher, title
from web.shown import is_web
from web.wanted import BIGGEST, number_in, wanted

MOST = 50
ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"


def changes_page(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """The change feed, the newest first."""
    before = number_in(request.query_params, "before", 1, BIGGEST - 1)
    with archive.reading() as session:
        rows = newest_changes(session, 0, MOST + 1, before)
    goes_on = len(rows) > MOST
    return page(
        "changes.html", catalogue=catalogue, rows=rows[:MOST], next=rows[MOST - 1]["cursor"] if goes_on else None
    )


def search_feed(archive: Archive, catalogue: Catalogue, request: Request, form: str) -> Response:
    """The newest bulletins of a search as Atom (RFC 4287) or JSON Feed 1.1."""
    asked_for = wanted(request.query_params, per_page=MOST)
    with archive.reading() as session:
        hits = find_page(session, asked_for.asked).hits
    here = f"{request.url.scheme}://{request.url.netloc}"
    name = f"bulletins: {asked_for.asked.query or 'all'}" if asked_for.is_narrowed else "bulletins"
    addresses = (here, asked_for.address(f"{here}/search"), asked_for.address(f"{here}/search.{form}"))
    if form == "atom":
        return tagged(_atom(name, hits, catalogue, *addresses), request, "application/atom+xml")
    return data(_json_feed(name, hits, catalogue, *addresses), request, "application/feed+json")


def _atom(name: str, hits: Sequence[Found], catalogue: Catalogue, here: str, page_at: str, feed_at: str) -> bytes:
    feed = Element("feed", xmlns=ATOM)
    SubElement(feed, "title").text = name
    SubElement(feed, "id").text = page_at
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=feed_at)
    SubElement(feed, "link", rel="alternate", type="text/html", href=page_at)
    times = [_updated(hit.row) for hit in hits]
    SubElement(feed, "updated").text = max(times, default="1970-01-01T00:00:00Z")
    for hit, updated in zip(hits, times, strict=True):
        entry = SubElement(feed, "entry")
        SubElement(entry, "title").text = _clean(_headline(hit.row))
        SubElement(entry, "id").text = f"tag:bulletins.invalid,2026:{hit.row['id']}"
        SubElement(entry, "link", rel="alternate", type="text/html", href=f"{here}/bulletins/{hit.row['id']}")
        SubElement(entry, "updated").text = updated
        SubElement(SubElement(entry, "author"), "name").text = _clean(publisher(hit.row, catalogue))
        for term in (*hit.row["topics"], *([hit.row["level"]] if hit.row["level"] else [])):
            SubElement(entry, "category", term=_clean(term))
        SubElement(entry, "content", type="text").text = _clean(hit.row["text"])
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _json_feed(
    name: str, hits: Sequence[Found], catalogue: Catalogue, here: str, page_at: str, feed_at: str
) -> dict[str, Any]:
    items = [
        {
            "id": hit.row["id"],
            "url": f"{here}/bulletins/{hit.row['id']}",
            **({"external_url": hit.row["url"]} if is_web(hit.row["url"]) else {}),
            "title": _headline(hit.row),
            "content_text": hit.row["text"],
            "date_modified": _updated(hit.row),
            "authors": [{"name": publisher(hit.row, catalogue)}],
            "tags": [*hit.row["topics"], *([hit.row["level"]] if hit.row["level"] else [])],
        }
        for hit in hits
    ]
    return {"version": JSON_FEED, "title": name, "home_page_url": page_at, "feed_url": feed_at, "items": items}


def _headline(row: Mapping[str, Any]) -> str:
    level = f"{str(row['level']).upper()}: " if row["level"] else ""
    state = "" if row["state"] == "current" else f" ({row['state']})"
    return f"{level}{title(row)}{state}"


def _updated(row: Mapping[str, Any]) -> str:
    """When we first saw it: a feed's time is when its reader could have had it, not what the publisher states."""
    seen: datetime | None = row["first_seen"]
    return "1970-01-01T00:00:00Z" if seen is None else f"{seen.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _clean(text: str) -> str:
    """Text without what XML 1.0 cannot hold."""
    return "".join(mark if _is_character(ord(mark)) else "\N{REPLACEMENT CHARACTER}" for mark in text)


def _is_character(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
