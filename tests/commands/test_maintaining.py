"""The commands that add and mend sources: rows, sentences, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.source import Source, sources
from tests.archive.pages import messages, page
from tests.commands.conftest import Command
from tests.parsers.mails import mail

TWELVE = messages(12)


@pytest.fixture
def quarantined(bulletins: Command, tmp_path: Path) -> Command:
    """An archive with a page one of whose entries has no such date."""
    file = tmp_path / "bad.html"
    file.write_bytes(page([TWELVE[0].but(day="31/02/2026"), *TWELVE[1:]]))
    imported = bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z")
    assert imported.code == 1
    assert "bsia-cssc: 1 quarantined, `quarantine bsia-cssc` says why" in imported.err.splitlines()
    return bulletins


def test_the_way_of_a_message_is_shown_without_a_fixture(bulletins: Command, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(Date=None))
    assert bulletins("import", "cssc", str(tmp_path / "a.eml")).code == 1
    (listed,) = bulletins("quarantine").rows
    (found,) = bulletins("quarantine", str(listed["id"])).rows
    assert [line.split()[1] for line in found["next"]] == ["parse", "replay", "replay"]
    refused = bulletins("fixture", "cssc", "--capture", str(listed["capture"]))
    assert refused.code == 3 and "which names people" in refused.err


def test_a_document_is_shown_by_another_command(bulletins: Command, tmp_path: Path) -> None:
    (tmp_path / "doc.pdf").write_bytes(b"%PDF-1.4 words")
    bulletins("import", "bsia-cssc", str(tmp_path / "doc.pdf"), "--url", "https://www.bsia.co.uk/a.pdf")
    for command in ("parse", "fixture"):
        found = bulletins(command, "bsia-cssc", "--capture", "1")
        assert found.out == "" and "a document" in found.err and "`text FILE`" in found.err


def test_parse_shows_what_each_field_came_from(bulletins: Command, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page(TWELVE))
    rows = bulletins("parse", "bsia-cssc", str(file), "--evidence").rows
    assert {tuple(row) for row in rows} == {("entry", "field", "value", "from")}
    assert {row["entry"] for row in rows} == set(range(1, 13))
    (level,) = (row for row in rows if (row["entry"], row["field"]) == (1, "level"))
    assert level["from"].startswith("heading 'London")
    assert "evidence" in bulletins("parse", "bsia-cssc", str(file)).rows[0]
    table = bulletins("parse", "bsia-cssc", str(file), "--format", "table").out
    assert table.split()[:4] == ["entry", "field", "value", "from"]


def test_one_quarantined_entry_is_shown_with_what_to_do(quarantined: Command, tmp_path: Path) -> None:
    (listed,) = quarantined("quarantine").rows
    saved = tmp_path / "saved.html"
    (found,) = quarantined("quarantine", str(listed["id"]), "--save", str(saved)).rows
    assert saved.read_bytes() == (tmp_path / "bad.html").read_bytes()
    assert (found["url"], found["at"], found["raw"]) == (listed["url"], listed["at"], listed["raw"])
    assert "31/02/2026" in found["raw"] and "31/02/2026" in found["reason"]
    assert (found["entry"], found["body"], found["capture"]) == (1, str(saved), listed["capture"])
    assert found["next"] == [
        "./bulletins parse bsia-cssc --capture 1 --watch",
        "./bulletins fixture bsia-cssc --capture 1",
        "./bulletins replay bsia-cssc --since 2026-03-01T10:00:00Z --dry-run",
        "./bulletins replay bsia-cssc --since 2026-03-01T10:00:00Z",
    ]
    table = quarantined("quarantine", str(listed["id"]), "--format", "table").out
    assert "reason: " in table and "    ./bulletins fixture bsia-cssc --capture 1" in table


def test_what_cannot_be_shown_or_saved_is_refused(quarantined: Command, tmp_path: Path) -> None:
    for arguments, sentence in (
        (("99",), "quarantine 99: there is none, expected an id that `quarantine` lists"),
        (("9" * 30,), "there is none"),
        (("--save", "x"), "--save: expected the ID of a quarantined entry"),
        (("1", "--save", str(tmp_path / "bad.html")), "there is something already, expected a new file"),
        (("nobody",), "source nobody: there is none"),
    ):
        found = quarantined("quarantine", *arguments)
        assert (found.code, found.out) == (2, ""), arguments
        assert sentence in found.err


def test_new_and_fixture_refuse_with_a_sentence(quarantined: Command) -> None:
    for arguments, code, sentence in (
        (("new", "bsia-cssc", "https://x.example/"), 2, "a source is or was called so"),
        (("new", "Not_one", "https://x.example/"), 2, "expected words of lower-case letters"),
        (("new", "a-new-one", "https://x.example/", "--family", "gopher"), 2, "--family: 'gopher', expected one of"),
        (("new", "a-new-one", "http://127.0.0.1/"), 3, "127.0.0.1"),
        (("fixture", "bsia-cssc"), 2, "expected either a URL or --capture ID"),
        (("fixture", "bsia-cssc", "--capture", "1", "--case", "../x"), 2, "--case: '../x', expected words"),
        (("fixture", "bsia-cssc", "--capture", "77"), 3, "capture 77: there is none with a body"),
        (("fixture", "psni", "--capture", "1"), 3, "capture 1: it is one of bsia-cssc, expected one of psni"),
    ):
        found = quarantined(*arguments)
        assert (found.code, found.out) == (code, ""), (arguments, found.err)
        assert sentence in found.err


def test_a_former_slug_names_its_source(quarantined: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive was filled before the source was renamed: ids, search and replay go on."""
    before = {row["id"] for row in quarantined("search").rows}
    renamed = type("Renamed", (type(sources()["bsia-cssc"]),), {"slug": "cascade", "formerly": ("bsia-cssc",)})
    known: dict[str, Source] = {slug: each for slug, each in sources().items() if slug != "bsia-cssc"}
    monkeypatch.setattr("parsers.configured.sources", lambda: {**known, "cascade": renamed()})
    found = quarantined("search", "--source", "bsia-cssc")
    assert "source bsia-cssc: it is cascade now" in found.err
    assert {row["id"] for row in found.rows} == before and len(before) == 11
    assert {row["source"] for row in found.rows} == {"cascade"}
    assert quarantined("search", "--source", "cascade").rows == found.rows
    assert quarantined("quarantine", "bsia-cssc").rows[0]["source"] == "cascade"
    assert quarantined("show", sorted(before)[0]).code == 0
    assert quarantined("replay", "bsia-cssc", "--dry-run").rows[0]["source"] == "cascade"
