"""WARC and WACZ files that are whole, damaged, compressed badly, or made to hurt."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import ingest.warc
from ingest.holdings import Given, NotGiven, Row, Unusable
from ingest.wacz import BadPackage, Part, opened, warcs_in
from ingest.warc import DamagedFile, captures_in, given_in, response_in, unchunked
from tests.corpus import corpus
from tests.history.recorded import Exchange, imported, paced, timeline, write_warc
from tests.lifecycle.dumps import dump
from tests.lifecycle.world import ADDRESS, Clock
from tests.lifecycle.world import opened as opened_archive

URL = "https://www.example.org/page"
HEADERS = (("Content-Type", "text/html"),)
AT = datetime(2018, 7, 2, 9, tzinfo=UTC)


def exchange(body: bytes, *headers: tuple[str, str], minutes: int = 0) -> Exchange:
    return Exchange(URL, AT + timedelta(minutes=minutes), 200, (*HEADERS, *headers), body)


def rows_of(file: Path) -> list[Row | Unusable]:
    with file.open("rb") as stream, file.open("rb") as places:
        return list(captures_in(stream, places, file.name))


def given_of(file: Path, row: Row | Unusable) -> Given:
    assert isinstance(row, Row) and row.position is not None
    with opened(Part(file.name, file), row.position) as stream:
        return given_in(stream, row.url)


CODED = {
    "plain": (b"words", ()),
    "gzip": (gzip.compress(b"words"), (("Content-Encoding", "gzip"),)),
    "br": (brotli.compress(b"words"), (("Content-Encoding", "br"),)),
    "zstd": (zstandard.compress(b"words"), (("Content-Encoding", "zstd"),)),
    "zstd stated, not done": (b"words", (("Content-Encoding", "zstd"),)),
    "chunks": (b"3\r\nwor\r\n2;x=y\r\nds\r\n0\r\n\r\n", (("Transfer-Encoding", "chunked"),)),
    "stated, not done": (b"words", (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
}


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("suffix", ["warc", "warc.gz"])
def test_a_response_is_read_without_its_codings(coding: str, suffix: str, tmp_path: Path) -> None:
    body, headers = CODED[coding]
    file = write_warc(tmp_path / f"x.{suffix}", [exchange(body, *headers)])
    (row,) = rows_of(file)
    found = given_of(file, row)
    assert (found.status, found.body, found.headers[0]) == (200, b"words", HEADERS[0])
    assert isinstance(row, Row) and (row.at, row.url) == (AT, URL)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_record_with_any_damage_is_given_or_refused(place: int, damage: bytes) -> None:
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    block += b"1a\r\n" + gzip.compress(b"words")[:26].ljust(26) + b"\r\n0\r\n\r\n"
    try:
        response_in(block[:place] + damage + block[place + len(damage) :], URL)
    except NotGiven as problem:
        assert str(problem)


@pytest.mark.parametrize("page", [b"<!doctype html><p>x", b' {"a": 1}', b"[]", b"%PDF-1.7 x", b"<?xml version='1.0'?>"])
def test_a_page_that_says_br_and_is_not_compressed_is_left_as_it_is(page: bytes) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n"
    assert response_in(block + page, URL).body == page
    with pytest.raises(NotGiven, match="br data is"):
        response_in(block + brotli.compress(page)[:-1], URL)
    with pytest.raises(NotGiven, match="br data is"):
        response_in(block + b"\x8b" + page, URL)


def test_chunks_that_break_off_are_refused() -> None:
    with pytest.raises(NotGiven, match="break off after"):
        unchunked(b"3\r\nabc\r\n5\r\nde")


def test_what_grows_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.warc, "MAX_BODY_BYTES", 10_000)
    bomb = exchange(gzip.compress(bytes(1_000_000)), ("Content-Encoding", "gzip"))
    file = write_warc(tmp_path / "x.warc.gz", [bomb])
    with pytest.raises(NotGiven, match="grows beyond 10000 bytes"):
        given_of(file, rows_of(file)[0])
    monkeypatch.setattr(ingest.warc, "MAX_RECORD_BYTES", 500)
    (row,) = rows_of(file)
    assert isinstance(row, Row) and row.problem is not None and "expected at most 500" in row.problem


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95, 0.999])
@pytest.mark.parametrize("suffix", ["warc", "warc.gz"])
def test_a_file_that_was_cut_gives_what_is_whole_and_says_what_is_not(keep: float, suffix: str, tmp_path: Path) -> None:
    exchanges = [exchange(bytes([65 + place]) * 3_000, minutes=place) for place in range(9)]
    file = write_warc(tmp_path / f"x.{suffix}", exchanges)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * keep)])
    rows: list[Row | Unusable] = []
    told = ""
    try:
        with file.open("rb") as stream, file.open("rb") as places:
            for row in captures_in(stream, places, "x"):
                rows.append(row)
    except DamagedFile as problem:
        told = str(problem)
    given_bodies = []
    for row in rows:
        try:
            given_bodies.append(given_of(file, row).body)
        except NotGiven as problem:
            told = str(problem)
    assert given_bodies == [each.body for each in exchanges[: len(given_bodies)]]
    assert told, f"{len(given_bodies)} of 9"


def test_every_real_file_is_read_or_told_of() -> None:
    folders = corpus("warc/warcio/test/data"), corpus("warc/pywb/sample_archive/warcs")
    told: dict[str, str] = {}
    count = 0
    for file in sorted(file for folder in folders for file in folder.iterdir()):
        try:
            rows = rows_of(file)
        except DamagedFile as problem:
            told[file.name] = str(problem)
            continue
        for row in rows:
            try:
                if isinstance(row, Row) and row.media_type != ingest.warc.REVISIT:
                    count += bool(given_of(file, row).status)
            except NotGiven as problem:
                told[file.name] = str(problem)
    assert count == 70
    assert "other bytes than it states" in told["example-wrong-chunks.warc.gz"], "its chunks were changed by hand"
    assert "compressed as a whole" in told["example-bad-non-chunked.warc.gz"]
    assert all("an ARC file, expected a WARC" in told[name] for name in ("bad.arc", "example.arc", "example.arc.gz"))
    assert "expected a status line" in told["example-extra.warc"]
    assert not {"iana.warc.gz", "dupes.warc.gz", "example.warc.gz"} & told.keys()


def package(file: Path, members: Sequence[tuple[str, bytes]], *, compress: int = zipfile.ZIP_STORED) -> Path:
    stated = [{"path": name, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"} for name, data in members]
    with zipfile.ZipFile(file, "w", compress) as made:
        made.writestr("datapackage.json", json.dumps({"profile": "data-package", "resources": stated}))
        for name, data in members:
            made.writestr(name, data)
    return file


def test_a_package_is_imported_like_its_files(database_url: str, tmp_path: Path) -> None:
    page = next(each for each in timeline("bsia-cssc", 1).exchanges if each.url == ADDRESS)
    bodies = [write_warc(tmp_path / f"{n}.warc.gz", [page]).read_bytes() for n in range(2)]
    wacz = package(tmp_path / "x.wacz", [("archive/a.warc.gz", bodies[0]), ("pages/pages.jsonl", b"{}")])
    with opened_archive(database_url, tmp_path) as archive:
        clock = Clock()
        clock.forward(60)
        report = imported(archive, paced("bsia-cssc"), clock, wacz)
        assert (report.accounts.new, report.lossy) == (20, False)
        assert dump(archive)["captures"][0]["via"] == "warc:x.wacz"


def test_a_package_with_other_bytes_than_it_states_is_refused(tmp_path: Path) -> None:
    wacz = package(tmp_path / "x.wacz", [("archive/a.warc", b"WARC/1.0 as it was"), ("archive/b.warc", b"WARC/1.0")])
    wacz.write_bytes(wacz.read_bytes().replace(b"as it was", b"as it is!"))
    parts = list(warcs_in(wacz))
    assert [type(each) for each in parts] == [BadPackage, Part]
    assert "other bytes than datapackage.json states" in str(parts[0])


@pytest.mark.parametrize("name", ["other.wacz", "archive/a.arc.gz", "archive/B.ARC"])
def test_what_else_holds_captures_in_a_package_is_told(name: str, tmp_path: Path) -> None:
    wacz = package(tmp_path / "x.wacz", [("archive/a.warc", b"WARC/1.0"), (name, b"x"), ("Elsewhere/B.WARC", b"W")])
    parts = list(warcs_in(wacz))
    assert [each.name.rpartition("!")[2] for each in parts if isinstance(each, Part)] == [
        "archive/a.warc",
        "Elsewhere/B.WARC",
    ]
    assert [str(each) for each in parts if isinstance(each, BadPackage)] == [
        f"{wacz}!{name}: holds captures too, expected them in WARC files (unpack it)"
    ]


def test_a_member_that_is_compressed_is_refused(tmp_path: Path) -> None:
    wacz = package(tmp_path / "x.wacz", [("archive/a.warc", b"W" * 900)], compress=zipfile.ZIP_DEFLATED)
    assert "expected it stored" in str(next(warcs_in(wacz)))


BAD: dict[str, bytes] = {
    "no zip": b"PK\x03\x04 nothing",
    "empty": b"",
}


@pytest.mark.parametrize("what", [*BAD, "no datapackage", "no warc", "bad json", "deep json"])
def test_what_is_no_package_is_refused(what: str, tmp_path: Path) -> None:
    file = tmp_path / "x.wacz"
    buffer = io.BytesIO()
    stated = {"no datapackage": None, "no warc": b'{"resources": []}', "bad json": b"{", "deep json": b"[" * 100_000}
    with zipfile.ZipFile(buffer, "w") as made:
        if (text := stated.get(what)) is not None:
            made.writestr("datapackage.json", text)
    file.write_bytes(BAD.get(what, buffer.getvalue()))
    with pytest.raises(BadPackage, match="expected"):
        list(warcs_in(file))


def test_the_real_packages_are_read_or_told_of() -> None:
    folder = corpus("warc/pywb/sample_archive/waczs")
    assert all(isinstance(each, Part | BadPackage) for each in warcs_in(folder / "valid_example_1.wacz"))
    with pytest.raises(BadPackage, match="expected"):
        list(warcs_in(folder / "invalid_example_1.wacz"))


def test_files_that_cannot_be_read_are_errors_and_the_others_are_taken(tmp_path: Path) -> None:
    page = next(each for each in timeline("bsia-cssc", 1).exchanges if each.url == ADDRESS)
    good = write_warc(tmp_path / "good.warc.gz", [page])
    bad = [tmp_path / "bad.warc", tmp_path / "bad.wacz", tmp_path / "whole.warc.gz"]
    bad[0].write_bytes(b"no WARC at all\r\n\r\n" * 9)
    bad[1].write_bytes(b"no zip")
    bad[2].write_bytes(gzip.compress(write_warc(tmp_path / "two.warc", [page, page]).read_bytes()))
    clock = Clock()
    clock.forward(60)
    with opened_archive(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        report = imported(archive, paced("bsia-cssc"), clock, good, *bad)
    assert (report.accounts.new, report.accounts.errors, report.lossy) == (20, 3, True)
    assert all(any(file.name in notice for notice in report.notices) for file in bad)
