"""`bulletins export` and `load`: to standard output or into a file, whole or not at all, and back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import archive.export
from settings import REPLICA_MARK
from tests.archive.pages import messages, page
from tests.commands.conftest import Command


@pytest.fixture
def filled(bulletins: Command, tmp_path: Path) -> Command:
    file = tmp_path / "page.html"
    first, *others = messages(12)
    file.write_bytes(page([first.but(pdf="note.pdf"), *others]))
    assert bulletins("import", "bsia-cssc", str(file), "--at", "2018-03-01T10:00:00Z").code == 0
    return bulletins


def test_all_or_what_a_search_finds_is_exported(filled: Command) -> None:
    everything = filled("export")
    ids = [row["id"] for row in everything.rows]
    assert (everything.code, everything.err, len(ids)) == (0, "", 12) and ids == sorted(ids)
    found = filled("export", "--level", "green", "--until", "2030-01-01", "--format", "jsonl")
    searched = filled("search", "--level", "green", "--limit", "100").rows
    assert [row["id"] for row in found.rows] == sorted(row["id"] for row in searched)
    assert filled("export", "zzzz").out == ""
    told = filled("export", "--help").out
    assert all(word in told for word in ("--format", "--output", "--base", "--level", "briefing"))


def test_a_briefing_names_the_search_and_the_addresses(filled: Command, home: Path) -> None:
    printed = filled("export", "--level", "green", "--format", "briefing", "--base", "https://desk.example.org/").out
    assert "<title>Briefing: level green</title>" in printed
    assert "https://desk.example.org/bulletins/" in printed and "org//" not in printed
    assert "/bulletins/" not in filled("export", "--format", "briefing").out
    (home / REPLICA_MARK).touch()
    assert "These bulletins are invented" in filled("export", "--format", "briefing").out
    assert {row["invented"] for row in filled("export").rows} == {True}


def test_a_file_is_replaced_whole(filled: Command, tmp_path: Path) -> None:
    file = tmp_path / "out" / "all.csv"
    file.parent.mkdir()
    file.write_text("before")
    done = filled("export", "--format", "csv", "--output", str(file))
    assert (done.code, done.out) == (0, "")
    assert file.read_bytes().decode("utf-8-sig").startswith("id,source,")
    assert os.listdir(file.parent) == ["all.csv"]
    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    found = os.umask(0)
    os.umask(found)
    return found


def test_a_file_that_cannot_be_whole_is_not_there(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / "all.jsonl"
    file.write_text("before")
    monkeypatch.setattr(os, "fsync", _full)
    found = filled("export", "--output", str(file))
    assert found.code == 3
    assert found.err == f"bulletins: --output {file}: No space left on device, expected a file that can be written\n"
    assert (os.listdir(folder), file.read_text()) == (["all.jsonl"], "before")
    missing = filled("export", "--output", str(tmp_path / "none" / "all.jsonl"))
    assert missing.code == 3 and "No such file or directory, expected" in missing.err


def _full(handle: int) -> None:
    raise OSError(28, os.strerror(28))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "pdf"], "'pdf', expected jsonl, csv, briefing"),
        (["--base", "desk"], "--base: 'desk', expected an address like https://desk.example.org"),
        (['"open'], "a quotation mark is never closed"),
        (["--level", "orange"], "--level: 'orange', expected one of"),
        (["--output", os.devnull], f"--output {os.devnull}: no plain file, expected a new one"),
        (["--output", "/"], "--output /: no plain file"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(filled: Command, arguments: list[str], said: str) -> None:
    found = filled("export", *arguments)
    assert (found.code, found.out) == (2, "") and said in found.err


def test_a_reader_that_leaves_ends_the_reading(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    lines = list[bytes]()

    def counted(row: dict[str, object]) -> bytes:
        lines.append(archive.export._json(row, ensure_ascii=False).encode() + b"x" * 100_000)
        return lines[-1]

    monkeypatch.setattr("web.takeaway.json_line", counted)
    with os.fdopen(write, "w") as pipe, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", pipe)
        assert filled("export").code == 0
    assert len(lines) < 3


def test_a_full_disk_behind_standard_output_is_told(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        found = filled("export")
    assert found.code == 3 and "standard output: No space left on device, expected" in found.err


def test_what_was_exported_is_loaded(
    filled: Command, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.jsonl"
    assert filled("export", "--output", str(file)).code == 0
    monkeypatch.setenv("BULLETINS_HOME", str(tmp_path / "other"))
    done = filled("load", str(file))
    assert (done.code, done.rows[0]["new"], done.rows[0]["errors"]) == (0, 12, 0)
    assert "1 attachments are wanted: their bytes are not in an export, the next run asks for them" in done.err
    assert filled("export").out.encode() == file.read_bytes()
    again = filled("load", str(file))
    assert (again.code, again.rows[0]["unchanged"], again.err) == (0, 12, "")
    with open(file, encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert filled("load", "-").rows[0]["unchanged"] == 12


def test_what_cannot_be_loaded_is_told(filled: Command, tmp_path: Path, home: Path) -> None:
    csv_file = tmp_path / "all.csv"
    filled("export", "--format", "csv", "--output", str(csv_file))
    wrong = filled("load", str(csv_file))
    assert (
        wrong.code == 1 and f"{csv_file}, line 1: character 1: Expecting value, expected one JSON object" in wrong.err
    )
    assert wrong.rows[0]["source"] == "-" and wrong.rows[0]["errors"] >= 12
    for path, reason in ((tmp_path / "none", "No such file or directory"), (tmp_path, "Is a directory")):
        found = filled("load", str(path))
        assert found.code == 2 and f"{path}: {reason}, expected a file that `export` wrote" in found.err
    (home / REPLICA_MARK).touch()
    assert filled("load", str(csv_file)).code == 3
