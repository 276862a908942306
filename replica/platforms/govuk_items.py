"""Items of GOV.UK's Content API, and the listings that lead to them: search results, indexes, Atom feeds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from replica.answers import Answer
from replica.platforms.site import JSON, made

Members = dict[str, Any]
HOST, ASSETS = "www.gov.uk", "assets.publishing.service.gov.uk"
MOST_RESULTS, FEED_ENTRIES = 1_500, 20
ATOM = "application/atom+xml; charset=utf-8"
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xml:lang="en-GB" xmlns="http://www.w3.org/2005/Atom">
  <id>https://www.gov.uk{path}</id>
  <link rel="self" type="application/atom+xml" href="https://www.gov.uk{path}"/>
  <title>{title}</title>
  <updated>{updated}</updated>
{entries}</feed>
"""
ENTRY = """  <entry>
    <id>https://www.gov.uk{path}#{updated}</id>
    <updated>{updated}</updated>
    <link rel="alternate" type="text/html" href="https://www.gov.uk{path}"/>
    <title>{title}</title>
    <summary>{summary}</summary>
  </entry>
"""


class Row(NamedTuple):
    """What a listing says of an item; `kind` is its document type, `note` what its last change was."""

    path: str
    title: str
    kind: str
    updated: datetime
    note: str


def stated(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def content_id(path: str) -> str:
    """The id of an item, which stays whatever else changes."""
    return str(uuid5(NAMESPACE_URL, f"https://{HOST}{path}"))


def item(row: Row, schema: str, details: Members, *, issued: datetime, organisation: str, **further: Any) -> Answer:
    """One item as the Content API gives it."""
    members = {
        "analytics_identifier": None,
        "base_path": row.path,
        "content_id": content_id(row.path),
        "description": row.note,
        "details": details,
        "document_type": row.kind,
        "first_published_at": stated(issued),
        "links": {"organisations": [{"title": organisation, "document_type": "organisation", "locale": "en"}]},
        "locale": "en",
        "phase": "live",
        "public_updated_at": stated(row.updated),
        "publishing_app": "replica",
        "schema_name": schema,
        "title": row.title,
        "updated_at": stated(row.updated),
        "withdrawn_notice": {},
        **further,
    }
    return made(JSON, json.dumps(members), row.updated)


def gone_item(path: str, why: str, at: datetime) -> Answer:
    """What stands where an item was taken back with a reason: an item of the schema `gone`, status 200."""
    members = {
        "base_path": path,
        "content_id": content_id(path),
        "locale": "en",
        "document_type": "gone",
        "schema_name": "gone",
        "title": None,
        "details": {"explanation": f'<div class="govspeak"><p>{why}</p></div>', "alternative_path": ""},
        "links": {},
        "public_updated_at": None,
        "updated_at": stated(at),
    }
    return made(JSON, json.dumps(members), at)


def search_results(rows: Sequence[Row], start: int, count: int, changed_at: datetime) -> Answer:
    """Some of the rows as the search API gives them."""
    body = {
        "results": [_result(row) for row in rows[start : start + min(count, MOST_RESULTS)]],
        "total": len(rows),
        "start": start,
        "aggregates": {},
        "suggested_queries": [],
        "es_cluster": "A",
        "reranked": False,
    }
    return made(JSON, json.dumps(body), changed_at)


def index_item(path: str, title: str, rows: Iterable[Row], changed_at: datetime) -> Answer:
    """An index whose children are the rows."""
    children = [_child(row) for row in rows]
    row = Row(path, title, "travel_advice_index", changed_at, "Advice by country.")
    details = {"email_signup_link": f"{path}/email-signup", "max_cache_time": 10}
    answer = item(row, row.kind, details, issued=changed_at, organisation="GOV.UK", links={"children": children})
    return answer


def atom_feed(path: str, title: str, rows: Sequence[Row], changed_at: datetime) -> Answer:
    """The rows that changed last as a feed."""
    latest = sorted(rows, key=lambda row: row.updated, reverse=True)[:FEED_ENTRIES]
    entries = "".join(
        ENTRY.format(path=row.path, updated=row.updated.isoformat(), title=escape(row.title), summary=escape(row.note))
        for row in latest
    )
    return made(ATOM, FEED.format(path=path, title=title, updated=changed_at.isoformat(), entries=entries), changed_at)


def _result(row: Row) -> Members:
    return {
        "title": row.title,
        "link": row.path,
        "public_timestamp": stated(row.updated),
        "description": row.note,
        "content_id": content_id(row.path),
        "content_store_document_type": row.kind,
        "index": "government",
        "es_score": None,
        "_id": row.path,
        "elasticsearch_type": "edition",
        "document_type": "edition",
    }


def _child(row: Row) -> Members:
    name = row.path.rpartition("/")[2]
    return {
        "api_path": f"/api/content{row.path}",
        "base_path": row.path,
        "content_id": content_id(row.path),
        "description": f"Advice for {row.title}",
        "document_type": row.kind,
        "locale": "en",
        "public_updated_at": stated(row.updated),
        "schema_name": row.kind,
        "title": row.title,
        "withdrawn": False,
        "details": {"country": {"slug": name, "synonyms": []}, "change_description": row.note},
        "links": {},
        "web_url": f"https://{HOST}{row.path}",
    }
