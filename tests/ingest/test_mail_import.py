"""Mail as it is imported: once, oldest first, with its attachments, from files, mailboxes and Maildirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.derived import NotificationRow, Quarantined, Target
from archive.finding import Asked, search
from archive.journal import get_capture, pending
from archive.store import Archive
from archive.tables import Capture
from ingest import mailboxes
from ingest.importing import import_files
from ingest.mbox import spans
from ingest.replay import replay_into
from ingest.report import Report
from ingest.settling import settle
from parsers.source import sources
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, counts, differences, dump
from tests.lifecycle.world import opened
from tests.parsers.mails import mail, multipart

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PDF = "Content-Type: application/pdf; name=map.pdf\nContent-ID: <map@x>\n\n%PDF-1.4 a map"
SEPARATOR = b"From sender@x Fri Mar 24 14:05:06 2017\n"


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path / "archive") as made:
        yield made


def put(archive: Archive, *files: Path, at: datetime | None = None, now: datetime = NOW) -> Report:
    return import_files(archive, sources()["cssc"], files, now, url=None, at=at)


def number(place: int) -> str:
    """A date in March 2017."""
    return f"{place:02d} Mar 2017 09:00:00 +0000"


def message(place: int, **headers: str | None) -> bytes:
    return mail(f"Words number {place} of ours.", **{"Message_ID": f"<{place}@x>", "Date": number(place), **headers})


def mbox(file: Path, *messages: bytes) -> Path:
    """A mailbox; lines that would separate messages are quoted."""
    quoted = [each.replace(b"\nFrom ", b"\n>From ") for each in messages]
    file.write_bytes(b"".join(SEPARATOR + each.rstrip(b"\n") + b"\n\n" for each in quoted))
    return file


def eml(file: Path, body: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return file


def rows(archive: Archive) -> list[dict[str, Any]]:
    with archive.reading() as session:
        return sorted(search(session, Asked(limit=100)), key=lambda row: row["issued"] or "")


def captures(archive: Archive) -> list[Capture]:
    with archive.reading() as session:
        return list(session.scalars(select(Capture).order_by(Capture.id)))


def test_a_mailbox_without_a_message_is_told(archive: Archive, tmp_path: Path) -> None:
    (folder := tmp_path / "mail").mkdir()
    empty, full = mbox(folder / "empty.mbox"), mbox(folder / "full.mbox", message(1))
    report = put(archive, folder)
    assert report.notices == [f"{empty}: a mailbox without a message"]
    assert (report.accounts.new, report.accounts.errors, report.is_lossy) == (1, 0, False)
    assert put(archive, full).notices == []


def test_a_message_is_kept_as_it_came_with_its_attachments(archive: Archive, tmp_path: Path) -> None:
    body = multipart("Content-Type: text/plain\n\nSee the map.", PDF)
    report = put(archive, eml(tmp_path / "a.eml", body))
    assert (report.row()["new"], report.row()["attachments"], report.lossy) == (1, 1, False)
    first, second = captures(archive)
    assert archive.blobs.get(first.sha256 or "") == body
    assert (first.headers, first.via, first.cause) == ([["Content-Type", "message/rfc822"]], "mail", "import")
    assert first.fetched_at == datetime(2017, 3, 24, 14, 5, 6, tzinfo=UTC)
    assert (second.role, second.url) == ("attachment", "mid:one@thecssc.com/map@x")
    (row,) = rows(archive)
    assert (row["ref"], row["url"]) == ("one@thecssc.com", "mid:one@thecssc.com")
    with archive.reading() as session:
        target = session.scalars(select(Target).where(Target.role == "attachment")).one()
        assert (target.state, target.sha256) == ("held", second.sha256)
        assert [each.next_check_at for each in session.scalars(select(Target))] == [None, None]


def test_imported_twice_it_adds_nothing(archive: Archive, tmp_path: Path) -> None:
    odd = [
        message(3, Date=None),
        message(4, Date="Fri, 01 Jan 2088 09:00:00 +0000"),
        message(5, Auto_Submitted="auto-replied"),
    ]
    files = [mbox(tmp_path / "a.mbox", *odd, message(1)), eml(tmp_path / "b.eml", multipart("\nx", PDF))]
    first = put(archive, *files)
    before = counts(archive), dump(archive)
    second = put(archive, *files, now=datetime(2026, 4, 1, tzinfo=UTC))
    after = counts(archive), dump(archive)
    assert second.row() | {"new": 0, "unchanged": 0, "attachments": 0} == first.row() | {
        "new": 0,
        "unchanged": 0,
        "attachments": 0,
    }
    assert (second.row()["new"], second.row()["unchanged"]) == (0, first.row()["new"])
    assert after[0] == before[0]
    assert differences(before[1], after[1]) == []


def test_messages_are_taken_oldest_first_whatever_mailbox_they_stand_in(archive: Archive, tmp_path: Path) -> None:
    put(
        archive,
        mbox(tmp_path / "a.mbox", message(9), message(3)),
        eml(tmp_path / "b.eml", message(6)),
        mbox(tmp_path / "c", message(1)),
    )
    assert [each.target_url for each in captures(archive)] == ["mid:1@x", "mid:3@x", "mid:6@x", "mid:9@x"]


def test_the_same_message_in_two_mailboxes_is_one(archive: Archive, tmp_path: Path) -> None:
    body = multipart("\nFrom the station onwards\n\nFrom here\n", PDF)
    copy = b"Status: RO\nX-Gmail-Labels: Inbox\n" + body.replace(b"\n", b"\r\n")
    report = put(archive, mbox(tmp_path / "a.mbox", body), eml(tmp_path / "b.eml", body), eml(tmp_path / "c.eml", copy))
    assert (report.row()["new"], report.row()["revised"], report.row()["quarantined"]) == (1, 0, 0)
    assert len(rows(archive)) == 1
    assert [each.role for each in captures(archive)] == ["detail", "attachment", "detail"]
    assert "From the station onwards\nFrom here" in rows(archive)[0]["text"]


def test_another_message_under_the_same_id_alters_nothing(archive: Archive, tmp_path: Path) -> None:
    put(archive, eml(tmp_path / "a.eml", message(1)))
    forged = eml(tmp_path / "b.eml", message(1).replace(b"ours", b"theirs"))
    put(archive, forged)
    put(archive, forged, mbox(tmp_path / "c.mbox", message(1)))
    first, second = sorted(rows(archive), key=lambda row: len(row["ref"]))
    assert (first["ref"], first["revision"], second["revision"]) == ("1@x", 1, 1)
    assert second["ref"].endswith("+1@x") and "theirs" in second["text"]
    assert "stands for another message" in second["evidence"]["ref"]


def test_a_maildir_is_read_with_its_subfolders_without_flags_and_tmp(archive: Archive, tmp_path: Path) -> None:
    box = tmp_path / "box"
    for place in ("cur", "new", "tmp", ".Old/cur", ".Old/new"):
        (box / place).mkdir(parents=True)
    eml(box / "cur" / "1.host:2,RS", message(1))
    eml(box / "new" / "1.host", message(1))
    eml(box / "new" / "2.host", message(2))
    eml(box / ".Old" / "cur" / "3.host:2,", message(3))
    eml(box / "tmp" / "4.host", message(4))
    eml(box / "dovecot.index", b"\x00")
    report = put(archive, box)
    assert [row["ref"] for row in rows(archive)] == ["1@x", "2@x", "3@x"]
    assert not report.told and not report.lossy


def test_a_bad_message_costs_itself(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = mail("x" * 40_000, Message_ID="<large@x>")
    flood = b"X: y\n" * 3_000 + message(2)
    monkeypatch.setattr(mailboxes, "MAX_MESSAGE_BYTES", 20_000)
    report = put(archive, mbox(tmp_path / "a.mbox", message(1), large, flood, message(4, Date="never"), message(5)))
    assert (report.row()["new"], report.row()["quarantined"], report.row()["errors"]) == (2, 1, 2)
    assert report.lossy and any("expected at most 20,000" in each for each in report.told)
    with archive.reading() as session:
        assert {row.what for row in session.scalars(select(Quarantined))} == {"entry", "document"}
        assert pending(session, "cssc") == []


def test_replaying_the_journal_gives_it_all_again(archive: Archive, tmp_path: Path, database_url: str) -> None:
    files = [
        mbox(
            tmp_path / "a.mbox",
            message(1),
            message(1).replace(b"ours", b"theirs"),
            multipart("\nx", PDF),
            message(2, Date=None),
        )
    ]
    put(archive, *files, eml(tmp_path / "c.eml", b"X-Copy: 1\n" + multipart("\nx", PDF)))
    with opened(f"sqlite:///{tmp_path / 'again.sqlite'}", tmp_path / "again") as again:
        replay_into(archive, again, sources(), NOW)
        assert differences(dump(archive, DERIVED_FROM_JOURNAL), dump(again, DERIVED_FROM_JOURNAL)) == []


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", [0, 1])
def test_killed_after_any_capture_it_is_whole_at_the_next_import(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    file = eml(tmp_path / "a.eml", multipart("\nx", PDF))
    settled: list[Any] = []

    def killed(*arguments: Any) -> Any:
        if len(settled) == after:
            raise Killed
        settled.append(arguments)
        return settle(*arguments)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("ingest.mailboxes.settle", killed)
        put(archive, file)
    put(archive, file)
    with opened(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other") as other:
        put(other, file)
        assert differences(dump(other), dump(archive)) == []


def test_a_stated_time_is_that_of_the_captures_and_never_of_the_record(archive: Archive, tmp_path: Path) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    put(archive, eml(tmp_path / "a.eml", message(1)), at=at)
    assert captures(archive)[0].fetched_at == at
    assert rows(archive)[0]["issued"] == "2017-03-01T09:00:00+00:00"


def test_a_message_and_a_post_of_the_site_are_two_bulletins(archive: Archive, tmp_path: Path) -> None:
    page = Path(__file__).parents[1] / "fixtures" / "cssc" / "posts" / "page.json"
    new = put(archive, page, at=NOW).row()["new"]
    report = put(archive, eml(tmp_path / "a.eml", message(1)))
    assert (report.row()["new"], len(rows(archive))) == (1, new + 1)
    with archive.reading() as session:
        assert {row.state for row in session.scalars(select(NotificationRow))} == {"current"}


def test_lines_that_begin_with_from_separate_nothing(tmp_path: Path) -> None:
    words = b"From Monday 09:30 there is a closure until 2017\n\nFrom: noon\nFrom x Fri Mar 24 14:05:06 2017\n"
    file = tmp_path / "a.mbox"
    file.write_bytes(SEPARATOR + message(1) + b"\n\n" + words + b"\n" + SEPARATOR + message(2) + b"\n")
    assert len(list(spans(file))) == 2


def test_a_mailbox_is_read_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    with file.open("wb") as opened_file:
        opened_file.write(SEPARATOR + message(1) + b"x" * 3_000_000 + b"\n\n" + SEPARATOR + message(2))
    found = list(spans(file))
    assert [len(each.head) < 1_000 for each in found] == [True, True]
    assert found[0].end - found[0].start > 3_000_000


def test_captures_are_readable_one_by_one(archive: Archive, tmp_path: Path) -> None:
    from ingest.parsing import parse_capture

    put(archive, eml(tmp_path / "a.eml", message(1)))
    with archive.reading() as session:
        assert get_capture(session, 1).state == "done"
    assert parse_capture(archive, sources()["cssc"], 1, None).rows[0]["ref"] == "1@x"
