"""The status page: what it says, that nothing in it runs, and how a real browser shows it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from archive.store import Archive
from tests.archive.pages import BODIES, Message, Publisher, make_archive, messages
from tests.databases import refuse
from web.app import make_app
from web.catalogue import Catalogue, SourceFacts
from web.server import serving

CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
CATALOGUE = Catalogue({"bsia-cssc": SourceFacts("bsia-cssc", "bsia")}, {"btp": "British Transport Police"})
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with make_archive(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as made:
        publisher = Publisher(made)
        odd = Message("20/02/2026", HOSTILE.replace("<", "&lt;").replace(">", "&gt;"), BODIES[1][::-1])
        publisher.show([odd, *messages(12)])
        publisher.show([odd.but(day="31/02/2026"), *messages(12)])
        yield made


@pytest.fixture
def site(archive: Archive) -> Iterator[httpx.Client]:
    """A client of the pages as they are served."""
    with (
        serving(make_app(archive, CATALOGUE), "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def test_it_names_sources_bulletins_and_what_waits(site: httpx.Client) -> None:
    page = site.get("/")
    assert page.status_code == 200
    assert "Notice 11" in page.text and "bsia-cssc" in page.text
    status = site.get("/status.json").json()
    assert status["sources"][0]["quarantined"] == 1
    assert status["totals"]["notifications"] == 13


def test_nothing_that_a_publisher_writes_becomes_markup(site: httpx.Client) -> None:
    page = site.get("/")
    assert "<script" not in page.text and "<img" not in page.text
    assert "&lt;script&gt;" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_browser_shows_it(archive: Archive, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        refuse("browser", "chromium is not installed")
    with serving(make_app(archive, replace(CATALOGUE, banner="a banner")), "127.0.0.1", 0) as port:
        shown = subprocess.run(
            [
                str(chromium),
                *CHROMIUM,
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                f"http://127.0.0.1:{port}/",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert "Newest bulletins" in shown.stdout and "Notice 11" in shown.stdout
    assert "alert(1)" in shown.stdout and "<script" not in shown.stdout
