"""How fast documents are parsed, family by family, beside tree building by BeautifulSoup and a template of juriscraper.

    python -m bench.parse [ROUNDS] [WORDS]      (default: 7 rounds, every kind; WORDS choose kinds by name)

Ours is all that a run does with a changed document: decode, hash the region, parse, classify. Theirs is the tree of
the whole document alone, and of each piece of HTML that a feed or an API carries; for JSON without HTML, `json.loads`.
Processor time; every round has five documents of its own, and both sides read each of them once, in turn.
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
from bench.servers import machine
from parsers.page import PageChanged

DOCUMENTS_PER_ROUND = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and the pieces of HTML that it carries, found before the clock runs."""

    body: bytes
    carried: tuple[str, ...]

    @classmethod
    def of(cls, body: bytes) -> Document:
        return cls(body, tuple(_carried(body)))


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


def tree(document: Document) -> None:
    """Build the trees that a scraper on BeautifulSoup would select from."""
    from bs4 import BeautifulSoup

    start = document.body.lstrip()[:1]
    if start in (b"{", b"["):
        json.loads(document.body)
    else:
        BeautifulSoup(document.body, "lxml-xml" if _is_xml(document.body) else "lxml")
    for piece in document.carried:
        BeautifulSoup(piece, "lxml")


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


def measure(
    kind: Kind, rounds: int, beside: Callable[[Document], object] = tree
) -> tuple[int, float, list[float], list[float]]:
    """Records and links a document, kilobytes, and milliseconds a document in each round, ours and theirs."""
    sides, spent = (partial(ours, kind), beside), ([0.0] * rounds, [0.0] * rounds)
    for number in range(-1, rounds):
        first = (number + 1) * DOCUMENTS_PER_ROUND
        documents = [Document.of(kind.make(first + place)) for place in range(DOCUMENTS_PER_ROUND)]
        for place, document in enumerate(documents):
            for side in (0, 1) if place % 2 else (1, 0):
                cost = cost_ms(sides[side], document)
                if number >= 0:
                    spent[side][number] += cost / DOCUMENTS_PER_ROUND
    found = sum(ours(kind, document) for document in documents) // len(documents)
    size = sum(len(document.body) for document in documents) / len(documents) / 1000
    return found, size, *spent


def main(rounds: int, chosen: Sequence[str]) -> None:
    """Print the machine and a row for every kind of document; then the template's page."""
    warnings.simplefilter("ignore")
    print(f"{machine()}\n\n| document | KB | records | ms | BeautifulSoup ms | ratio | range | records/s | same |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in (*kinds(), *corpus_kinds()):
        if not chosen or any(word in kind.name for word in chosen):
            found, size, own, theirs = measure(kind, rounds)
            ratios = sorted(mine / other for mine, other in zip(own, theirs, strict=True))
            figures = f"{size:.0f} | {found} | {median(own):.2f} | {median(theirs):.2f} | {median(ratios):.2f}"
            speed, same = 1000 * found / median(own), same_records(kind, 20)
            print(
                f"| {kind.name} | {figures} | {ratios[0]:.2f}–{ratios[-1]:.2f} | {speed:,.0f} | {same} |",
                flush=True,
            )
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
        found, _, own, theirs = measure(kind, rounds, lambda document: template.read(document.body))
        cases = len(template.read(kind.make(0)))
        ratio = median(mine / other for mine, other in zip(own, theirs, strict=True))
        said = f"template {median(theirs):.2f} ms for {cases} cases, ours {median(own):.2f} ms for {found} records"
        print(f"{kind.name}: {said}, ratio {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, sys.argv[2:])
