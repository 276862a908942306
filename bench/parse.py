"""How fast documents are parsed, family by family, beside tree building by BeautifulSoup and a template of juriscraper.

    python -m bench.parse [ROUNDS] [WORDS]      (default: 7 rounds, every kind; WORDS choose kinds by name)

Ours is all that a run does with a changed document: decode, hash the region, parse, classify. Theirs is the tree of
the whole document alone, and of each piece of HTML that a feed or an API carries; for JSON without HTML, `json.loads`.
A third side is what a scraper on BeautifulSoup does for the same records. For dated messages and RSS it is one
(`bench.parse_scrapers`), whose records must be ours; for others the least that any does: those trees, their text and
links, and the very same classification of the very same texts; it finds no entry, reads no date and hashes nothing.
Processor time; every round has five documents of its own, and all sides read each of them once, in turn.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from bench.parse_corpus import corpus_kinds
from bench.parse_documents import Kind, kinds
from bench.parse_scrapers import ensure_same
from bench.servers import machine
from parsers.attachments import is_document
from parsers.classification import said_by
from parsers.page import PageChanged

DOCUMENTS_PER_ROUND = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and the pieces of HTML that it carries, found before the clock runs."""

    body: bytes
    carried: tuple[str, ...]
    said: tuple[tuple[str | None, str], ...] = ()
    """The title and the text of each record that is in it."""

    @classmethod
    def of(cls, kind: Kind, body: bytes) -> Document:
        try:
            read = kind.source.read(kind.open(body)).read
        except PageChanged:
            read = ()
        said = tuple((entry.notification.title, entry.notification.text) for entry in read)
        is_document.cache_clear()
        return cls(body, tuple(_carried(body)), said)


def same_records(kind: Kind, count: int) -> str:
    """How many pages of news give the same record with and without their template."""
    if kind.bare is None:
        return ""
    pairs = [[_records(kind, make(seed)) for make in (kind.make, kind.bare)] for seed in range(count)]
    return f"{sum(whole == bare for whole, bare in pairs)} of {count}"


def _records(kind: Kind, body: bytes) -> list[dict[str, Any]]:
    reading = kind.source.read(kind.open(body))
    return [entry.notification.as_row() for entry in reading.read]


def ours(kind: Kind, document: Document) -> int:
    """Parse as a run does; gives how many records and links there are."""
    try:
        page = kind.open(document.body)
        _ = page.region_hash
        reading = kind.source.read(page)
    except PageChanged:
        return 0
    return len(reading.read) + len(reading.links)


def tree(document: Document) -> list[Any]:
    """Build the trees that a scraper on BeautifulSoup would select from."""
    from bs4 import BeautifulSoup

    start = document.body.lstrip()[:1]
    trees: list[Any] = []
    if start in (b"{", b"["):
        json.loads(document.body)
    else:
        trees.append(BeautifulSoup(document.body, "lxml-xml" if _is_xml(document.body) else "lxml"))
    return trees + [BeautifulSoup(piece, "lxml") for piece in document.carried]


def reading(kind: Kind, document: Document) -> None:
    """Scrape the same records; or build the trees, take their text and links, and classify what they say as we do."""
    if kind.scraper is not None:
        kind.scraper(document.body, kind.address(document.body))
        return
    for each in tree(document):
        each.get_text(" ")
        _ = [link["href"] for link in each.find_all("a", href=True)]
    for title, text in document.said:
        said_by(title, text)


def _is_xml(body: bytes) -> bool:
    return b"<html" not in body[:2000].lower()


def _carried(body: bytes) -> Iterator[str]:
    """The strings of JSON and the texts of XML that hold tags."""
    from lxml import etree

    if body.lstrip()[:1] in (b"{", b"["):
        said = _strings(json.loads(body))
    elif _is_xml(body):
        root = etree.fromstring(body, etree.XMLParser(recover=True))
        said = (str(text) for text in root.itertext()) if root is not None else iter(())
    else:
        return
    yield from (text for text in said if "</" in text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _strings(each)


def cost_ms(read: Callable[[Document], object], document: Document) -> float:
    """Milliseconds of processor time, with what others left behind collected before."""
    gc.collect()
    began = time.process_time()
    read(document)
    return 1000 * (time.process_time() - began)


def measure(kind: Kind, rounds: int, *beside: Callable[[Document], object]) -> tuple[int, float, list[list[float]]]:
    """Records and links a document, kilobytes, and milliseconds a document in each round, ours and those beside it."""
    sides: tuple[Callable[[Document], object], ...] = (partial(ours, kind), *beside)
    spent = [[0.0] * rounds for _ in sides]
    for number in range(-1, rounds):
        first = (number + 1) * DOCUMENTS_PER_ROUND
        documents = [Document.of(kind, kind.make(first + place)) for place in range(DOCUMENTS_PER_ROUND)]
        for place, document in enumerate(documents):
            for side in sorted(range(len(sides)), reverse=bool(place % 2)):
                cost = cost_ms(sides[side], document)
                if number >= 0:
                    spent[side][number] += cost / DOCUMENTS_PER_ROUND
    found = sum(ours(kind, document) for document in documents) // len(documents)
    size = sum(len(document.body) for document in documents) / len(documents) / 1000
    return found, size, spent


def main(rounds: int, chosen: Sequence[str]) -> None:
    """Print the machine and a row for every kind of document; then the template's page."""
    warnings.simplefilter("ignore")
    names = "document | KB | records | ms | tree ms | ratio | range | read ms | ratio | records/s | same"
    print(f"{machine()}\n\n| {names} |\n|{' --- |' * 11}")
    for kind in (*kinds(), *corpus_kinds()):
        if not chosen or any(word in kind.name for word in chosen):
            if kind.scraper is not None:
                body = kind.make(0)
                records = [entry.notification for entry in kind.source.read(kind.open(body)).read]
                ensure_same(kind.scraper, records, kind.source.publisher, body, kind.address(body))
            found, size, (own, trees, read) = measure(kind, rounds, tree, partial(reading, kind))
            ratios = sorted(mine / other for mine, other in zip(own, trees, strict=True))
            to_read = median(mine / other for mine, other in zip(own, read, strict=True))
            figures = f"{size:.0f} | {found} | {median(own):.2f} | {median(trees):.2f} | {median(ratios):.2f}"
            beside = f"{ratios[0]:.2f}–{ratios[-1]:.2f} | {median(read):.2f} | {to_read:.2f}"
            speed, same = 1000 * found / median(own), same_records(kind, 20)
            print(f"| {kind.name} | {figures} | {beside} | {speed:,.0f} | {same} |", flush=True)
    beside_the_template(rounds)


def beside_the_template(rounds: int) -> None:
    """Print what a scraper on juriscraper's template takes for the same pages of the association, where it is there."""
    os.environ.setdefault("JURISCRAPER_LOG", os.devnull)
    try:
        from bench.linear_template import Template
    except ImportError as problem:
        print(f"\nno template: {problem}")
        return
    template = Template()
    for kind in (kind for kind in kinds() if kind.name.startswith("dated_page")):
        found, _, (own, theirs) = measure(kind, rounds, lambda document: template.read(document.body))
        cases = len(template.read(kind.make(0)))
        ratio = median(mine / other for mine, other in zip(own, theirs, strict=True))
        said = f"template {median(theirs):.2f} ms for {cases} cases, ours {median(own):.2f} ms for {found} records"
        print(f"{kind.name}: {said}, ratio {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, sys.argv[2:])
