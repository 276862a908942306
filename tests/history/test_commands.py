"""The commands for history, as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.history.recorded import timeline, write_warc
from tests.lifecycle.test_full_disk import bulletins


def test_a_folder_of_warc_files_is_imported_and_found(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    write_warc(folder / "page.warc.gz", timeline("bsia-cssc", 1).exchanges)
    done = bulletins(tmp_path / "home", "import", "bsia-cssc", str(folder), "--format", "csv")
    assert (done.returncode, done.stdout.splitlines()[1][:15]) == (0, "bsia-cssc,40,20"), done.stderr
    found = bulletins(tmp_path / "home", "search", "tube", "--format", "jsonl")
    assert found.returncode == 0 and found.stdout.count("\n") >= 1


def test_an_archive_on_this_machine_is_never_asked(tmp_path: Path) -> None:
    done = bulletins(tmp_path, "backfill", "bsia-cssc", "--archive", "http://127.0.0.1:9/all")
    assert done.returncode == 1
    assert "127.0.0.1 is at 127.0.0.1 (loopback), expected public addresses only" in done.stderr
    status = bulletins(tmp_path, "status", "--format", "jsonl")
    assert "0 gaps" in status.stderr or '"gaps": 0' in status.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--from", "2018-02-30"], "expected a day like"),
        (["--from", "2018-03-01", "--to", "2018-02-01"], "nothing lies between"),
        (["--archive", "file:///etc/passwd"], "expected an absolute http or https address"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str], reason: str, tmp_path: Path) -> None:
    done = bulletins(tmp_path, "backfill", "bsia-cssc", *arguments)
    assert (done.returncode, done.stdout) == (2, "") and reason in done.stderr
