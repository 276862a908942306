"""No space and no permission to write end in one sentence, and nothing is lost: the next run stores it all."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from archive.blobs import FolderBlobs
from archive.store import Archive, ArchiveUnusable
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, run, shown, with_document

ROOT = Path(__file__).parents[2]
NOTE = "/Portals/4/CSSC/note.pdf"
FIRST = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
SITE = SmallSite([[with_document(FIRST[0], NOTE), *FIRST[1:]]], {(NOTE, 0): b"%PDF-1.4 note"})


def expected(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What an undisturbed run stores."""
    folder.mkdir()
    with opened(f"sqlite:///{folder / 'archive.sqlite'}", folder) as archive:
        run(archive, Upstream(SITE), Clock())
        return dump(archive)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_full_disk_for_blobs_loses_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with opened(database_url, tmp_path) as archive:
        with monkeypatch.context() as disk:
            disk.setattr(os, call, full)
            with pytest.raises(ArchiveUnusable, match="No space left on device, expected"):
                run(archive, Upstream(SITE), Clock())
        assert [place for place in (tmp_path / "blobs").rglob("*") if place.is_file()] == []
        assert run(archive, Upstream(SITE), Clock()).state == "done"
        assert differences(expected(tmp_path / "undisturbed"), dump(archive)) == []


def test_a_disk_that_is_full_for_the_second_blob_keeps_the_first(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(database_url, tmp_path) as archive:
        write = FolderBlobs._write

        def write_pages(blobs: FolderBlobs, place: str, stored: bytes) -> object:
            if stored.startswith(b"%PDF"):
                full()
            return write(blobs, place, stored)

        with monkeypatch.context() as disk:
            disk.setattr(FolderBlobs, "_write", write_pages)
            with pytest.raises(ArchiveUnusable, match="No space left on device"):
                run(archive, Upstream(SITE), Clock())
        assert len(dump(archive)["notifications"]) == len(FIRST)
        run(archive, Upstream(SITE), Clock())
        assert differences(expected(tmp_path / "undisturbed"), dump(archive)) == []


@contextmanager
def at_most(engine: Engine, pages: int) -> Iterator[None]:
    """A database that may not grow beyond so many pages, as on a disk that is full."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


@pytest.mark.parametrize("room", range(5))
def test_a_full_database_loses_nothing(tmp_path: Path, room: int) -> None:
    """Room for a few pages more: it runs full at another place each time, at last when the index is merged."""
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        with archive.reading() as session:
            used = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        with at_most(archive.engine, used + room):
            try:
                told = run(archive, Upstream(SITE), Clock()).told
            except ArchiveUnusable as problem:
                told = [str(problem)]
        assert "full, expected a database that" in told[-1]
        assert run(archive, Upstream(SITE), Clock()).state == "done"
        assert differences(expected(tmp_path / "undisturbed"), dump(archive)) == []


def test_a_database_that_another_process_keeps_locked_is_refused_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.store.BUSY_TIMEOUT_MS", 50)
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        other = sqlite3.connect(tmp_path / "archive.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveUnusable, match="database is locked, expected a database that can be written"):
            run(archive, Upstream(SITE), Clock())
        other.close()
        assert run(archive, Upstream(SITE), Clock()).state == "done"
        assert differences(expected(tmp_path / "undisturbed"), dump(archive)) == []


def test_a_database_that_may_only_be_read_is_refused_and_whole(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        run(archive, Upstream(SITE), Clock())
        before = dump(archive)
    read_only = f"sqlite:///file:{tmp_path / 'archive.sqlite'}?mode=ro&uri=true"
    archive = Archive(read_only, archive.blobs)
    with pytest.raises(ArchiveUnusable, match="readonly database, expected a database that can be written"):
        run(archive, Upstream(SITE), Clock())
    assert differences(before, dump(archive)) == []
    archive.close()


def bulletins(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_the_command_line_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"this is no database, and it is long enough to look like one " * 20)
    done = bulletins(tmp_path, "status")
    assert (done.returncode, done.stdout) == (3, "")
    assert "not a database, expected a database that can be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = bulletins(tmp_path / "file" / "below", "migrate")
    assert done.returncode == 3
    assert "expected" in done.stderr
    assert "Traceback" not in done.stderr
