"""An import of WARC files keeps out of the way of runs and of other imports, in this process and in others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

import ingest.warc_import
from archive.derived import Gap, Target
from archive.runs import begin_run
from archive.store import Archive
from archive.tables import Capture, Run
from ingest.holdings import Given, Row
from ingest.warc_files import WarcFiles
from tests.history.recorded import imported, paced, said, timeline, write_warc
from tests.history.records import KEYS, record, warc
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.test_leases import SITE, owner_elsewhere
from tests.lifecycle.test_two_processes import processes
from tests.lifecycle.world import ADDRESS, Clock, Upstream, opened, run

NOW = datetime(2019, 1, 1, tzinfo=UTC)
IMPORT = """
import sys
sys.path.insert(0, {root!r})
from datetime import UTC, datetime
from pathlib import Path
from tests.history.recorded import imported, paced
from tests.lifecycle.world import Clock, opened
url, folder, slug, at, file = sys.argv[1:6]
with opened(url, Path(folder)) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    report = imported(archive, paced(slug), Clock(datetime.fromisoformat(at)), Path(file))
    print(report.state, report.accounts.new, report.accounts.errors, *report.notices, flush=True)
"""


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def test_nothing_else_reads_a_source_while_files_of_it_are_imported(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.warc_import, "WAITED_SECONDS", (0.0,))
    upstream, fetch = Upstream(SITE), WarcFiles.fetch
    seen: list[str] = []
    one, other = (warc(tmp_path / name, [record()]) for name in ("one.warc", "other.warc"))

    def meanwhile(files: WarcFiles, row: Row) -> Given:
        if not seen:
            seen.append(run(archive, upstream, Clock(NOW)).state)
            report = imported(archive, paced("bsia-cssc"), Clock(NOW), other)
            seen.append(report.notices[0] if report.lossy else "nothing was told")
        return fetch(files, row)

    monkeypatch.setattr(WarcFiles, "fetch", meanwhile)
    report = imported(archive, paced("bsia-cssc"), Clock(NOW), one)
    assert (report.accounts.new, report.lossy, upstream.asked) == (len(KEYS), False, [])
    assert seen == [
        "busy",
        "warc:other.warc: not read, since a run of bsia-cssc goes on, expected it to end: import again",
    ]
    assert imported(archive, paced("bsia-cssc"), Clock(NOW), other).lossy is False
    with archive.reading() as session:
        runs = list(session.scalars(select(Run).order_by(Run.id)))
        assert [(each.state, each.accounts["import"]) for each in runs] == [
            ("done", "warc:one.warc"),
            ("done", "warc:other.warc"),
        ]
        assert session.scalars(select(Target.lease_owner).where(Target.url == ADDRESS)).one() is None


def test_a_run_that_goes_on_elsewhere_is_waited_for(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.warc_import, "WAITED_SECONDS", (0.0,) * 3)
    with owner_elsewhere() as (theirs, _process):
        with archive.writing() as session:
            assert begin_run(session, "bsia-cssc", (ADDRESS,), theirs, NOW, "") is not None
        report = imported(archive, paced("bsia-cssc"), Clock(NOW), warc(tmp_path / "x.warc", [record()]))
        assert (report.accounts.new, report.accounts.errors) == (0, 1)
    report = imported(archive, paced("bsia-cssc"), Clock(NOW), tmp_path / "x.warc")
    assert (report.accounts.new, report.accounts.errors) == (len(KEYS), 0)


def test_two_processes_that_import_the_same_at_once_are_as_one(database_url: str, tmp_path: Path) -> None:
    lived = timeline("met-police", 16)
    file = write_warc(tmp_path / "x.warc.gz", lived.exchanges)
    with opened(database_url, tmp_path) as archive:
        asked = [database_url, str(tmp_path), "met-police", lived.clock().isoformat(), str(file)]
        with processes(IMPORT, asked, asked) as started:
            told = sorted(process.communicate()[0].strip() for process in started)
        assert [process.returncode for process in started] == [0, 0]
        assert [each.split()[::2] for each in told] == [["done", "0"]] * 2
        assert differences(lived.said, said(archive)) == []
        found = dump(archive, [Capture, Gap])
        places = [(row["target_url"], row["fetched_at"], row["sha256"]) for row in found["captures"]]
        assert len(places) == len(set(places)) and found["gaps"] == []
