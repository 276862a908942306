"""Where output goes: full disks, closed streams, readers that leave early, and what must never be in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import terminal
from archive.store import ArchiveUnusable
from ingest.report import Report
from parsers.source import sources
from tests.archive.pages import messages, page
from tests.commands.conftest import Command

ROOT = Path(__file__).resolve().parents[2]
LISTINGS = [
    *(["search"], ["changes"], ["sources"], ["status"], ["search", "--format", "csv"]),
    *(["search", "--format", "table"], ["status", "--format", "table"], ["quarantine", "--format", "csv"]),
]


@pytest.fixture
def filled(bulletins: Command, tmp_path: Path) -> Command:
    file = tmp_path / "page.html"
    file.write_bytes(page(messages(12)))
    assert bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z").code == 0
    return bulletins


def test_a_full_disk_is_one_sentence(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in [*LISTINGS, ["--help"]]:
        with open("/dev/full", "w") as full, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", full)
            found = filled(*arguments)
        assert found.code == 3, arguments
        assert "bulletins: standard output: No space left on device, expected" in found.err.splitlines()[-1], arguments


def test_a_reader_that_leaves_is_no_failure(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in [*LISTINGS, ["--help"]]:
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as pipe, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", pipe)
            found = filled(*arguments)
        assert found.code == 0, arguments
        assert "Error" not in found.err and "pipe" not in found.err, arguments


def test_losses_are_told_even_when_the_reader_left(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert filled("import", "bsia-cssc", str(tmp_path / "nowhere.html")).code == 1


def test_no_row_is_made_for_a_reader_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    made: list[int] = []

    def rows() -> Iterator[dict[str, int]]:
        for number in range(100):
            made.append(number)
            yield {"row": number}

    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        with terminal.standard_streams():
            terminal.print_rows(rows(), ["row"], "jsonl")
    assert made == [0]


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">/dev/full", 3, "standard output: No space left on device"),
        ("2>&-", 0, ""),
        ("<&- >&-", 3, "standard output: Bad file descriptor"),
    ],
)
def test_streams_of_a_real_process(home: Path, redirection: str, code: int, said: str) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -m cli sources --format csv {redirection}', sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == code
    assert said in ended.stderr and len(ended.stderr.splitlines()) == bool(said)
    assert bool(ended.stdout) == (code == 0)


def test_a_closed_standard_input_is_told(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    found = bulletins("parse", "bsia-cssc", "-")
    assert found.code == 2
    assert "standard input: closed, expected" in found.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:letmein@127.0.0.1:1/x",
        "postgresql://me:let/letmein@127.0.0.1:1/x",
        "postgresql://127.0.0.1:1/x?user=me&password=letmein",
        "postgresql://127.0.0.1:1/x?sslpassword=letmein&user=me",
    ],
)
def test_no_password_is_printed(bulletins: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULLETINS_DATABASE_URL", url)
    found = bulletins("status", "--format", "table")
    assert found.code == 3
    assert "database_url = postgresql://" in found.err and "***" in found.err
    assert "letmein" not in found.err + found.out


def test_a_password_that_would_be_cut_in_two_is_refused(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULLETINS_DATABASE_URL", "postgresql://me:p@letmein@127.0.0.1:1/x")
    found = bulletins("status")
    assert found.code == 3
    assert "%40" in found.err and "letmein" not in found.err


@pytest.mark.parametrize(
    "line", ["https://host:8080/a and me@example.org", "https://host/a:b@c", "see http://host:80/@me: nothing"]
)
def test_addresses_without_passwords_stay_as_they_are(line: str) -> None:
    assert terminal.without_secrets(line) == line


def test_a_setting_that_there_is_not_is_named_without_its_value(bulletins: Command, home: Path) -> None:
    home.mkdir()
    (home / "bulletins.toml").write_text('databas_url = "letmein"\n')
    found = bulletins("status")
    assert found.code == 3
    assert "databas_url" in found.err and "database_url" in found.err and "letmein" not in found.err


def test_no_message_steers_the_terminal(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError("\x1b[31mred")

    monkeypatch.setattr("cli.settings_in_force", fails)
    found = bulletins("migrate")
    assert found.code == 3
    assert "\x1b" not in found.err and "red" in found.err


def test_status_keeps_its_rows_apart_from_what_it_says_beside_them(filled: Command) -> None:
    found = filled("status")
    assert (found.code, [row["source"] for row in found.rows]) == (0, list(sources()))
    assert "12 notifications" in found.err and "delay_seconds = 2.0 (default)" in found.err


def test_a_source_that_fails_keeps_no_other_from_its_turn(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run_source(_archive: object, source: object, *_: object, **__: object) -> Report:
        asked.append("asked")
        if len(asked) == 1:
            raise KeyError("a bug")
        return Report("bsia-cssc")

    monkeypatch.setattr("ingest.run.run_source", run_source)
    monkeypatch.setattr("cli.run_source", run_source, raising=False)
    found = bulletins("run", "bsia-cssc", "bsia-cssc")
    assert found.code == 1
    assert [row["errors"] for row in found.rows] == [1, 0]
    assert "KeyError" in found.err


def test_an_archive_that_is_unusable_ends_the_run(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_source(*_: object, **__: object) -> Report:
        raise ArchiveUnusable("archive x: full, expected room")

    monkeypatch.setattr("ingest.run.run_source", run_source)
    found = bulletins("run", "bsia-cssc")
    assert (found.code, found.out) == (3, "")
    assert found.err == "bulletins: archive x: full, expected room\n"


@pytest.mark.parametrize(("columns", "is_upright"), [(60, True), (80, False), (100, False)])
def test_no_title_is_folded_into_a_few_letters_a_line(
    filled: Command, monkeypatch: pytest.MonkeyPatch, columns: int, is_upright: bool
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    row = filled("search", "--limit", "1").rows[0]
    lines = filled("search", "--limit", "1", "--format", "table").out.splitlines()
    assert (f"title    {row['title']}" in lines) == is_upright
    assert (f"id       {row['id']}" in lines) == is_upright
    assert any(row["title"] in line for line in lines)


@pytest.mark.parametrize(
    ("command", "first"), [("changes", "cursor"), ("status", "source"), ("sources", "source"), ("search", "id")]
)
def test_eighty_columns_hold_a_table(
    filled: Command, monkeypatch: pytest.MonkeyPatch, command: str, first: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    many = len(filled(command).rows)
    lines = filled(command, "--format", "table").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith(f"{first} ") for line in lines) == 1
    assert len(lines) < 6 * many + 4


@pytest.mark.parametrize("command", ["changes", "status"])
def test_two_hundred_columns_hold_a_line_each(filled: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert len(filled(command, "--format", "table").out.splitlines()) == 1 + len(filled(command).rows)


@pytest.mark.parametrize(("columns", "lines"), [(100, 2), (80, 4), (50, 10)])
def test_accounts_are_a_table_where_they_fit(
    bulletins: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page(messages(12)))
    monkeypatch.setenv("COLUMNS", str(columns))
    printed = bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z", "--format", "table").out
    assert len(printed.splitlines()) == lines
    assert all(len(line) <= columns for line in printed.splitlines())


def test_times_in_tables_say_their_zone(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("50", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        assert "at UTC" in filled("changes", "--format", "table").out
        assert "last success UTC" in filled("status", "--format", "table").out


def test_a_pipe_is_told_that_more_was_found(filled: Command) -> None:
    few, all_of_them = filled("search", "--limit", "3"), filled("search")
    assert (len(few.rows), few.err) == (3, "3 of 12 bulletins\n")
    assert (len(all_of_them.rows), all_of_them.err) == (12, "")
