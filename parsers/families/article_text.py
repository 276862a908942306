"""The text of an article with its links and documents: from its block, its JSON-LD, or at last by trafilatura."""

from __future__ import annotations

import re
from collections import Counter
from itertools import dropwhile, islice
from typing import Any, NamedTuple

from parsers.attachments import Pairs, attachments_and_links
from parsers.families.article_body import Body, find_body
from parsers.families.article_furniture import PHRASES
from parsers.families.article_page import ArticlePage
from parsers.lines import Flattener, Line
from parsers.page import PageChanged

MIN_CHARACTERS = 100
"""Fewer running characters than this are an article only in an element that is marked as one."""
HEAD_LINES = 12
COVERED, WHOLE = 0.9, 0.8
WORD = re.compile(r"\w+")
TAG = re.compile(r"<(?:p|br|div|ul|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
STAMP = re.compile(
    r"(?:(?:first |last )?(?:published|posted|updated|issued|date|release date|added|created|modified)\b.{0,60}|"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?[0-9]{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? [0-9]{4}.{0,25}|"
    r"[a-z]{3,9} [0-9]{1,2}, [0-9]{4}.{0,25}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}.{0,25}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,25}|"
    r"[0-9: ]{4,6}.{0,2} [0-9/]{8,10})",
    re.IGNORECASE,
)


class Text(NamedTuple):
    """The words of an article, where they were found, the links in them, and the documents of the article."""

    text: str
    place: str
    links: Pairs = ()
    attachments: Pairs = ()


def article_text(page: ArticlePage, document_path: re.Pattern[str] | None) -> Text:
    """Raises PageChanged where the page holds no words that run on."""
    body = find_body(page.root) if page.is_markup else None
    shown = _shown(page, body, document_path) if body else Text("", "")
    machine = "\n".join(line.text for line in _machine_lines(page))
    if _lacks(shown.text, machine):
        return shown._replace(text=machine, place="JSON-LD articleBody, of which the page shows a part")
    if body and (body.characters >= MIN_CHARACTERS or (body.is_marked and shown.text)):
        return shown
    guessed = _guessed(page)
    if not guessed:
        raise PageChanged(f"{page.url}: no words that run on, expected the text of an article")
    return shown._replace(text=guessed, place="trafilatura (low confidence)")


def _shown(page: ArticlePage, body: Body, document_path: re.Pattern[str] | None) -> Text:
    lines = _without_edges(Flattener().flatten(body.element), [title for _, title in page.stated.titles])
    words = "\n".join(line.text for line in lines if line.text)
    inside, links = attachments_and_links(lines, page, document_path)
    around, _ = attachments_and_links(Flattener().flatten(body.scope), page, document_path)
    return Text(words, f"the densest block of {body.place}", links, tuple({**dict(around), **dict(inside)}.items()))


def _without_edges(lines: list[Line], titles: list[str]) -> list[Line]:
    """The lines without those before the text that repeat title or date, and those around it that lead elsewhere."""
    said = {title.casefold() for title in titles}

    def is_edge(line: Line) -> bool:
        bare = line.text.rstrip(" .:»›>")
        return not bare or (not line.bullet and bool(PHRASES.fullmatch(bare)))

    def is_head(line: Line) -> bool:
        return is_edge(line) or line.text.casefold() in said or bool(STAMP.fullmatch(line.text))

    titled = [place for place, line in enumerate(lines[:HEAD_LINES]) if line.text.casefold() in said]
    kept = list(dropwhile(is_head, lines[titled[-1] if titled else 0 :]))
    return list(dropwhile(is_edge, reversed(kept)))[::-1]


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
    if not page.is_markup:
        return ""
    import trafilatura

    found: Any = trafilatura.extract(page.characters, include_comments=False, include_tables=True)
    return "\n".join(line for line in islice((found or "").splitlines(), 5_000) if line.strip())
