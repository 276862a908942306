"""The index of search is merged where much was written to it, and answers the same."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from archive import search_sqlite
from archive.search import find, index, merge_some
from archive.store import Archive
from ingest.importing import import_files
from ingest.loading import Loading
from ingest.merging import merge_index
from ingest.replay import replay, replay_into
from parsers.source import sources
from tests.archive.matcher import VOCABULARY, entry, found
from tests.archive.pages import Publisher, messages, page
from tests.archive.test_export import lines
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, run, shown

QUERIES = ("van", '"van city"', "lon*", "level:amber", "van -city", "straße OR café")


def segments(connection: Connection) -> int:
    """How many parts a search has to look into; none are counted where the database has none."""
    if connection.dialect.name != "sqlite":
        return 0
    return connection.scalar(text("SELECT count(DISTINCT segid) FROM search_entries_idx")) or 0


def parts_of(archive: Archive) -> int:
    with archive.reading() as session:
        return segments(session.connection())


def fill(archive: Archive, transactions: int) -> None:
    for number in range(transactions):
        with archive.writing() as session:
            words = " ".join(VOCABULARY[number % 5 :] + VOCABULARY[: number % 3])
            others = " ".join(f"word{each * number}" for each in range(500))
            level = "amber" if number % 2 else "green"
            index(session, entry(number, f"{words} {others}", level=level))


def answers(archive: Archive) -> list[object]:
    with archive.reading() as session:
        return [(found(session.connection(), query), find(session, query, rank=True)) for query in QUERIES]


def test_a_merged_index_has_few_parts_and_gives_the_same_answers(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        search_sqlite, "MERGE", text("INSERT INTO search_entries (search_entries, rank) VALUES ('merge', 1)")
    )
    fill(archive, 30)
    before = answers(archive)
    many = parts_of(archive)
    assert many > 2 or archive.engine.dialect.name != "sqlite"
    merge_index(archive, print)
    assert parts_of(archive) == min(many, 1)
    assert answers(archive) == before
    with archive.writing() as session:
        assert not merge_some(session)


def test_a_stop_ends_it_and_the_next_call_goes_on(archive: Archive) -> None:
    fill(archive, 30)
    many, stop = parts_of(archive), threading.Event()
    stop.set()
    merge_index(archive, print, stop)
    assert parts_of(archive) == many
    merge_index(archive, print, threading.Event())
    assert parts_of(archive) <= min(many, 2)


def test_a_run_merges_what_it_wrote_and_one_that_finds_nothing_new_leaves_the_index_alone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged: list[Archive] = []

    def note(of: Archive, say: Callable[[str], None], stop: threading.Event | None = None) -> None:
        merged.append(of)
        merge_index(of, say, stop)

    monkeypatch.setattr("ingest.run.merge_index", note)
    upstream, clock = Upstream(SmallSite([shown("snow", "depot-fire", "romance")])), Clock()
    fill(archive, 30)
    run(archive, upstream, clock)
    assert merged == [archive]
    assert parts_of(archive) <= 2
    clock.forward(20)
    assert run(archive, upstream, clock).all_same
    assert merged == [archive]


def test_a_merge_that_cannot_be_is_told_and_fails_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process keeps the database locked, as soon as all that was read is committed."""
    monkeypatch.setattr("archive.store.BUSY_TIMEOUT_MS", 50)
    place = tmp_path / "archive.sqlite"

    def locked(of: Archive, say: Callable[[str], None], stop: threading.Event | None = None) -> None:
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        merge_index(of, say, stop)
        other.close()

    monkeypatch.setattr("ingest.run.merge_index", locked)
    with opened(f"sqlite:///{place}", tmp_path) as archive:
        report = run(archive, Upstream(SmallSite([shown("snow", "depot-fire", "romance")])), Clock())
        assert (report.state, report.lossy, report.accounts.new) == ("done", False, 3)
        (notice,) = [line for line in report.told if line.startswith("the index of search is not merged: ")]
        assert "database is locked" in notice


def test_an_import_merges_what_it_wrote(archive: Archive, tmp_path: Path) -> None:
    publisher = Publisher(archive)
    for count in range(1, 9):
        publisher.show(messages(count))
    assert parts_of(archive) > 2 or archive.engine.dialect.name != "sqlite"
    saved = tmp_path / "page.html"
    saved.write_bytes(page(messages(9)))
    assert import_files(archive, sources()["bsia-cssc"], [saved], publisher.at(20), url=None, at=None).accounts.new == 1
    assert parts_of(archive) <= 2


def test_a_replay_merges_what_it_wrote_and_a_dry_run_nothing(archive: Archive) -> None:
    publisher = Publisher(archive)
    for count in range(1, 9):
        publisher.show(messages(count))
    many = parts_of(archive)
    replay(archive, publisher.source, dry_run=True)
    assert parts_of(archive) == many
    replay(archive, publisher.source)
    assert parts_of(archive) <= min(many, 1)


def test_an_archive_that_is_derived_anew_is_merged(archive: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    publisher = Publisher(archive)
    for count in range(1, 9):
        publisher.show(messages(count))
    new = on_sqlite("new")
    assert replay_into(archive, new, sources(), publisher.at(20)) == 8
    assert parts_of(new) == 1


def test_a_load_merges_what_it_wrote(archive: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    there = Publisher(on_sqlite("there"))
    there.show(messages(9))
    loading = Loading(archive, sources(), {}, "file", there.at(20), print)
    (report,) = loading.load(io.BytesIO(lines(there.archive)))
    assert report.accounts.new == 9
    assert parts_of(archive) <= 1
