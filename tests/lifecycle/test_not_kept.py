"""What the database itself refuses fails its page with the reason, instead of every further run of its source."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from archive.journal import record
from archive.store import Archive
from ingest.importing import import_files
from ingest.replay import replay
from parsers.page import Page, PageChanged, PageGone
from tests.lifecycle.dumps import dump
from tests.lifecycle.test_malformed import GOOD, HALF, LONG, PLACE, came, odd
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, arrival, opened, run


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def no_room_for(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a source gives that the database itself refuses: on each a limit of its own."""
    if archive.engine.dialect.name == "postgresql":
        monkeypatch.setattr("parsers.well_formed.MOST_KEY_BYTES", 10_000)
        return {"second": replace(GOOD, ref=LONG)}
    archive.engine.dispose()
    event.listen(archive.engine, "connect", lambda raw, _: raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000))
    return {"second": replace(GOOD, ref="2", text=200_000 * "x")}


SAID = {
    "sqlite": "DataError: string or blob too big, expected",
    "postgresql": "ProgramLimitExceeded: index row size 8",
}


def test_what_the_database_refuses_fails_its_page_and_no_further_run(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = odd(**no_room_for(archive, monkeypatch))
    with archive.writing() as session:
        record(session, archive.blobs, [arrival(b"<p>two entries</p>", START, "odd")], START)
    upstream, clock = Upstream(SmallSite([()])), Clock(START)
    report = run(archive, upstream, clock, source)
    assert (report.state, report.lossy) == ("done", True)
    found = dump(archive)
    assert found["revisions"] == []
    assert [capture["state"] for capture in found["captures"]] == ["failed", "failed"]
    (held, _) = found["quarantine"]
    assert SAID[archive.engine.dialect.name] in held["reason"] and held["what"] == "document"
    assert held["reason"] == found["captures"][0]["reason"] and any(held["reason"] in told for told in report.told)
    again = replay(archive, source)
    assert (again.captures, len(again.problems)) == (2, 2) and SAID[archive.engine.dialect.name] in again.problems[0]
    assert dump(archive) == found
    clock.forward(20)
    report = run(archive, upstream, clock, odd())
    assert (report.accounts.new, report.lossy) == (1, False)


def test_a_value_that_cannot_be_written_fails_its_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> None:
        raise ValueError("a\0b")

    monkeypatch.setattr("ingest.settling.settle_reading", failing)
    (capture,) = came(archive, odd())["captures"]
    assert capture["reason"].endswith(": ValueError: a\ufffdb, expected what an archive can keep")


@pytest.mark.parametrize("problem", [PageChanged("page: 'a\0b', expected"), PageGone(HALF), KeyError(HALF)])
def test_a_reason_is_kept_as_far_as_it_can_be(archive: Archive, problem: Exception) -> None:
    def failing(page: Page) -> Iterable[Any]:
        raise problem

    source = odd()
    vars(source).update(entries=failing)
    (capture,) = came(archive, source)["captures"]
    assert capture["state"] == "failed" and ("\ufffd" in capture["reason"] or "ud83d" in capture["reason"])


def test_a_file_with_such_an_address_is_told_and_costs_itself(archive: Archive, tmp_path: Path) -> None:
    for name, url in (("1", LONG), ("2", PLACE)):
        folder = tmp_path / "saved" / name
        folder.mkdir(parents=True)
        (folder / "page.html").write_text("<p>two entries</p>")
        (folder / "meta.json").write_text(json.dumps({"url": url, "role": "detail"}))
    report = import_files(archive, odd(), [tmp_path / "saved"], START, url=None, at=None)
    assert (report.accounts.errors, report.accounts.new) == (1, 1)
    assert any("1/page.html: an address of 8,028 bytes, expected at most 2,000" in told for told in report.told)
