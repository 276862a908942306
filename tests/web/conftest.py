"""An archive with a bit of everything, its desk as it is served, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from archive.store import Archive
from desk import drawn_by
from ingest.documents import DocumentReader
from ingest.settling import arrive
from tests import pdfs
from tests.archive.pages import BODIES, Message, page
from tests.databases import refuse
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, arrival, bsia, opened, run, shown, with_document
from web import takeaway
from web.app import make_app
from web.catalogue import Catalogue, SourceFacts
from web.server import serving

NOTE = "/Portals/4/CSSC/note.pdf"
NOTE_BODY = pdfs.table_document()
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\'";alert(3)//'
CATALOGUE = Catalogue(
    {
        "bsia-cssc": SourceFacts("bsia-cssc", "bsia", f"© BSIA {HOSTILE}", "modelled", "javascript:alert(4)", 15),
        "hostile": SourceFacts("hostile", "bsia", "", "modelled", "https://www.bsia.co.uk/", 15),
    },
    {"btp": "British Transport Police", "bsia": f"BSIA {HOSTILE}"},
    banner="a banner",
)
SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")


def fill(archive: Archive) -> None:
    """Six messages, one of them with a document; then one is edited and one is gone; and a page of hostile words."""
    first = [with_document(SIX[0], NOTE), *SIX[1:]]
    edited = [replace(first[0], paragraphs=(*first[0].paragraphs, "An update follows at noon.")), *first[1:]]
    without = [*edited[:2], *edited[3:]]
    upstream = Upstream(SmallSite([first, edited, without, without], {(NOTE, 0): NOTE_BODY}))
    clock = Clock(START)
    for step in range(4):
        upstream.step = step
        run(archive, upstream, clock)
        clock.forward(20)
    odd = escape(HOSTILE)
    messages = [
        Message("20/02/2018", f"{odd} {number}", f"{BODIES[number]} {odd}", pdf=f"{number}.pdf?{odd}")
        for number in range(6)
    ]
    unreadable = messages[0].but(day="31/02/2018")
    for place, body in enumerate((messages, [unreadable, *messages[1:]])):
        at = START + timedelta(days=1, minutes=30 * place)
        arrive(archive, bsia("hostile"), [arrival(page(body, nonce=HOSTILE), at, "hostile")], at)


@pytest.fixture(autouse=True)
def places() -> None:
    """The exports of the test before have ended: a server hears late of readers who left."""
    held = [takeaway._slots.acquire(timeout=20) for _ in range(takeaway.MOST_TOGETHER)]
    for _ in filter(None, held):
        takeaway._slots.release()
    assert all(held)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive that no test changes."""
    place = tmp_path_factory.mktemp("desk")
    with opened(f"sqlite:///{place / 'archive.sqlite'}", place) as archive:
        fill(archive)
        yield archive


@pytest.fixture(scope="session")
def address(filled: Archive) -> Iterator[str]:
    """Where its desk is served; `now` is a day after its last capture."""
    with DocumentReader(max_seconds=30) as documents:
        app = make_app(filled, CATALOGUE, lambda: START + timedelta(days=2), drawn_by(documents))
        with serving(app, "127.0.0.1", 0) as port:
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def site(address: str) -> Iterator[httpx.Client]:
    """A client of the pages as they are served."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        refuse("browser", "chromium is not installed")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def public_id(site: httpx.Client) -> str:
    """The bulletin that was edited."""
    items = site.get("/api/v1/notifications", params={"has": "attachment", "source": "bsia-cssc"}).json()["items"]
    return str(items[0]["id"])
