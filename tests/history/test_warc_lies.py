"""WARC records whose headers lie, are damaged, or speak of what cannot be: never half a page, never a silent loss."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.derived import Gap
from archive.tables import Capture
from ingest.report import Report
from tests.history.recorded import imported, paced
from tests.history.records import HTML, KEYS, PAGE, record, warc
from tests.lifecycle.dumps import dump
from tests.lifecycle.world import ADDRESS, Clock, opened

LATER = "2018-08-02T09:00:00Z"
NOW = datetime(2019, 1, 1, tzinfo=UTC)
CHUNKED = f"{HTML}Transfer-Encoding: chunked\r\n"


def import_of(folder: Path, *records: bytes, name: str = "x.warc.gz") -> tuple[Report, dict[str, list[dict[str, Any]]]]:
    """What an import of these records comes to, and the captures and gaps that it leaves."""
    with opened(f"sqlite:///{folder / 'archive.sqlite'}", folder) as archive:
        report = imported(archive, paced("bsia-cssc"), Clock(NOW), warc(folder / name, records))
        return report, dump(archive, [Capture, Gap])


def sealed(block: bytes) -> str:
    return f"WARC-Block-Digest: sha1:{base64.b32encode(hashlib.sha1(block).digest()).decode()}"


NOT_WHOLE = {
    "cut short, it says": record("WARC-Truncated: length", date=LATER, body=PAGE[: len(PAGE) // 2]),
    "a segment": record("WARC-Segment-Number: 1", date=LATER, body=PAGE[: len(PAGE) // 2]),
    "less than its HTTP length": record(date=LATER, http=f"{HTML}Content-Length: {len(PAGE) + 1}\r\n"),
    "its first chunk broken off": record(
        date=LATER, http=CHUNKED, body=f"{len(PAGE):x}\r\n".encode() + PAGE[: len(PAGE) // 2]
    ),
    "other bytes than its digest": record(sealed(b"other bytes"), date=LATER),
}


@pytest.mark.parametrize("what", NOT_WHOLE)
def test_half_a_page_is_a_gap_and_never_its_words(what: str, tmp_path: Path) -> None:
    report, held = import_of(tmp_path, record(), NOT_WHOLE[what])
    assert (report.accounts.new, report.accounts.revised, report.accounts.errors) == (len(KEYS), 0, 1)
    assert [(gap["until"].month, ", expected" in gap["reason"]) for gap in held["gaps"]] == [(8, True)]
    statuses = {row["fetched_at"].month: row["status"] for row in held["captures"] if row["target_url"] == ADDRESS}
    assert statuses == {7: 200, 8: None}


BLOCK = f"{HTML}\r\n".encode() + PAGE
WHOLE = {
    "decompressed, its length as it was": record(http=f"{HTML}Content-Encoding: gzip\r\nContent-Length: 99999\r\n"),
    "not so long as it is": record(http=f"{HTML}Content-Length: 5\r\n"),
    "a digest in base 32": record(sealed(BLOCK)),
    "a digest in hexadecimal": record(f"WARC-Block-Digest: sha256:{hashlib.sha256(BLOCK).hexdigest()}"),
    "a digest of a kind of its own": record("WARC-Block-Digest: xxh3:0123456789abcdef"),
    "a digest that is none": record("WARC-Block-Digest: sha1:!"),
    "a scheme in capitals": record(url=ADDRESS.replace("https", "HTTPS")),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_is_whole_is_taken(what: str, tmp_path: Path) -> None:
    report, held = import_of(tmp_path, WHOLE[what])
    assert (report.accounts.new, report.lossy, held["gaps"]) == (len(KEYS), False, [])


@pytest.mark.parametrize("suffix", ["warc", "warc.gz"])
@pytest.mark.parametrize("length", [900, -5, "x", 2**70])
def test_a_record_that_lies_about_its_length_is_no_page(length: object, suffix: str, tmp_path: Path) -> None:
    lying = record(date=LATER, length=length)
    report, held = import_of(tmp_path, record(), lying, record(date=LATER), name=f"x.{suffix}")
    assert (report.accounts.new, report.accounts.revised) == (len(KEYS), 0)
    assert len(held["gaps"]) == 1 and "expected a WARC record" in report.notices[0]
    assert {row["status"] for row in held["captures"] if row["target_url"] == ADDRESS} == {200, None}


def test_a_record_whose_digest_is_true_is_taken_before_damage_too(tmp_path: Path) -> None:
    report, held = import_of(tmp_path, record(sealed(BLOCK)), b"no record at all\r\n\r\n", name="x.warc")
    assert (report.accounts.new, report.accounts.errors, held["gaps"]) == (len(KEYS), 1, [])


def test_damage_within_the_next_record_costs_the_one_before_nothing(tmp_path: Path) -> None:
    broken = bytearray(gzip.compress(record(date=LATER)))
    broken[len(broken) // 2] ^= 0xFF
    file = tmp_path / "x.warc.gz"
    file.write_bytes(gzip.compress(record()) + bytes(broken))
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        report = imported(archive, paced("bsia-cssc"), Clock(NOW), file)
    assert (report.accounts.new, report.accounts.errors) == (len(KEYS), 1)


TIMES = ("2031-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "x")


@pytest.mark.parametrize("printed", TIMES)
def test_a_time_that_cannot_be_is_told_and_costs_its_record_alone(printed: str, tmp_path: Path) -> None:
    report, held = import_of(tmp_path, record(date=printed, body=b"<p>x"), record())
    assert (report.accounts.new, report.accounts.errors, len(held["captures"])) == (len(KEYS), 1, 1)
    assert "captured at" in report.notices[0] and ", expected" in report.notices[0]


def told_of(folder: Path, records: Sequence[bytes]) -> tuple[list[str], bool]:
    report, _ = import_of(folder, *records)
    return [each.partition(": ")[2] for each in report.notices], report.lossy


def test_what_the_files_hold_of_other_pages_is_told(tmp_path: Path) -> None:
    others = [record(url=f"https://www.example.org/{number}") for number in range(3)]
    impossible = [record(url=f"{ADDRESS}?{'x' * 3_000}"), record(url=ADDRESS.replace("//", "//me:secret@"))]
    no_web = [record(url="dns:www.bsia.co.uk"), record(url="ftp://www.bsia.co.uk/x")]
    told, lossy = told_of(tmp_path, [record(), *others, *impossible, *no_web])
    assert (told, lossy) == (["5 of 6 addresses are of none of its pages"], False)


@pytest.mark.parametrize(("count", "some"), [(0, "nothing"), (2, "2 addresses, none of a page of bsia-cssc")])
def test_files_that_hold_nothing_of_a_source_are_an_error(count: int, some: str, tmp_path: Path) -> None:
    told, lossy = told_of(tmp_path, [record(url=f"https://www.example.org/{number}") for number in range(count)])
    assert (told, lossy) == ([f"{some}, expected captures of {ADDRESS}"], True)


def test_a_package_that_was_cut_is_told_as_one(tmp_path: Path) -> None:
    file = tmp_path / "x.wacz"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("archive/x.warc", record())
    file.write_bytes(file.read_bytes()[:-30])
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        report = imported(archive, paced("bsia-cssc"), Clock(NOW), file)
    assert [each.endswith("expected a WACZ file") for each in report.notices] == [True]
