"""What a page of news states of itself: in JSON-LD, in meta elements, and beside its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from parsers.families import json_ld
from parsers.families.article_heading import Heading
from parsers.lines import fold

Stated = tuple[tuple[str, str], ...]

TITLE_META = ("og:title", "twitter:title", "dcterms.title", "dc.title")
DATE_META = (
    *("article:published_time", "og:article:published_time", "datepublished", "dcterms.issued", "dc.date.issued"),
    *("dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "pubdate", "publishdate", "publish-date"),
    *("publication_date", "publication-date", "parsely-pub-date", "sailthru.date"),
)
MAX_META = 500


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page says of itself: (place, words) pairs in the order of their authority; `printed` as printed."""

    titles: Stated = ()
    dates: Stated = ()
    printed: str | None = None
    body: str = ""
    sites: tuple[str, ...] = ()
    language: str | None = None


def statements(tree: Any, url: str, label: str, printed: re.Pattern[str] | None) -> Statements:
    """What a page states, before furniture is cut out of its tree; `printed` with `label` finds a printed date."""
    meta = _meta(tree)
    title = " ".join(islice(tree.xpath("//head/title/text()"), 1))
    in_meta = [(name, fold(meta[name])) for name in TITLE_META if name in meta]
    names = [fold(words).casefold() for words in (*dict(in_meta).values(), title)]
    heading = Heading.find(tree, names, label, printed)
    headings = [fold(words) for words in (*heading.titles, *dict(in_meta).values(), title) if fold(words)]
    found = json_ld.nodes(tree)
    article, page = json_ld.of_article(found, url, headings), json_ld.of_page(found, url)
    headline = ("JSON-LD headline", fold(json_ld.said(article, "headline")))
    h1 = [("h1", heading.titles[0])] if len(set(heading.titles)) == 1 else []
    published = [("JSON-LD datePublished", json_ld.said(node, "datePublished")) for node in (article, page)]
    dates = (*published, *((f"meta {name}", meta.get(name, "")) for name in DATE_META), *heading.dates)
    return Statements(
        tuple(pair for pair in (headline, *in_meta, *h1, ("<title>", fold(title))) if pair[1]),
        tuple(pair for pair in dates if pair[1]),
        heading.printed,
        json_ld.said(article, "articleBody"),
        tuple(fold(name) for name in (meta.get("og:site_name"), json_ld.said(article, "publisher")) if name),
        json_ld.said(article, "inLanguage") or tree.get("lang") or meta.get("og:locale", "") or None,
    )


def _meta(tree: Any) -> dict[str, str]:
    """The page's meta elements by lower-case name, the first with words of each."""
    found: dict[str, str] = {}
    for element in islice(tree.iter("meta"), MAX_META):
        words = (element.get("content") or "").strip()
        for name in _names(element):
            if words:
                found.setdefault(name, words)
    return found


def _names(element: Any) -> Iterator[str]:
    return ((element.get(kind) or "").strip().lower() for kind in ("property", "name", "itemprop"))
