"""The text of an article with its links and documents: from its block, its JSON-LD, or at last by trafilatura."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Any, NamedTuple

from parsers.attachments import Pairs, attachments_and_links
from parsers.families.article_body import Body, find_body
from parsers.families.article_edges import without_edges
from parsers.families.article_page import ArticlePage
from parsers.lines import Flattener, Line
from parsers.page import PageChanged

MIN_CHARACTERS = 100
"""Fewer running characters than this are an article only in an element that is marked as one."""
MAX_GUESSED = 500_000
COVERED, WHOLE = 0.9, 0.8
WORD = re.compile(r"\w+")
TAG = re.compile(r"<(?:p|br|div|ul|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)


class Text(NamedTuple):
    """The words of an article, where they were found, the links in them, and the documents of the article."""

    text: str
    place: str
    links: Pairs = ()
    attachments: Pairs = ()


def article_text(page: ArticlePage, document_path: re.Pattern[str] | None, anywhere: bool = False) -> Text:
    """The text with the documents around it, or (`anywhere`) in the whole region.

    Raises PageChanged where the page holds no words that run on.
    """
    body = find_body(page.root) if page.is_markup else None
    shown = _shown(page, body, document_path, anywhere) if body else Text("", "")
    machine = "\n".join(line.text for line in _machine_lines(page))
    if _lacks(shown.text, machine):
        return shown._replace(text=machine, place="JSON-LD articleBody, of which the page shows a part")
    if body and (body.characters >= MIN_CHARACTERS or (body.is_marked and shown.text)):
        return shown
    guessed = _guessed(page)
    if not guessed:
        raise PageChanged(f"{page.url}: no words that run on, expected the text of an article")
    return shown._replace(text=guessed, place="trafilatura (low confidence)")


def _shown(page: ArticlePage, body: Body, document_path: re.Pattern[str] | None, anywhere: bool) -> Text:
    lines = without_edges(Flattener().flatten(body.element), [title for _, title in page.stated.titles])
    words = "\n".join(line.text for line in lines if line.text)
    inside, links = attachments_and_links(lines, page, document_path)
    around, _ = attachments_and_links(
        page.lines() if anywhere else Flattener().flatten(body.scope), page, document_path
    )
    return Text(words, f"the densest block of {body.place}", links, tuple({**dict(around), **dict(inside)}.items()))


def _machine_lines(page: ArticlePage) -> tuple[Line, ...]:
    body = page.stated.body
    return page.fragment(body if TAG.search(body) else f"<pre>{_escaped(body)}</pre>").lines() if body else ()


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _lacks(shown: str, machine: str) -> bool:
    """Whether JSON-LD has the whole text and the page's block a part of it only."""
    if not machine or machine.rstrip(" .]").endswith("…") or machine.endswith("..."):
        return False
    theirs, ours = Counter(WORD.findall(machine.casefold())), Counter(WORD.findall(shown.casefold()))
    return theirs.total() >= WHOLE * ours.total() and (theirs & ours).total() < COVERED * theirs.total()


def _guessed(page: ArticlePage) -> str:
    if not page.is_markup or len(page.characters) > MAX_GUESSED:
        return ""
    import trafilatura

    found: Any = trafilatura.extract(page.characters, include_comments=False, include_tables=True)
    return "\n".join(line for line in islice((found or "").splitlines(), 5_000) if line.strip())
