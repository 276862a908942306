"""Searches to take away from the web: whole, in three forms, under the same rules as every other answer."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.export import exported, json_line, numbers_by_id
from archive.finding import Asked
from archive.store import Archive
from tests.archive.loads import load
from tests.lifecycle.world import START, opened
from tests.web.conftest import CATALOGUE, HOSTILE
from tests.web.test_pages import Tags
from web import takeaway
from web.app import make_app
from web.briefing import STYLE
from web.server import serving

SEARCH = {"q": "the", "level": "green"}


def as_exported(archive: Archive, asked: Asked) -> bytes:
    with archive.reading() as session:
        return b"".join(map(json_line, exported(session, numbers_by_id(session, asked), CATALOGUE.rights_of)))


def test_a_search_is_taken_away_as_json_lines(site: httpx.Client, filled: Archive) -> None:
    wanted = as_exported(filled, Asked("the", {"level": ["green"]}))
    assert wanted
    for path, more in (("/search.jsonl", {"limit": "1", "rank": "1"}), ("/api/v1/export", {})):
        answer = site.get(path, params={**SEARCH, **more})
        assert (answer.status_code, answer.content) == (200, wanted)
        assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="bulletins-the-green.jsonl"'
    assert site.get("/search.jsonl").content == as_exported(filled, Asked())


def test_a_search_is_taken_away_as_csv(site: httpx.Client, filled: Archive) -> None:
    answer = site.get("/search.csv", params=SEARCH)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    lines = [json.loads(line) for line in as_exported(filled, Asked("the", {"level": ["green"]})).splitlines()]
    for row, line in zip(rows, lines, strict=True):
        assert [row[name] for name in ("id", "title", "text")] == [line[name] for name in ("id", "title", "text")]
    assert site.get("/api/v1/export", params={**SEARCH, "format": "csv"}).content == answer.content


def test_a_file_has_a_safe_name(site: httpx.Client) -> None:
    odd = "a; filename=x.exe\r\nX-Odd: 1/../é" + "b" * 200
    named = site.get("/search.csv", params={"q": f'"{odd}"'}).headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="bulletins-a-filename-x-exe-[A-Za-z0-9-]{1,60}\.csv"', named)
    assert site.get("/search.csv").headers["Content-Disposition"].endswith('"bulletins-all.csv"')


@pytest.mark.parametrize("path", ["/search.jsonl", "/search.csv", "/search/briefing", "/api/v1/export"])
def test_what_cannot_be_asked_is_said_before_anything_is_sent(site: httpx.Client, path: str) -> None:
    for asked in ("q=%22open", "level=orange", "since=yesterday", "q=" + "a" * 1_001, "year=17"):
        answer = site.get(f"{path}?{asked}")
        assert answer.status_code == 400 and "expected" in answer.text, asked
        kind = "application/problem+json" if path.startswith("/api") else "text/html; charset=utf-8"
        assert answer.headers["Content-Type"] == kind
        assert "Content-Disposition" not in answer.headers
    assert site.get(path, params={"q": "nowhere"}).status_code == 200
    assert site.head(path).status_code == 200 and site.head(path).headers["Content-Disposition"]


def test_a_bulletin_that_was_read_back_says_so(
    site: httpx.Client, filled: Archive, public_id: str, tmp_path: Path
) -> None:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as other:
        load(other, as_exported(filled, Asked()))
        with serving(make_app(other, CATALOGUE), "127.0.0.1", 0) as port:
            here = f"http://127.0.0.1:{port}"
            page = httpx.get(f"{here}/bulletins/{public_id}", trust_env=False)
            assert page.status_code == 200 and "Read back from another archive" in page.text
            for path in ("cite.txt", "briefing"):
                theirs = site.get(f"/bulletins/{public_id}/{path}").text.replace(str(site.base_url), here)
                assert httpx.get(f"{here}/bulletins/{public_id}/{path}", trust_env=False).text == theirs
    assert "Read back" not in site.get(f"/bulletins/{public_id}").text


def test_a_format_that_there_is_not_is_a_problem(site: httpx.Client) -> None:
    answer = site.get("/api/v1/export?format=pdf")
    assert answer.status_code == 400 and "format: 'pdf', expected one of jsonl, csv, briefing" in answer.text


def test_a_briefing_has_contents_texts_and_citations(site: httpx.Client, address: str, public_id: str) -> None:
    page = site.get("/search/briefing", params={"source": "bsia-cssc", "since": "2017-01-01"})
    tags = Tags(page.text)
    ids = [str(given["id"]) for _, given in tags.found if given.get("id")]
    links = [str(given["href"]) for tag, given in tags.found if tag == "a"]
    assert len(set(ids)) == len(ids)
    inside = [link.removeprefix("#") for link in links if link.startswith("#")]
    assert sorted(inside) == sorted(set(ids) - {"contents"})
    text = " ".join(tags.text.split())
    rows = site.get("/api/v1/notifications", params={"source": "bsia-cssc"}).json()["items"]
    assert len(rows) == 6
    for row in rows:
        (revision,) = (
            each
            for each in site.get(f"/api/v1/notifications/{row['id']}/revisions").json()["items"]
            if each["revision"] == row["revision"]
        )
        assert " ".join(row["text"].split()) in text
        for said in (row["title"], f"{address}/bulletins/{row['id']}", revision["sha256"], revision["content_hash"]):
            assert said is None or said in text, row["id"]
    assert "Briefing: source bsia-cssc; issued from 2017-01-01" in text
    assert "withdrawn" in text and "SHA-256" in text
    alone = site.get(f"/bulletins/{public_id}/briefing")
    assert " ".join(Tags(alone.text).text.split()).count(f"{address}/bulletins/{public_id}") == 2
    assert f'href="/bulletins/{public_id}/briefing"' in site.get(f"/bulletins/{public_id}").text
    assert site.get("/bulletins/ffffffffffffffff/briefing").status_code == 404


def test_a_briefing_loads_nothing_runs_nothing_and_is_the_same_again(site: httpx.Client) -> None:
    page = site.get("/search/briefing")
    tags = Tags(page.text)
    assert not [tag for tag, _ in tags.found if tag in ("script", "img", "iframe", "link", "object", "embed", "base")]
    for tag, given in tags.found:
        assert not [name for name in given if name.startswith("on") or name in ("style", "src", "srcdoc")], tag
        assert re.match(r"#|https?://", given.get("href") or "#")
    assert HOSTILE in tags.text
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    (within,) = (given for tag, given in tags.found if given.get("http-equiv") == "Content-Security-Policy")
    for policy in (str(within["content"]), page.headers["Content-Security-Policy"]):
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{style}'") and "unsafe" not in policy
    assert f"<style>{STYLE}</style>" in page.text
    assert page.headers["X-Frame-Options"] == "DENY" and page.headers["Content-Disposition"].startswith("inline")
    assert site.get("/search/briefing").content == page.content


def test_the_search_page_offers_what_it_shows(site: httpx.Client) -> None:
    page = site.get("/search", params={**SEARCH, "rank": "1"}).text
    for path in ("/search.jsonl", "/search.csv", "/search/briefing"):
        assert f'href="{path}?q=the&amp;level=green"' in page


@pytest.fixture
def readings(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The rows that were read for an export, as far as it has come."""
    read = list[Any]()

    def counted(*given: Any, **how: Any) -> Iterator[Any]:
        for row in exported(*given, **how):
            read.append(row["id"])
            yield row | {"text": row["text"] + "x" * takeaway.PIECE_BYTES * 20}

    monkeypatch.setattr(takeaway, "exported", counted)
    yield read


