"""What a page says of itself in JSON-LD (schema.org): the node of its article, and that of the page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from parsers.families.article_words import place_of
from parsers.lines import fold

ARTICLES = frozenset(
    "Article NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle "
    "ReportageNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting SocialMediaPosting Report TechArticle "
    "SpecialAnnouncement PressRelease".split()
)
PAGES = frozenset(("WebPage", "ItemPage"))
WRAPPED = re.compile(r"^\s*(?:/[/*]\s*)?(?:<!--|<!\[CDATA\[)(?:\s*\*/)?|(?:/[/*]\s*)?(?:-->|\]\]>)(?:\s*\*/)?\s*$")
MAX_NODES = 2_000
SHORTEST_LIKENESS = 8

Node = dict[str, Any]


def nodes(tree: Any) -> list[Node]:
    """Every object at the top, in a list, in `@graph` or as main entity; what is no JSON states nothing."""
    found: list[Node] = []
    waiting = [value for script in tree.iter("script") for value in _values(script)]
    while waiting and len(found) < MAX_NODES:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:MAX_NODES]
        elif isinstance(value, dict):
            found.append(value)
            waiting += [value[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in value]
    return found


def of_article(found: Iterable[Node], url: str, headings: Sequence[str]) -> Node:
    """The article that this page is: by its address, else by its headline; empty where there is none such."""
    articles = [node for node in found if not ARTICLES.isdisjoint(_types(node))]
    return next((node for node in articles if _is_here(node, url)), None) or next(
        (node for node in articles if _is_headed(node, headings)), {}
    )


def of_page(found: Iterable[Node], url: str) -> Node:
    """The web page that this page is, by its address; empty where there is none such."""
    pages = (node for node in found if not PAGES.isdisjoint(_types(node)))
    return next((node for node in pages if _is_here(node, url)), {})


def said(node: Node, name: str) -> str:
    """The words of a member, entities read; empty where it has none. Of a list the first, of an object its value."""
    value = node.get(name)
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("@value") or value.get("name") if isinstance(value, dict) else value
    return html.unescape(value).strip() if isinstance(value, str) else ""


def _values(script: Any) -> Iterator[Any]:
    if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json":
        try:
            yield json.loads(WRAPPED.sub("", script.text or ""), strict=False)
        except (ValueError, RecursionError):
            yield None


def _types(node: Node) -> set[str]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {name.rpartition("/")[2] for name in names if isinstance(name, str)}


def _is_here(node: Node, url: str) -> bool:
    page = node.get("mainEntityOfPage")
    stated = (node.get("url"), page.get("@id") if isinstance(page, dict) else page, node.get("@id"))
    return any(isinstance(address, str) and place_of(address, url) == place_of(url, url) for address in stated)


def _is_headed(node: Node, headings: Sequence[str]) -> bool:
    headline = fold(said(node, "headline") or said(node, "name")).casefold().rstrip(".… ")
    others = [other.casefold() for other in headings]
    pairs = (sorted((headline, other), key=len) for other in others)
    return headline in others or any(len(a) >= SHORTEST_LIKENESS and b.startswith(a) for a, b in pairs)
