"""Importing mail and folders on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Command
from tests.parsers.mails import mail, multipart

SEPARATOR = b"From sender@x Fri Mar 24 14:05:06 2017\n"


def test_mail_is_imported_searched_and_shown(bulletins: Command, tmp_path: Path) -> None:
    pdf = "Content-Type: application/pdf; name=map.pdf\nContent-ID: <map@x>\n\n%PDF-1.4 a map"
    (tmp_path / "a.eml").write_bytes(multipart("Content-Type: text/plain\n\nThe river rises.", pdf))
    (tmp_path / "b").write_bytes(SEPARATOR + mail("Second.", Message_ID="<two@x>") + b"\n\n")
    found = bulletins("import", "cssc", str(tmp_path / "a.eml"), str(tmp_path / "b"))
    assert (found.code, found.rows[0]["new"], found.rows[0]["attachments"]) == (0, 2, 1)
    (row,) = bulletins("search", "river").rows
    assert (row["ref"], row["level"]) == ("one@thecssc.com", "amber")
    assert bulletins("show", "one@thecssc.com").rows[0]["id"] == row["id"]
    assert bulletins("import", "cssc", str(tmp_path)).rows[0]["new"] == 0


def test_losses_of_mail_are_told_and_exit_1(bulletins: Command, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(Date=None))
    found = bulletins("import", "cssc", str(tmp_path / "a.eml"))
    assert (found.code, found.rows[0]["quarantined"]) == (1, 1)
    (row,) = bulletins("quarantine").rows
    assert "no date" in row["reason"] and "pat.member" not in row["raw"]


def test_parse_reads_a_message(bulletins: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(mail())
    assert bulletins("parse", "cssc", str(file)).rows[0]["url"] == "mid:one@thecssc.com"
    with file.open() as opened:
        monkeypatch.setattr("sys.stdin", opened)
        assert bulletins("import", "cssc", "-").rows[0]["new"] == 1
    file.write_bytes(SEPARATOR + mail())
    with file.open() as opened:
        monkeypatch.setattr("sys.stdin", opened)
        found = bulletins("import", "cssc", "-")
    assert found.code == 1 and "a mailbox, expected it as a file" in found.err


def test_the_help_names_mail_and_folders(bulletins: Command) -> None:
    said = bulletins("import", "--help").out
    assert ".eml" in said and "Maildir" in said and "folders" in said
