"""Rows of listings: the path of an item on this site, and what the listing says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from parsers.data import XmlPage
from parsers.lines import fold
from parsers.page import Page, PageChanged

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a listing. `path` is None where it does not lead to an item of this site."""

    where: str
    raw: str
    path: str | None
    ref: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def row_of(page: Page, href: str, ref: str | None, facts: Mapping[str, str | None]) -> Listed:
    """A row and those of its facts that say something, folded."""
    said = {name: fold(value) for name, value in facts.items() if value}
    return Listed(page.url, "\n".join((href, *said.values())), item_path(page, href), ref, said)


def item_path(page: Page, href: str) -> str | None:
    """The path of an address on this page's host; None for another host and for what is no whole path."""
    address = page.absolute(href) if re.match(r"/|https?://", href) else None
    parts = urlsplit(address or "")
    here = parts.hostname == urlsplit(page.url).hostname
    return parts.path if here and re.fullmatch(r"/[^/].*", parts.path, re.DOTALL) else None


def api_address(page: Page, path: str) -> str:
    """Where the Content API has the item of a path."""
    return page.absolute(f"/api/content{path}") or path


def feed_rows(page: XmlPage) -> Iterator[Listed]:
    """The entries of an Atom feed (RFC 4287): their id changes with each update, their `alternate` link is the page."""
    if page.xml.tag != f"{ATOM}feed":
        raise PageChanged(f"{page.url}: root {page.xml.tag!r}, expected an Atom feed")
    for entry in page.xml.iterchildren(f"{ATOM}entry"):
        ways = [link.get("href", "") for link in entry.iterchildren(f"{ATOM}link") if _leads_to_the_page(link)]
        facts = {name: entry.findtext(f"{ATOM}{name}") for name in ("title", "updated")}
        yield row_of(page, ways[0] if len(ways) == 1 else "", None, facts)


def _leads_to_the_page(link: Any) -> bool:
    return str(link.get("rel", "alternate")) == "alternate"
