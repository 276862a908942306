"""Each command as its users call it: rows, keys, messages and exit codes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.archive.pages import BODIES, Message, messages, page
from tests.commands.conftest import Command
from tests.pdfs import text_document

TWELVE = messages(12)
RECORD_KEYS = {
    *("source", "ref", "url", "title", "level", "codes", "issued", "issued_precision", "expires", "region"),
    *("threat_levels", "text", "links", "attachments", "references", "language", "issuers", "topics", "handling"),
}
ACCOUNTS = [
    "source",
    "seen",
    "new",
    "revised",
    "unchanged",
    "repeated",
    "quarantined",
    "withdrawn",
    "attachments",
    "errors",
]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_bytes(page([TWELVE[0].but(pdf="one.pdf"), *TWELVE[1:]]))
    return file


@pytest.fixture
def filled(bulletins: Command, saved: Path) -> Command:
    assert bulletins("import", "bsia-cssc", str(saved), "--at", "2026-03-01T10:00:00Z").code == 0
    return bulletins


def test_parse_prints_records_and_needs_no_archive(bulletins: Command, saved: Path, home: Path) -> None:
    found = bulletins("parse", "bsia-cssc", str(saved))
    assert found.code == 0
    assert set(found.rows[0]) >= RECORD_KEYS
    assert found.rows[0]["attachments"] == [{"url": "https://www.bsia.co.uk/Portals/4/one.pdf", "title": "Click here"}]
    assert len(found.rows) == 12
    assert not home.exists()


def test_parse_says_what_it_refused_and_exits_1(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_bytes(page([TWELVE[0].but(day="31/02/2026"), *TWELVE[1:]]))
    found = bulletins("parse", "bsia-cssc", str(file))
    assert (found.code, len(found.rows)) == (1, 11)
    assert "31/02/2026" in found.err and "expected" in found.err


def test_parse_of_a_page_without_entries_is_no_success(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "empty.html"
    file.write_bytes(b"<html><body><p>Nothing here</p></body></html>")
    found = bulletins("parse", "bsia-cssc", str(file))
    assert (found.code, found.out) == (1, "")
    assert "0 entries" in found.err


def test_parse_reads_a_stored_capture(filled: Command) -> None:
    assert len(filled("parse", "bsia-cssc", "--capture", "1").rows) == 12
    assert filled("parse", "bsia-cssc", "--capture", "99").code == 1


def test_import_ends_with_the_accounts_row(bulletins: Command, saved: Path) -> None:
    found = bulletins("import", "bsia-cssc", str(saved), "--at", "2026-03-01T10:00:00Z")
    (row,) = found.rows
    assert list(row) == ACCOUNTS
    assert (row["seen"], row["new"], row["attachments"], row["errors"]) == (12, 12, 1, 0)


def test_import_again_adds_nothing(filled: Command, saved: Path) -> None:
    before = filled("changes").rows
    (row,) = filled("import", "bsia-cssc", str(saved), "--at", "2026-03-01T11:00:00Z").rows
    assert (row["seen"], row["new"], row["unchanged"]) == (12, 0, 12)
    assert filled("changes").rows == before


def test_import_refuses_a_future_time(bulletins: Command, saved: Path) -> None:
    future = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    found = bulletins("import", "bsia-cssc", str(saved), "--at", future)
    assert found.code == 2
    assert "future" in found.err


def test_import_of_a_missing_file_is_an_error_and_the_others_are_stored(bulletins: Command, saved: Path) -> None:
    found = bulletins("import", "bsia-cssc", "nowhere.html", str(saved), "--at", "2026-03-01T10:00:00Z")
    assert found.code == 1
    assert (found.rows[0]["new"], found.rows[0]["errors"]) == (12, 1)
    assert "nowhere.html" in found.err


def test_search_rows_have_the_record_and_more(filled: Command) -> None:
    found = filled("search", "lost", "dog")
    (row,) = found.rows
    assert set(row) >= RECORD_KEYS | {"id", "state", "revision", "first_seen", "last_seen", "snippet"}
    assert "lost dog" in row["snippet"]
    assert row["first_seen"] == row["last_seen"] == "2026-03-01T10:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["cable", "OR", "password*"], ["Notice 7", "Notice 6"]),
        (["fire", "-alarms"], []),
        (['"water main"'], ["Notice 5"]),
        (["--since", "2026-02-11"], ["Notice 11", "Notice 10"]),
        (["--until", "2026-02-02"], ["Notice 1", "Notice 0"]),
        (["--level", "amber"], []),
        (["--region", "london", "--limit", "1"], ["Notice 11"]),
        (["--source", "bsia-cssc", "--state", "withdrawn"], []),
    ],
)
def test_search_understands(filled: Command, arguments: list[str], titles: list[str]) -> None:
    assert [row["title"] for row in filled("search", *arguments).rows] == titles


@pytest.mark.parametrize("query", ['"never closed', "OR", "-only", "(", "*", "a" * 2_000])
def test_a_bad_query_is_answered_with_what_is_wrong(filled: Command, query: str) -> None:
    found = filled("search", query)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("bulletins: query")


def test_search_refuses_options_that_are_none(filled: Command) -> None:
    found = filled("search", "--levle", "amber")
    assert found.code == 2
    assert filled("search", "--level", "purple").code == 2


def test_changes_resume_from_a_cursor(filled: Command) -> None:
    rows = filled("changes").rows
    assert [row["cursor"] for row in rows] == list(range(1, 13))
    assert " ".join(rows[0]) == "cursor kind state notification source issued title revision cause at invented"
    assert {row["state"] for row in rows} == {"current"}
    assert rows[0]["cause"] == "import" and rows[0]["at"] == "2026-03-01T10:00:00Z"
    assert filled("changes", "--since", "10").rows == rows[10:]


def test_quarantine_shows_where_what_and_why(filled: Command, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_bytes(page([TWELVE[0].but(day="12/25/2026"), *TWELVE[1:]]))
    assert filled("import", "bsia-cssc", str(file), "--at", "2026-03-01T12:00:00Z").code == 1
    (row,) = filled("quarantine").rows
    assert "12/25/2026" in row["reason"] and "12/25/2026" in row["raw"]
    assert row["url"].startswith("https://www.bsia.co.uk/")


def test_sources_and_status(filled: Command) -> None:
    (row,) = filled("sources", "bsia-cssc").rows
    assert row["ended"] == "page removed" and row["expect"] == [5, 59]
    found = filled("status")
    (state,) = [each for each in found.rows if each["source"] == "bsia-cssc"]
    assert (state["notifications"], state["wanted"], state["state"]) == (12, 1, "healthy")
    assert "BULLETINS_HOME" in found.err


def test_text_gives_one_object_a_page(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    file.write_bytes(text_document(["Meet at the north gate"]))
    found = bulletins("text", str(file))
    assert found.code == 0
    assert found.rows[0]["page"] == 1 and "north gate" in found.rows[0]["text"]
    file.write_bytes(b"<html>not a document</html>")
    found = bulletins("text", str(file))
    assert (found.code, found.rows[-1]["state"]) == (1, "not-a-pdf")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]/"]
)
def test_fetch_refuses_what_is_not_public(bulletins: Command, url: str) -> None:
    found = bulletins("fetch", url)
    assert (found.code, found.out) == (3, "")
    assert "expected" in found.err


def test_changes_are_chosen_by_kind_and_source(filled: Command) -> None:
    rows = filled("changes").rows
    assert filled("changes", "--kind", "created", "--source", "bsia-cssc", "--limit", "3").rows == rows[:3]
    assert filled("changes", "--kind", "withdrawn", "--kind", "revised").rows == []
    assert filled("changes", "--source", "ncsc").rows == []
    for option, expected in (("--kind", "one of created, revised"), ("--source", "one of ")):
        refused = filled("changes", option, "vanished")
        assert refused.code == 2
        assert f"{option}: 'vanished', expected {expected}" in refused.err


def test_replay_of_the_same_parser_changes_nothing(filled: Command) -> None:
    before = filled("changes").rows
    for arguments in (["replay", "--dry-run"], ["replay"]):
        found = filled(*arguments)
        assert (found.code, found.rows[0]["outcome"]) == (0, "unchanged")
    assert filled("changes").rows == before


def test_replay_into_an_empty_folder_gives_an_equal_archive(filled: Command, tmp_path: Path) -> None:
    assert filled("replay", "--into", str(tmp_path / "again")).code == 0
    assert filled("--home", str(tmp_path / "again"), "changes").rows == filled("changes").rows
    assert filled("--home", str(tmp_path / "again"), "search", "lost dog").rows == filled("search", "lost dog").rows
    assert filled("replay", "--into", str(tmp_path / "again")).code == 3


def test_migrate_makes_the_archive(bulletins: Command, home: Path) -> None:
    assert bulletins("migrate").code == 0
    assert (home / "archive.sqlite").exists()


@pytest.mark.parametrize("command", [["search", "x"], ["changes"], ["status"], ["quarantine"], ["show", "abcdef"]])
def test_reading_commands_do_not_make_an_archive(bulletins: Command, home: Path, command: list[str]) -> None:
    found = bulletins(*command)
    assert (found.code, found.out) == (3, "")
    assert "expected one made by" in found.err
    assert not home.exists()


def test_an_unknown_source_is_a_usage_error(bulletins: Command, saved: Path) -> None:
    found = bulletins("parse", "nowhere", str(saved))
    assert found.code == 2
    assert "bsia-cssc" in found.err


def test_csv_is_guarded_against_formulas(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page([Message("20/02/2026", "=HYPERLINK(1)", BODIES[1][::-1]), *TWELVE]))
    bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z")
    rows = list(csv.DictReader(io.StringIO(bulletins("search", "--format", "csv").out)))
    assert rows[0]["title"] == "'=HYPERLINK(1)"


def test_no_bulletin_steers_the_terminal(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page([Message("20/02/2026", "Red \x1b[31m alert", BODIES[1][::-1]), *TWELVE]))
    bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z")
    assert "\x1b[31m" not in bulletins("search", "--format", "table").out


def test_a_bad_setting_is_named(bulletins: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULLETINS_ATTEMPTS", "many")
    found = bulletins("migrate")
    assert found.code == 3
    assert "attempts" in found.err


def test_every_command_is_in_the_help(bulletins: Command) -> None:
    listed = bulletins("--help").out
    for name in (
        *("serve", "run", "parse", "import", "search", "show", "changes", "sources", "status", "text", "fetch"),
        *("quarantine", "replay", "migrate", "test"),
    ):
        assert f"  {name} " in listed
        assert bulletins(name, "--help").code == 0 or name == "test"


def test_every_address_of_the_one_page_is_that_page(filled: Command, saved: Path, tmp_path: Path) -> None:
    address = "http://www.bsia.co.uk/CSSC?x=1"
    (row,) = filled("import", "bsia-cssc", str(saved), "--at", "2026-03-01T12:00:00Z", "--url", address).rows
    assert (row["new"], row["withdrawn"]) == (0, 0)
    shorter = tmp_path / "shorter.html"
    shorter.write_bytes(page(TWELVE[1:]))
    for hour in (13, 14):
        filled("import", "bsia-cssc", str(shorter), "--at", f"2026-03-01T{hour}:00:00Z", "--url", address)
    filled("import", "bsia-cssc", str(saved), "--at", "2026-03-01T15:00:00Z")
    assert [each["kind"] for each in filled("changes", "--since", "12").rows][-2:] == ["withdrawn", "reinstated"]
