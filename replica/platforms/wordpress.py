"""WordPress: posts of the REST API page by page, the same ones as a feed, and a page for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from replica.answers import Answer, Visit
from replica.bulletins import LONDON, Edition, Supply
from replica.platforms.site import HTML, PlatformSite, as_html, asked_number, document, made

API = "/wp-json/wp/v2/posts"
JSON = "application/json; charset=UTF-8"
RSS = "application/rss+xml; charset=UTF-8"
MOST_PER_PAGE, FEED_ITEMS = 100, 10
BEYOND = {
    "code": "rest_post_invalid_page_number",
    "message": "The page number requested is larger than the number of pages available.",
    "data": {"status": 400},
}
FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	>

<channel>
	<title>{name}</title>
	<atom:link href="https://{host}/feed/" rel="self" type="application/rss+xml" />
	<link>https://{host}</link>
	<description>Invented by the replica</description>
	<language>en-GB</language>
	<generator>https://wordpress.org/?v=6.8</generator>
{items}
	</channel>
</rss>
"""
ITEM = """	<item>
		<title>{title}</title>
		<link>{link}</link>
		<dc:creator><![CDATA[desk]]></dc:creator>
		<pubDate>{date}</pubDate>
		<guid isPermaLink="false">{guid}</guid>
		<description><![CDATA[{excerpt}]]></description>
		<content:encoded><![CDATA[{content}]]></content:encoded>
	</item>"""
POST = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="UTF-8"><title>{title}</title></head>
<body><main><article><h1>{title}</h1>{content}</article></main></body></html>
"""
LABELS = ("London Amber Message – ", "London Green Message – ", "West Midlands Green Message – ", "Red Message: ", "")
"""What titles begin with, in turns: posts without a label are news of the partnership."""


class WordPressSite(PlatformSite):
    """A WordPress site whose titles begin with a label."""

    def __init__(self, host: str, name: str, supply: Supply) -> None:
        super().__init__(host)
        self.name, self.supply = name, supply

    def page(self, visit: Visit, step: int) -> Answer | None:
        shown, changed_at = self.supply.shown(step, halved=visit.halved), self.supply.changed_at(step)
        if visit.path == API:
            return self._posts(shown, visit.query, changed_at)
        if visit.path == "/feed/":
            number = max(1, asked_number(visit.query, "paged", 1))
            here = shown[(number - 1) * FEED_ITEMS : number * FEED_ITEMS]
            items = "\n".join(map(self._item, here))
            return made(RSS, FEED.format(name=self.name, host=self.host, items=items), changed_at) if here else None
        return self._single(visit.path, step)

    def _posts(self, shown: Sequence[Edition], query: str, changed_at: datetime) -> Answer:
        size = min(max(1, asked_number(query, "per_page", 10)), MOST_PER_PAGE)
        pages = max(1, -(-len(shown) // size))
        number = max(1, asked_number(query, "page", 1))
        if number > pages:
            return Answer(400, JSON, json.dumps(BEYOND).encode())
        here = [self._post(edition) for edition in shown[(number - 1) * size : number * size]]
        counts = (("x-wp-total", str(len(shown))), ("x-wp-totalpages", str(pages)))
        return replace(made(JSON, json.dumps(here), changed_at), headers=counts)

    def _single(self, path: str, step: int) -> Answer | None:
        edition = self.supply.find(path.rstrip("/").rpartition("/")[2].removesuffix(".pdf"), step)
        if edition is None or edition.is_withdrawn:
            return None
        if path == _upload(edition):
            return document(edition.title, edition.paragraphs, edition.issued)
        if path != _path(edition):
            return None
        page = POST.format(title=escape(_title(edition)), content=self._content(edition))
        return made(HTML, page, edition.changed)

    def _post(self, edition: Edition) -> dict[str, Any]:
        return {
            "id": edition.number,
            "date": f"{edition.issued.astimezone(LONDON):%Y-%m-%dT%H:%M:%S}",
            "date_gmt": f"{edition.issued:%Y-%m-%dT%H:%M:%S}",
            "guid": {"rendered": self._guid(edition)},
            "modified": f"{edition.changed.astimezone(LONDON):%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{edition.changed:%Y-%m-%dT%H:%M:%S}",
            "slug": edition.slug,
            "status": "publish",
            "type": "post",
            "link": f"https://{self.host}{_path(edition)}",
            "title": {"rendered": _rendered(_title(edition))},
            "content": {"rendered": self._content(edition), "protected": False},
            "excerpt": {"rendered": "<p>A short form. [&hellip;]</p>\n", "protected": False},
            "author": 2,
            "categories": [4],
            "tags": [],
            "_links": {"self": [{"href": f"https://{self.host}{API}/{edition.number}"}]},
        }

    def _item(self, edition: Edition) -> str:
        return ITEM.format(
            title=_rendered(_title(edition)),
            link=f"https://{self.host}{_path(edition)}",
            date=format_datetime(edition.issued),
            guid=escape(self._guid(edition)),
            excerpt="A short form. [&#8230;]",
            content=self._content(edition),
        )

    def _guid(self, edition: Edition) -> str:
        return f"https://{self.host}/?p={edition.number}"

    def _content(self, edition: Edition) -> str:
        paragraphs = [edition.addition, *edition.paragraphs] if edition.addition else edition.paragraphs
        note = f'\n<p>The note is <a href="https://{self.host}{_upload(edition)}">here</a>.</p>'
        return as_html(paragraphs) + (note if edition.bulletin.has_document else "") + "\n"


def _title(edition: Edition) -> str:
    return LABELS[edition.number % len(LABELS)] + edition.title


def _rendered(title: str) -> str:
    return escape(title, quote=False).replace("–", "&#8211;")


def _path(edition: Edition) -> str:
    return f"/{edition.issued.astimezone(LONDON):%Y/%m/%d}/{edition.slug}/"


def _upload(edition: Edition) -> str:
    return f"/wp-content/uploads/{edition.issued:%Y/%m}/{edition.slug}.pdf"
