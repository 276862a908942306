"""Folders of saved pages: what is taken, under which address and time, and what is left out aloud."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.store import Archive
from archive.tables import Capture
from ingest.importing import import_files
from ingest.report import Report
from parsers.source import sources
from tests.archive.pages import URL, messages, page
from tests.ingest.test_mail_import import captures
from tests.lifecycle.world import opened

NOW = datetime(2026, 4, 1, tzinfo=UTC)
MESSAGES = messages(12)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path / "archive") as made:
        yield made


def put(archive: Archive, *files: Path, url: str | None = None, at: datetime | None = None) -> Report:
    return import_files(archive, sources()["bsia-cssc"], files, NOW, url=url, at=at)


def saved(folder: Path, name: str, body: bytes, **meta: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)
    if meta:
        (folder / "meta.json").write_text(json.dumps(meta))
    return folder / name


def kept(archive: Archive) -> list[Capture]:
    return captures(archive)


def test_saved_pages_of_a_folder_come_in_the_order_of_their_stated_times(archive: Archive, tmp_path: Path) -> None:
    saves = tmp_path / "saves"
    saved(saves / "a", "page.html", page(MESSAGES), url=URL, fetched_at="2026-03-02T10:00:00+01:00")
    saved(saves / "b", "page.html", page(MESSAGES[1:]), url=URL, fetched_at="2026-03-01T10:00:00")
    (saves / "a" / "expected.json").write_text("{}")
    report = put(archive, saves)
    assert [each.fetched_at.isoformat() for each in kept(archive)] == [
        "2026-03-01T10:00:00+00:00",
        "2026-03-02T09:00:00+00:00",
    ]
    assert (report.row()["new"], report.told) == (12, [])


def test_the_time_of_a_file_says_nothing(archive: Archive, tmp_path: Path) -> None:
    file = saved(tmp_path / "saves", "any.html", page(MESSAGES))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    put(archive, tmp_path / "saves")
    assert [each.fetched_at for each in kept(archive)] == [NOW]


def test_what_an_operator_states_holds(archive: Archive, tmp_path: Path) -> None:
    saved(tmp_path, "page.html", page(MESSAGES), url="https://elsewhere.example/", fetched_at="2026-03-02T10:00:00Z")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    put(archive, tmp_path / "page.html", url=URL, at=at)
    assert [(each.url, each.fetched_at) for each in kept(archive)] == [(URL, at)]


def test_a_document_beside_its_address_is_an_attachment(archive: Archive, tmp_path: Path) -> None:
    address = "https://www.bsia.co.uk/Portals/4/one.pdf"
    saved(tmp_path / "a", "doc.pdf", b"%PDF-1.4", url=address, media_type="application/pdf")
    saved(tmp_path / "b", "other.pdf", b"%PDF-1.4 other")
    report = put(archive, tmp_path / "a", tmp_path / "b")
    (capture,) = kept(archive)
    assert (capture.role, capture.url, capture.headers) == (
        "attachment",
        address,
        [["Content-Type", "application/pdf"]],
    )
    assert report.row()["errors"] == 1 and "a PDF without its address" in report.told[0]


def test_what_is_left_out_is_told(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "saves"
    saved(folder, "a.html", page(MESSAGES))
    saved(folder, "photo.jpg", b"\xff\xd8")
    saved(folder, ".hidden.html", b"<html>")
    saved(folder / ".git", "page.html", b"<html>")
    report = put(archive, folder)
    assert (report.row()["seen"], report.lossy) == (12, False)
    (told,) = report.told
    assert "left out photo.jpg" in told


@pytest.mark.parametrize(
    "meta",
    [
        {"fetched_at": "yesterday"},
        {"fetched_at": "2099-01-01T00:00:00Z"},
        {"url": "file:///etc/passwd"},
        {"url": 7},
        {"role": "owner"},
        {"facts": {"a": 1}},
    ],
)
def test_what_a_meta_file_states_wrongly_is_an_error_of_its_page(
    archive: Archive, tmp_path: Path, meta: dict[str, object]
) -> None:
    saved(tmp_path / "a", "page.html", page(MESSAGES), **meta)
    report = put(archive, tmp_path / "a")
    assert (report.row()["errors"], report.row()["seen"], kept(archive)) == (1, 0, [])
    assert "expected" in report.told[0]


def test_a_folder_with_nothing_in_it_is_an_error(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert put(archive, tmp_path / "empty").row()["errors"] == 1


def test_a_fixture_is_imported_in_its_role(archive: Archive) -> None:
    case = next(each.parent for each in Path("tests/fixtures/btp").glob("*/meta.json") if "detail" in each.read_text())
    report = import_files(archive, sources()["btp"], [case], NOW, url=None, at=None)
    (capture,) = kept(archive)
    meta = json.loads((case / "meta.json").read_text())
    assert (capture.role, capture.url, capture.facts) == ("detail", meta["url"], meta.get("facts", {}))
    assert report.row()["seen"] == 1
