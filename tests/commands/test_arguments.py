"""What commands make of odd arguments: a sentence, the exit code for misuse, and nothing stored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.identity import public_id
from ingest import files
from ingest.addresses import address_at, page_address
from ingest.parsing import parse_bytes
from parsers.source import sources
from tests.archive.pages import URL, messages, page
from tests.commands.conftest import Command

SOURCE = sources()["bsia-cssc"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_bytes(page(messages(12)))
    return file


@pytest.fixture
def filled(bulletins: Command, saved: Path) -> Command:
    assert bulletins("import", "bsia-cssc", str(saved), "--at", "2026-03-01T10:00:00Z").code == 0
    return bulletins


NO_ADDRESSES = [
    *("", "foo", "//host/page", "http://", "http:///page", "file:///etc/passwd", "javascript:alert(1)"),
    *("ftp://host/page", "http://[::1", "http://[::g]/", "http://host:70000/", "http://host:0/", "http://a b/"),
    *("http://host/\n", "http://ho\\st/", "http://.host/", "http://u:letmein@host/page", "http://letmein@host:x/"),
]


@pytest.mark.parametrize("printed", NO_ADDRESSES)
def test_what_is_no_address_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        page_address(printed)
    assert "letmein" not in str(refused.value)


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("HTTPS://WWW.Example.ORG:443/Page?Q=A#part", "https://www.example.org/Page?Q=A"),
        ("http://example.org:80/", "http://example.org/"),
        ("http://example.org:8080/@x", "http://example.org:8080/@x"),
        ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
    ],
)
def test_an_address_has_one_spelling(printed: str, address: str) -> None:
    assert page_address(printed) == address


def test_an_address_that_differs_in_its_scheme_alone_is_the_sources_own() -> None:
    assert address_at(SOURCE, "HTTP" + URL.removeprefix("https") + "#top") == URL
    assert address_at(SOURCE, "http://www.bsia.co.uk/other") == "http://www.bsia.co.uk/other"


@pytest.mark.parametrize("command", ["import", "parse"])
@pytest.mark.parametrize("printed", ["foo", "", "file:///etc/passwd", "http://u:letmein@host/page"])
def test_a_url_that_is_none_is_a_usage_error(
    bulletins: Command, home: Path, saved: Path, command: str, printed: str
) -> None:
    found = bulletins(command, "bsia-cssc", str(saved), "--url", printed)
    assert (found.code, found.out) == (2, "")
    assert "--url" in found.err and "letmein" not in found.err
    assert not home.exists()


def test_parse_names_the_page_by_its_one_spelling(bulletins: Command, saved: Path) -> None:
    found = bulletins("parse", "bsia-cssc", str(saved), "--url", "HTTP" + URL.removeprefix("https"))
    assert {row["url"].partition("#")[0] for row in found.rows} == {URL}


def test_nothing_is_imported_into_the_replicas_archive(bulletins: Command, home: Path, saved: Path) -> None:
    home.mkdir()
    (home / "only-the-replica").write_text("invented")
    found = bulletins("import", "bsia-cssc", str(saved))
    assert (found.code, found.out) == (3, "")
    assert "invented" in found.err
    assert [each.name for each in home.iterdir()] == ["only-the-replica"]


def test_invented_bulletins_are_not_replayed_into_an_archive_for_real_ones(
    filled: Command, home: Path, tmp_path: Path
) -> None:
    (home / "only-the-replica").write_text("invented")
    found = filled("replay", "--into", str(tmp_path / "again"))
    assert found.code == 3
    assert "invented" in found.err and not (tmp_path / "again").exists()


def test_replay_into_wants_an_empty_folder(filled: Command, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    assert filled("replay", "--into", str(folder)).code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    for taken in (other, other / "letter.txt"):
        found = filled("replay", "--into", str(taken))
        assert found.code == 3 and "expected an empty folder" in found.err
    assert [each.name for each in other.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("also", [["--dry-run"], ["--since", "2026-01-01"], ["bsia-cssc"]])
def test_replay_into_takes_the_whole_archive(filled: Command, tmp_path: Path, also: list[str]) -> None:
    assert filled("replay", *also, "--into", str(tmp_path / "again")).code == 2
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("command", [["parse", "bsia-cssc"], ["text"]])
@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "nothing"])
def test_only_regular_files_are_read(bulletins: Command, tmp_path: Path, command: list[str], kind: str) -> None:
    found = bulletins(*command, str(_odd_file(tmp_path, kind)))
    assert found.code == 2
    assert "expected a readable, regular file" in found.err


@pytest.mark.parametrize("kind", ["folder", "fifo", "device"])
def test_import_names_what_is_no_file(bulletins: Command, tmp_path: Path, kind: str) -> None:
    odd = _odd_file(tmp_path, kind)
    found = bulletins("import", "bsia-cssc", str(odd))
    assert (found.code, found.rows[0]["errors"]) == (1, 1)
    what = "a FIFO, socket or device, expected a readable, regular file"
    what = "holds nothing to import, expected" if kind == "folder" else what
    assert f"{odd}: {what}" in found.err


def _odd_file(folder: Path, kind: str) -> Path:
    odd = folder / kind
    if kind == "folder":
        odd.mkdir()
    elif kind == "fifo":
        os.mkfifo(odd)
    elif kind == "device":
        odd.symlink_to("/dev/zero")
    return odd


def test_a_file_is_never_read_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 8)
    file = tmp_path / "large"
    file.write_bytes(b"12345678")
    assert files.read_file(file) == b"12345678"
    with file.open("r+b") as opened:
        opened.truncate(1 << 40)
    with pytest.raises(files.UnreadableFile, match="too large, expected .* of at most 8 bytes"):
        files.read_file(file)


def test_import_reads_standard_input(bulletins: Command, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with saved.open() as opened:
        monkeypatch.setattr("sys.stdin", opened)
        found = bulletins("import", "bsia-cssc", "-", "--at", "2026-03-01T10:00:00Z")
    assert (found.code, found.rows[0]["new"]) == (0, 12)
    with open("/dev/zero") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        monkeypatch.setattr(files, "MAX_FILE_BYTES", 1_000)
        found = bulletins("import", "bsia-cssc", "-")
    assert found.code == 1 and "standard input: too large" in found.err


ODD = [
    ["changes", "--since", str(2**63)],
    ["changes", "--since", "-1"],
    ["changes", "--limit", str(2**63)],
    ["parse", "bsia-cssc", "--capture", str(2**63)],
    ["parse", "bsia-cssc", "--capture", "0"],
    ["search", "--until", "9999-12-31"],
    ["search", "--until", ""],
    ["search", "--since", "2017-W16"],
    ["search", "--since", "2017-W16-1"],
    ["search", "--since", "20170424"],
    ["search", "--since", "2017-02-30"],
    ["search", "--since", ""],
    ["search", "--level", "purple"],
    ["search", "--source", "nowhere"],
    ["search", "--issuer", "Met Police"],
    ["search", "--state", "gone"],
    ["replay", "--since", ""],
    ["replay", "--since", "0001-01-01T00:00:00+14:00"],
    ["replay", "nowhere"],
    ["show", "\x01" * 8],
    ["show", "\udcff" * 8],
]


@pytest.mark.parametrize(
    "arguments", ODD, ids=lambda arguments: " ".join(arguments)[:40].encode("unicode_escape").decode()
)
def test_odd_arguments_are_usage_errors(bulletins: Command, arguments: list[str]) -> None:
    found = bulletins(*arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err


@pytest.mark.parametrize("at", ["", "1989-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "yesterday"])
def test_a_page_cannot_have_been_fetched_then(bulletins: Command, saved: Path, home: Path, at: str) -> None:
    found = bulletins("import", "bsia-cssc", str(saved), "--at", at)
    assert found.code == 2 and "--at" in found.err
    assert not home.exists()


def test_unknown_filters_name_what_is_expected(filled: Command) -> None:
    assert "met-police" in filled("search", "--issuer", "nobody").err
    assert "bsia-cssc" in filled("search", "--source", "nowhere").err
    assert "current, withdrawn, rolled-off, ended" in filled("search", "--state", "gone").err
    for filters in (["--issuer", "met-police"], ["--state", "rolled-off"], ["--since", "0001-01-01"]):
        assert filled("search", *filters).code == 0


def test_show_takes_ids_and_refs_alone(filled: Command) -> None:
    for printed in ("abcde", "%%%%%%", "______", "a" * 60_000, "", "0" * 16):
        found = filled("show", printed)
        assert (found.code, found.out) == (2, "")
        assert "expected" in found.err and len(found.err) < 300


def test_a_ref_shows_its_bulletin(filled: Command) -> None:
    row = filled("search", "lost dog").rows[0]
    assert public_id("bsia-cssc", row["ref"]) == row["id"]
    assert filled("show", row["ref"]).rows[0]["id"] == row["id"]


@pytest.mark.parametrize("raised", [ValueError("odd"), RecursionError("deep"), KeyError("x")])
def test_whatever_a_parser_raises_is_a_problem(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise raised

    monkeypatch.setattr("ingest.parsing.parse", fails)
    parsed = parse_bytes(SOURCE, b"", URL)
    (problem,) = parsed.problems
    assert type(raised).__name__ in problem and URL in problem
