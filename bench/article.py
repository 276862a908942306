"""How much of an article's text, title and date is found on unknown pages: ours, trafilatura, readability, newspaper.

    python -m bench.article [STORIES] [SEED]        (default: 4 stories of each kind of page, seed 7)

The pages are of our own making (bench/article_pages.py), so what they say is known. F1 is of words, counted.
"""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from statistics import mean
from typing import Any, NamedTuple

from bench.article_pages import KEPT_BACK, KINDS, Story, pages
from parsers.families.article import Article
from parsers.page import PageChanged
from parsers.source import parse

ADDRESS = "https://news.example/story"


class Found(NamedTuple):
    """What a reader took from a page; the date as YYYY-MM-DD."""

    text: str
    title: str
    date: str


class Unknown(Article):
    """A site that nothing is known of."""

    slug, publisher, rights, basis, start = "unknown", "nobody", "", "", ()
    every_minutes, expect = 60, range(1)


def ours(document: str) -> Found:
    try:
        (entry,) = parse(Unknown(), document.encode(), ADDRESS, role="detail").read
    except (PageChanged, ValueError):
        return Found("", "", "")
    record = entry.notification
    return Found(record.text, record.title or "", (record.issued or "")[:10])


def by_trafilatura(document: str) -> Found:
    import trafilatura

    found: Any = trafilatura.bare_extraction(document, url=ADDRESS, include_comments=False, with_metadata=True)
    return Found(found.text or "", found.title or "", found.date or "") if found else Found("", "", "")


def by_readability(document: str) -> Found:
    from lxml import html

    found = import_module("readability").Document(document)
    return Found(" ".join(map(str, html.fromstring(found.summary()).itertext())), found.short_title(), "")


def by_newspaper(document: str) -> Found:
    found = import_module("newspaper").Article(ADDRESS, language="en")
    found.download(input_html=document)
    found.parse()
    return Found(found.text, found.title, str(found.publish_date or "")[:10])


READERS: dict[str, Callable[[str], Found]] = {
    "ours": ours,
    "trafilatura": by_trafilatura,
    "readability": by_readability,
    "newspaper": by_newspaper,
}


def f1(found: str, told: str) -> float:
    """The harmonic mean of precision and recall of words, each counted as often as it stands there."""
    theirs, known = (Counter(re.findall(r"\w+", words.casefold())) for words in (found, told))
    common = (theirs & known).total()
    return 2 * common / (theirs.total() + known.total()) if common else 0.0


def main(stories: int, seed: int) -> None:
    """Print a table of F1 by kind of page, then titles, dates and processor time of each reader."""
    warnings.simplefilter("ignore")
    made = list(pages(stories, seed))
    found: dict[str, list[tuple[str, Story, Found]]] = {}
    seconds: dict[str, float] = {}
    for name, reader in READERS.items():
        reader(made[0][2])
        began = time.process_time()
        found[name] = [(kind, story, reader(document)) for kind, story, document in made]
        seconds[name] = time.process_time() - began
    print(f"{len(made)} pages\n\n| F1 of words | {' | '.join(READERS)} |\n| --- {'| --- ' * len(READERS)}|")
    for kind in KINDS:
        row(
            f"{kind}{' (kept back)' * (kind in KEPT_BACK)}",
            [mean(f1(took.text, told.text) for at, told, took in found[name] if at == kind) for name in READERS],
        )
    row("all pages", [mean(f1(took.text, told.text) for _, told, took in found[name]) for name in READERS])
    row("worst page", [min(f1(took.text, told.text) for _, told, took in found[name]) for name in READERS])
    row("title exact", [mean(took.title == told.title for _, told, took in found[name]) for name in READERS])
    row("date right", [mean(took.date == told.date for _, told, took in found[name]) for name in READERS])
    row("date wrong", [mean(took.date not in ("", told.date) for _, told, took in found[name]) for name in READERS])
    row("ms a page", [1000 * seconds[name] / len(made) for name in READERS])


def row(name: str, figures: list[float]) -> None:
    print(f"| {name} | {' | '.join(f'{figure:.3f}' for figure in figures)} |")


if __name__ == "__main__":
    main(*map(int, [*sys.argv[1:], *("4", "7")[len(sys.argv) - 1 :]]))
