"""What the desk refuses: searches that cannot be read, what is not there, and to be written to."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from archive.store import Archive
from tests.lifecycle.world import opened
from tests.web.conftest import CATALOGUE
from web.app import make_app
from web.wanted import SCOPE


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("q=%22open", "a quotation mark is never closed"),
        ("q=level:orange", "level:orange, expected one of green, yellow, amber, red"),
        ("level=orange", "level:orange, expected one of"),
        ("since=yesterday", "since: 'yesterday', expected a day as YYYY-MM-DD"),
        ("until=9999-12-31", "expected a day of the years 2 to 9998"),
        ("before=x", "before: 'x', expected a number"),
        ("before=99999999999999999999", "expected a number from 0"),
        ("limit=0", "limit: '0', expected a number from 1 to 100"),
        ("q=a&rank=1&before=5", "a listing by rank cannot be continued"),
        ("q=" + "a" * 1_001, "1,001 characters, expected at most 1,000"),
        ("q=%00", "has no letter or digit"),
        ("year=17", "year:17, expected four digits"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_page(site: httpx.Client, asked: str, wrong: str) -> None:
    page = site.get(f"/search?{asked}")
    assert page.status_code == 400
    assert wrong in html.unescape(page.text)
    problem = site.get(f"/api/v1/notifications?{asked}")
    assert (problem.status_code, problem.headers["Content-Type"]) == (400, "application/problem+json")
    assert wrong in problem.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/bulletins/ffffffffffffffff",
        "/captures/999",
        f"/captures/{2**70}",
        f"/captures/{'9' * 5_000}",
        f"/captures/{'9' * 5_000}/body",
        f"/api/v1/captures/{'9' * 5_000}",
        "/sources/none",
        "/attachments/x",
        f"/attachments/{'0' * 64}",
        "/static/app.py",
        "/static/nothing.css",
        "/static/..%2fapp.py",
        "/bulletins/%00",
        "/bulletins/%F0%9F%92%A5",
    ],
)
def test_what_is_not_there_is_404(site: httpx.Client, path: str) -> None:
    page = site.get(path)
    assert page.status_code == 404 and "expected" in page.text


ODD = ("%00", "a%00b", "%ED%A0%80", "%FF")
"""What an address may hold and a database may not: noughts, and bytes that are no UTF-8."""


def test_what_no_database_holds_is_not_there(database_url: str, tmp_path: Path) -> None:
    places = ["bulletins/{}", "sources/{}", "attachments/{}", "attachments/{}/pages/1.png", "static/{}.css"]
    places += [
        "api/v1/sources/{}",
        *(f"api/v1/notifications/{{}}{each}" for each in ("", "/revisions", "/attachments")),
    ]
    places += [f"bulletins/{{}}{each}" for each in ("/briefing", "/cite.txt", "/cite.bib", "/compare/1/2")]
    asked = [f"/{place.format(odd)}" for place in places for odd in ODD]
    searched = [f"/search?{name}={odd}" for name in SCOPE for odd in ODD]
    with opened(database_url, tmp_path) as archive, ThreadPoolExecutor(1) as aside:
        found = aside.submit(asyncio.run, statuses(archive, [*asked, *searched])).result()
    assert {path: found[path] for path in asked} == dict.fromkeys(asked, 404)
    assert {found[path] for path in searched} == {200, 400}


async def statuses(archive: Archive, paths: Sequence[str]) -> dict[str, int]:
    app = httpx.ASGITransport(make_app(archive, CATALOGUE), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") as client:
        return {path: (await client.get(path)).status_code for path in paths}


def test_only_what_pages_load_is_given_out_of_its_folder(
    site: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("note.css", "note.py", "note"):
        (tmp_path / name).write_text("ours")
    monkeypatch.setattr("web.app.STATIC", tmp_path)
    given = {name: site.get(f"/static/{name}").status_code for name in ("note.css", "note.py", "note")}
    assert given == {"note.css": 200, "note.py": 404, "note": 404}


def test_a_page_is_not_written_to(site: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert site.request(method, "/search").status_code == 405


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("notifications?levl=amber", "parameter 'levl', expected one of q, level, source,"),
        ("notifications?q=the&Level=amber", "parameter 'Level', expected one of q,"),
        ("export?sources=hostile", "parameter 'sources', expected one of q,"),
        ("export?q=the&limit=1", "parameter 'limit', expected one of q,"),
        ("changes?kinds=created", "parameter 'kinds', expected one of since, limit, kind, source"),
        ("captures/1?q=x", "parameter 'q', expected none"),
        ("sources?source=hostile", "parameter 'source', expected none"),
        ("notifications/none?%00", "parameter '\\x00', expected none"),
    ],
)
def test_a_parameter_that_the_api_does_not_know_is_refused(site: httpx.Client, asked: str, expected: str) -> None:
    answer = site.get(f"/api/v1/{asked}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].startswith(expected)


def test_what_others_add_to_the_address_of_a_page_is_left_out(site: httpx.Client) -> None:
    assert site.get("/search?q=the&utm_source=mail").status_code == 200
