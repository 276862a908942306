"""Kinds of documents from the collection of real ones beside the checkout; none where it is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.parse_documents import Kind
from bench.parse_scrapers import dated_messages
from parsers.families.feed import Feed
from parsers.source import Source, sources

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


class AnyFeed(Feed):
    """A feed that nothing is known of."""

    slug, publisher, rights, basis, start = "", "nobody", "", "", ()
    every_minutes, listing, expect = 60, "window", range(500)


def corpus_kinds() -> Iterator[Kind]:
    """Real documents in turn: as many rounds as it takes read all of them."""
    page = _kind("corpus: the association's page", "list", "bsia/*.html", sources()["bsia-cssc"], "listing")
    yield from (replace(kind, scraper=dated_messages) for kind in page)
    for name, bar, files, source, role in (
        (
            "corpus: feeds of 20 to 60 items",
            "list",
            "feeds/miniflux/internal/reader/parser/testdata/[elrsu]*.xml",
            AnyFeed(),
            "listing",
        ),
        ("corpus: govuk finder pages", "list", "html/*/*.html", sources()["home-office"], "listing"),
        ("corpus: govuk content items", "", "govuk/*.json", sources()["home-office"], "detail"),
        ("corpus: cap alerts", "", "cap/*/*.[cx][am][pl]", sources()["uk-emergency-alerts"], "detail"),
    ):
        yield from _kind(name, bar, files, source, role)


def _kind(name: str, bar: str, files: str, source: Source, role: str) -> Iterator[Kind]:
    bodies = [path.read_bytes() for path in sorted(CORPUS.glob(files))]
    if bodies:
        yield Kind(name, bar, source, _address, lambda seed: bodies[seed % len(bodies)], role)


def _address(body: bytes) -> str:
    """Where a document stands: an item of GOV.UK says so itself."""
    path = json.loads(body).get("base_path") if body[:1] == b"{" else None
    return f"https://www.gov.uk/api/content{path}" if path else "https://documents.example/"