def test_an_export_is_sent_as_it_is_read_and_ends_with_its_reader(
    filled: Archive, readings: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(filled, CATALOGUE, lambda: START + timedelta(days=2))
    with serving(app, "127.0.0.1", 0) as port, httpx.Client(trust_env=False) as client:
        for _ in range(takeaway.MOST_TOGETHER + 1):
            readings.clear()
            with client.stream("GET", f"http://127.0.0.1:{port}/search.jsonl") as answer:
                assert next(answer.iter_bytes())
                assert 0 < len(readings) < 12
        held = [takeaway._slots.acquire(timeout=10) for _ in range(takeaway.MOST_TOGETHER)]
        assert all(held)
        refused = client.get(f"http://127.0.0.1:{port}/api/v1/export")
        assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
        for _ in held:
            takeaway._slots.release()
        assert client.get(f"http://127.0.0.1:{port}/search.csv?q=nowhere").status_code == 200


def test_a_reader_who_takes_nothing_loses_its_place(
    filled: Archive, readings: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeaway, "STALLED_SECONDS", 0.2)
    app = make_app(filled, CATALOGUE, lambda: START + timedelta(days=2))
    with ExitStack() as stack:
        port = stack.enter_context(serving(app, "127.0.0.1", 0))
        for _ in range(takeaway.MOST_TOGETHER):
            slow = stack.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", port))
            slow.sendall(b"GET /search.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert slow.recv(15) == b"HTTP/1.1 200 OK"
        assert 0 < len(readings) < takeaway.MOST_TOGETHER * 12
        held = [takeaway._slots.acquire(timeout=20) for _ in range(takeaway.MOST_TOGETHER)]
        for _ in filter(None, held):
            takeaway._slots.release()
        assert all(held)
