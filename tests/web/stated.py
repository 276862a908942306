"""A source whose records are given by hand, and the desk of an archive that holds them: what no parser need find."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from archive.records import Notification, ReadEntry, Reading, RefusedEntry
from archive.store import Archive
from ingest.settling import arrive
from parsers.page import Page
from parsers.source import Source
from tests.lifecycle.world import START, arrival, bsia, opened
from web.app import make_app
from web.catalogue import Catalogue, SourceFacts
from web.server import serving

CATALOGUE = Catalogue({"by-hand": SourceFacts("by-hand", "bsia", "© BSIA", "", "https://www.bsia.co.uk/", 15)})


class ByHand(Source):
    """A source whose pages are its records as JSON; `refused` is why one entry more cannot be read."""

    refused = ""

    def read(self, page: Page) -> Reading:
        rows = json.loads(page.characters)
        read = tuple(ReadEntry(place, json.dumps(row), _record(row)) for place, row in enumerate(rows))
        refused = (RefusedEntry(len(rows), "an entry", self.refused),) if self.refused else ()
        return Reading(read, refused, recognised={})


def _record(row: dict[str, Any]) -> Notification:
    given: dict[str, Any] = {
        name: tuple(map(tuple, value)) if isinstance(value, list) else value for name, value in row.items()
    }
    return Notification(**{"source": "by-hand", "url": f"https://www.bsia.co.uk/{row.get('ref')}", **given})


def by_hand(refused: str = "") -> Source:
    source = ByHand()
    vars(source).update({name: getattr(bsia(), name) for name in ("publisher", "rights", "basis", "start")})
    vars(source).update(slug="by-hand", every_minutes=15, expect=range(1_000), listing="increment", refused=refused)
    return source


def fill(archive: Archive, readings: Sequence[Sequence[dict[str, Any]]], refused: str) -> None:
    """Readings of the page, half an hour apart."""
    for place, rows in enumerate(readings):
        at = START + timedelta(minutes=30 * place)
        arrive(archive, by_hand(refused), [arrival(json.dumps(rows).encode(), at, "by-hand")], at)


@contextmanager
def desk_of(
    folder: Path, *readings: Sequence[dict[str, Any]], refused: str = "", catalogue: Catalogue = CATALOGUE
) -> Iterator[httpx.Client]:
    """A client of the desk of an archive that holds what these readings gave."""
    with opened(f"sqlite:///{folder / 'archive.sqlite'}", folder) as archive:
        fill(archive, readings, refused)
        app = make_app(archive, catalogue, lambda: START + timedelta(days=2))
        with (
            serving(app, "127.0.0.1", 0) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
        ):
            yield client


def only_id(site: httpx.Client) -> str:
    """The id of the only bulletin."""
    (row,) = site.get("/api/v1/notifications").json()["items"]
    return str(row["id"])
