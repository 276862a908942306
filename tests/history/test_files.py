"""Importing WARC files of what was polled equals having polled it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.derived import Gap
from archive.tables import Capture, Check
from ingest.replay import replay_into
from parsers.source import sources
from tests.history.recorded import Exchange, imported, paced, said, timeline, write_warc
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import ADDRESS, Clock, opened


def test_a_poll_that_was_answered_304_is_a_revisit(database_url: str, tmp_path: Path) -> None:
    lived = timeline("met-police", 16, validators=True)
    assert {each.status for each in lived.exchanges} == {200, 304}
    full: dict[str, Exchange] = {}
    crawled = []
    for each in lived.exchanges:
        if each.status == 304:
            first = full[each.url]
            each = Exchange(each.url, each.at, 200, first.headers, first.body)
        full[each.url] = each
        crawled.append(each)
    with opened(database_url, tmp_path) as archive:
        imported(archive, lived.source, lived.clock, write_warc(tmp_path / "x.warc.gz", crawled))
        assert differences(lived.said, said(archive)) == []
        assert any(row["kind"] == "identical" for row in dump(archive, [Check])["checks"])


def test_replay_derives_an_imported_archive_again(database_url: str, tmp_path: Path) -> None:
    lived = timeline("met-police", 16)
    bad = Exchange(lived.exchanges[0].url, lived.clock(), 200, (("Content-Encoding", "br"),), b"\x8b brotli")
    with opened(database_url, tmp_path) as archive:
        imported(archive, lived.source, lived.clock, write_warc(tmp_path / "x.warc.gz", [*lived.exchanges, bad]))
        with opened(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "new") as new:
            replay_into(archive, new, {lived.source.slug: lived.source}, lived.clock())
            assert differences(said(archive, Gap), said(new, Gap)) == []
            assert len(dump(new, [Gap])["gaps"]) == 1


def test_a_redirect_is_followed_in_the_files(database_url: str, tmp_path: Path) -> None:
    clock, source = Clock(), paced("bsia-cssc")
    page = next(each for each in timeline("bsia-cssc", 1).exchanges if each.url == ADDRESS)
    moved = Exchange(ADDRESS, page.at, 302, (("Location", "/elsewhere"),), b"")
    there = Exchange("https://www.bsia.co.uk/elsewhere", page.at + timedelta(seconds=2), 200, page.headers, page.body)
    nowhere = Exchange(ADDRESS, page.at + timedelta(days=3), 301, (("Location", "/nowhere"),), b"")
    clock.forward(60 * 24 * 9)
    with opened(database_url, tmp_path) as archive:
        report = imported(archive, source, clock, write_warc(tmp_path / "x.warc", [moved, there, nowhere]))
        captures = dump(archive, [Capture])["captures"]
        found = sorted((row["fetched_at"], row["url"], row["status"], row["state"]) for row in captures)
        gaps = dump(archive, [Gap])["gaps"]
    assert [each[1:] for each in found if "/Portals/" not in each[1]] == [
        (ADDRESS, 302, "done"),
        ("https://www.bsia.co.uk/elsewhere", 200, "done"),
        (ADDRESS, 301, "done"),
        ("https://www.bsia.co.uk/nowhere", None, "failed"),
    ]
    assert report.accounts.new == 20
    assert [("nowhere" in gap["reason"], gap["until"]) for gap in gaps] == [(True, nowhere.at)]


def test_a_time_stands_for_the_records_own_where_it_is_stated(tmp_path: Path) -> None:
    from ingest.importing import import_files

    page = next(each for each in timeline("bsia-cssc", 1).exchanges if each.url == ADDRESS)
    file, at = write_warc(tmp_path / "x.warc.gz", [page]), datetime(2018, 1, 2, tzinfo=UTC)
    other = tmp_path / "page.html"
    other.write_bytes(page.body)
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        import_files(archive, sources()["bsia-cssc"], [file, other], datetime.now(UTC), url=ADDRESS, at=at)
        (capture,) = dump(archive, [Capture])["captures"]
        assert (capture["fetched_at"], capture["via"]) == (at, "warc:x.warc.gz")
