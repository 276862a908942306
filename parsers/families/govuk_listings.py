"""Listings of GOV.UK items: search results, indexes and feeds, each row the path of an item and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from archive.records import Link
from parsers.data import JsonPage, XmlPage
from parsers.families.govuk_content import NO_BULLETINS
from parsers.families.govuk_dated_links import dated_links, next_page
from parsers.families.govuk_rows import Listed, api_address, feed_rows, row_of
from parsers.json_members import Members
from parsers.page import Page, PageChanged

FIELDS = "title,link,public_timestamp,description,content_id,content_store_document_type"
MAX_ROWS = 1_500
"""The search API gives at most this many at once."""


def search_address(organisation: str) -> str:
    """The search for an organisation's items, newest first.

    https://docs.publishing.service.gov.uk/repos/search-api/using-the-search-api.html
    """
    asked = {"filter_organisations": organisation, "order": "-public_timestamp", "count": 50, "fields": FIELDS}
    return f"https://www.gov.uk/api/search.json?{urlencode(asked, safe=',')}"


def rows_of(page: Page) -> list[Listed]:
    """The rows of a listing in any of its forms; PageChanged where it is none of them."""
    if isinstance(page, XmlPage):
        rows = list(feed_rows(page))
    elif isinstance(page, JsonPage):
        rows = list(_json_rows(page, Members.of(page.url, page.json)))
    else:
        dated = dated_links(page)
        rows = [row_of(page, each.href, None, {"title": each.title, "updated": each.date}) for each in dated]
    if len(rows) > MAX_ROWS:
        raise PageChanged(f"{page.url}: {len(rows)} rows, expected at most {MAX_ROWS}")
    return rows


def listing_links(page: Page) -> Iterator[Link]:
    """The detail of every row that is a bulletin by its stated type, then the next older page."""
    rows = rows_of(page)
    for row in rows:
        if row.path and row.facts.get("type") not in NO_BULLETINS:
            yield Link(api_address(page, row.path), "detail", row.ref, row.facts)
    older = _next_results(page, len(rows)) if isinstance(page, JsonPage) else next_page(page)
    if older:
        yield Link(older, "listing")


def _json_rows(page: Page, listing: Members) -> Iterator[Listed]:
    """Search results (`results`), or the children of an index (`links.children`)."""
    if listing.has("results", list) and listing.has("total", int):
        for each in listing.objects("results"):
            facts = {"updated": each.string("public_timestamp"), "description": each.string("description")}
            facts |= {"title": each.string("title"), "type": each.string("content_store_document_type")}
            yield row_of(page, each.string("link") or "", each.string("content_id"), facts)
        return
    if not listing.object("links").has("children", list):
        raise PageChanged(f"{page.url}: neither results and total nor links.children, expected a listing")
    for each in listing.object("links").objects("children"):
        note = each.object("details").string("change_description")
        facts = {"title": each.string("title"), "updated": each.string("public_updated_at"), "change": note}
        yield row_of(page, each.string("base_path") or "", each.string("content_id"), facts)


def _next_results(page: JsonPage, shown: int) -> str | None:
    listing = Members.of(page.url, page.json)
    start, total = listing.values.get("start", 0), listing.values.get("total", 0)
    if not isinstance(start, int) or not isinstance(total, int) or not shown or start + shown >= total:
        return None
    address, _, query = page.url.partition("?")
    asked = [pair for pair in parse_qsl(query) if pair[0] != "start"]
    return f"{address}?{urlencode([*asked, ('start', start + shown)], safe=',')}"
