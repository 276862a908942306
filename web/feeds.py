"""Feeds that readers subscribe to: Atom (RFC 4287) and JSON Feed 1.1, of the same entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from web.answers import data, tagged
from web.shown import is_web

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
NEVER = "1970-01-01T00:00:00Z"

Form = Literal["atom", "json"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `id` is its own for all time, `path` where the desk shows it, `published_at` the publisher's page.

    `appeared` and `updated` are when the captures were made that first had it, and had it as it is: not what the
    publisher states, which is in `summary`.
    """

    id: str
    path: str
    published_at: str
    title: str
    appeared: datetime | None
    updated: datetime | None
    author: str
    tags: Sequence[str]
    text: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, the newest first, under a name; `page` is the path of the page of the same, `address` its own."""

    name: str
    page: str
    address: str
    entries: Sequence[Entry]


def fed(feed: Feed, request: Request, form: Form) -> Response:
    """The feed in one of its forms, with an ETag."""
    here = f"{request.url.scheme}://{request.url.netloc}"
    if form == "atom":
        return tagged(_atom(feed, here), request, "application/atom+xml")
    return data(_json_feed(feed, here), request, "application/feed+json")


def _atom(feed: Feed, here: str) -> bytes:
    root = Element("feed", xmlns=ATOM)
    SubElement(root, "title").text = _clean(feed.name)
    SubElement(root, "id").text = here + feed.page
    SubElement(root, "link", rel="self", type="application/atom+xml", href=here + feed.address)
    SubElement(root, "link", rel="alternate", type="text/html", href=here + feed.page)
    SubElement(root, "updated").text = max((_moment(each.updated) for each in feed.entries), default=NEVER)
    for each in feed.entries:
        entry = SubElement(root, "entry")
        SubElement(entry, "title").text = _clean(each.title)
        SubElement(entry, "id").text = f"tag:bulletins.invalid,2026:{each.id}"
        SubElement(entry, "link", rel="alternate", type="text/html", href=here + each.path)
        SubElement(entry, "published").text = _moment(each.appeared)
        SubElement(entry, "updated").text = _moment(each.updated)
        SubElement(SubElement(entry, "author"), "name").text = _clean(each.author)
        for term in each.tags:
            SubElement(entry, "category", term=_clean(term))
        SubElement(entry, "summary").text = _clean(each.summary)
        SubElement(entry, "content", type="text").text = _clean(each.text)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _json_feed(feed: Feed, here: str) -> Mapping[str, Any]:
    items = [
        {
            "id": each.id,
            "url": here + each.path,
            **({"external_url": each.published_at} if is_web(each.published_at) else {}),
            "title": each.title,
            "summary": each.summary,
            "content_text": each.text,
            "date_published": _moment(each.appeared),
            "date_modified": _moment(each.updated),
            "authors": [{"name": each.author}],
            "tags": list(each.tags),
        }
        for each in feed.entries
    ]
    told = {"title": feed.name, "home_page_url": here + feed.page, "feed_url": here + feed.address}
    return {"version": JSON_FEED, **told, "items": items}


def _moment(at: datetime | None) -> str:
    return NEVER if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _clean(text: str) -> str:
    """Text without what XML 1.0 cannot hold."""
    return "".join(mark if _is_character(ord(mark)) else "\N{REPLACEMENT CHARACTER}" for mark in text)


def _is_character(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
