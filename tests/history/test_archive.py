"""Backfilling from an archive that is slow, forgetful, mistaken or hostile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

import ingest.cdx_server
from archive.tables import Capture
from ingest.cdx_server import CdxServer
from ingest.report import Report
from replica.page import page_of
from tests.history.recorded import paced, said, timeline, walked
from tests.history.scripted import ARCHIVE, NAMES, Kept, ScriptedArchive, Watch, asker
from tests.kill_points import KILLED, KillPoints, exit_code_of, sampled, watched
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.test_kill_points import fresh
from tests.lifecycle.world import ADDRESS, Clock, opened, shown, with_document

KEYS = ("phone-system", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
NOW = datetime(2018, 9, 1, tzinfo=UTC)


def page(serial: int, *keys: str) -> bytes:
    return page_of(shown(*(keys or KEYS)), serial=serial)


def kept(day: int, body: bytes, **more: Any) -> Kept:
    return Kept(ADDRESS, f"201807{day:02}090000", body, **more)


THREE = [kept(2, page(1)), kept(3, page(2)), kept(4, page(3, *KEYS, "snow"))]


def backfilled(
    database_url: str, folder: Path, archive: ScriptedArchive, watch: Watch | None = None, times: int = 1
) -> tuple[Report, dict[str, Any]]:
    """The last report of so many starts, and what the archive holds then."""
    with opened(database_url, folder) as store:
        for _ in range(times):
            holding = CdxServer(asker(archive, watch or Watch()))
            report = walked(store, paced("bsia-cssc"), holding, Clock(NOW))
        return report, dump(store)


def backfilled_here(folder: Path, archive: ScriptedArchive, **more: Any) -> tuple[Report, dict[str, Any]]:
    return backfilled(f"sqlite:///{folder / 'archive.sqlite'}", folder, archive, **more)


def pages_in(held: dict[str, Any]) -> list[tuple[str, int | None, str]]:
    rows = [row for row in held["captures"] if row["target_url"] == ADDRESS]
    return sorted((f"{row['fetched_at']:%d %H}", row["status"], row["state"]) for row in rows)


def test_what_was_polled_comes_out_of_an_archive_as_it_was(database_url: str, tmp_path: Path) -> None:
    lived = timeline("met-police", 16)
    held = [
        Kept(each.url, each.at.strftime("%Y%m%d%H%M%S"), each.body, each.status, each.headers)
        for each in lived.exchanges
    ]
    with opened(database_url, tmp_path) as store:
        archive = ScriptedArchive(held)
        report = walked(store, lived.source, CdxServer(asker(archive, Watch())), lived.clock)
        assert differences(lived.said, said(store)) == []
        assert {row["via"] for row in dump(store)["captures"]} == {ARCHIVE}
    replays = [url for url in archive.asked if "id_/" in url]
    assert len(replays) == len({line[5] + line[2] for line in (each.line for each in held)}) < len(held)
    assert (report.state, report.lossy) == ("done", False)


def test_searches_are_24_a_minute(tmp_path: Path) -> None:
    cited = [with_document(message, f"/Portals/4/{place}.pdf") for place, message in enumerate(shown(*KEYS))]
    watch, archive = Watch(), ScriptedArchive([kept(2, page_of(cited, serial=1))])
    backfilled_here(tmp_path, archive, watch=watch)
    assert len(archive.searches) == 8
    assert watch.waited == [2.5] * (len(archive.searches) - 1)


def test_an_overloaded_archive_is_left_alone_as_long_as_it_asks(tmp_path: Path) -> None:
    def overloaded(url: str, times: int) -> httpx.Response | None:
        if "20180703" in url and "id_" in url and times < 3:
            return httpx.Response(429, headers={"Retry-After": "90"} if times == 1 else {})
        return None

    watch = Watch()
    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, overloaded), watch=watch)
    assert [seconds for seconds in watch.waited if seconds != 2.5] == [90.0, 300.0]
    assert (report.lossy, held["gaps"]) == (False, [])


@pytest.mark.parametrize("trouble", ["429", "away", "index"])
def test_an_archive_that_stays_away_stops_the_walk_and_costs_nothing(trouble: str, tmp_path: Path) -> None:
    def away(url: str, times: int) -> httpx.Response | None:
        if ("/cdx" in url) != (trouble == "index") or ("20180703" not in url and trouble != "index"):
            return None
        if trouble == "away":
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(429)

    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, away))
    assert (report.state, report.lossy, held["gaps"]) == ("stopped", True, [])
    whole = ScriptedArchive(THREE)
    report, held = backfilled_here(tmp_path, whole)
    assert pages_in(held) == [("02 09", 200, "done"), ("03 09", 200, "done"), ("04 09", 200, "done")]
    assert not any("20180702090000id_" in url for url in whole.asked) or trouble == "index"
    assert (report.state, held["gaps"]) == ("done", [])


def test_a_capture_that_broke_in_the_archive_is_a_gap_after_some_tries(tmp_path: Path) -> None:
    def broken(url: str, times: int) -> httpx.Response | None:
        return httpx.Response(504) if "20180703" in url and "id_" in url else None

    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, broken))
    assert pages_in(held) == [("02 09", 200, "done"), ("03 09", None, "failed"), ("04 09", 200, "done")]
    assert [gap["reason"] for gap in held["gaps"]] == [
        f"{ADDRESS}: the archive answers with status 504, expected the capture ({ARCHIVE})"
    ]
    assert report.lossy


LIES: dict[str, Callable[[], httpx.Response]] = {
    "not there": lambda: httpx.Response(404, text="not archived"),
    "blocked": lambda: httpx.Response(403, headers={"X-Archive-Wayback-Runtime-Error": "Blocked Site Error"}),
    "a page of its own": lambda: httpx.Response(200, text="<html>Sorry. This URL has been excluded.</html>"),
    "another capture": lambda: httpx.Response(
        302, headers={"Location": f"{ARCHIVE}/web/20150101000000id_/{ADDRESS}", "X-Archive-Redirect-Reason": "found"}
    ),
    "the live web": lambda: httpx.Response(302, headers={"Location": ADDRESS}),
    "another time": lambda: httpx.Response(
        200, headers={"Memento-Datetime": "Thu, 01 Jan 2015 00:00:00 GMT"}, content=page(9, "snow")
    ),
    "another address": lambda: httpx.Response(
        200,
        headers={
            "Memento-Datetime": "Tue, 03 Jul 2018 09:00:00 GMT",
            "Link": '<https://www.example.org/>; rel="original"',
        },
        content=page(9, "snow"),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_the_capture_is_a_gap_and_never_its_body(lie: str, tmp_path: Path) -> None:
    archive = ScriptedArchive(THREE[:2], lambda url, times: LIES[lie]() if "20180703" in url and "id_" in url else None)
    report, held = backfilled_here(tmp_path, archive)
    assert pages_in(held) == [("02 09", 200, "done"), ("03 09", None, "failed")]
    assert len(held["gaps"]) == 1 and held["gaps"][0]["until"] == datetime(2018, 7, 3, 9, tzinfo=UTC)
    assert report.accounts.new == len(KEYS)
    assert all(url.startswith(f"{ARCHIVE}/") for url in archive.asked)


def test_error_statuses_and_redirects_of_the_publisher_are_captures(database_url: str, tmp_path: Path) -> None:
    rows = [
        *THREE,
        kept(5, b"gone", status=503),
        kept(6, b"", status=301, headers=(("Location", f"{ARCHIVE}/web/20180706090000id_/{ADDRESS}"),)),
        kept(7, b"not found", status=404),
    ]
    _report, held = backfilled(database_url, tmp_path, ScriptedArchive(rows))
    assert pages_in(held)[3:] == [("05 09", 503, "failed"), ("06 09", 301, "done"), ("07 09", 404, "failed")]
    assert held["gaps"] == []
    (hop,) = [row for row in held["captures"] if row["status"] == 301]
    assert [value for name, value in hop["headers"] if name.lower() == "location"] == [ADDRESS]


def rows_instead(rows: list[Any] | str | bytes) -> Callable[[str, int], httpx.Response | None]:
    text = rows if isinstance(rows, str | bytes) else json.dumps([NAMES, *rows])

    def answer(url: str, times: int) -> httpx.Response | None:
        is_page = "cssc-london.aspx" in url and "/cdx" in url
        return httpx.Response(200, content=text if isinstance(text, bytes) else text.encode()) if is_page else None

    return answer


HOSTILE = {
    "the future": [["k", "20300101000000", ADDRESS, "text/html", "200", "F", "1"]],
    "before the web": [["k", "19890101000000", ADDRESS, "text/html", "200", "P", "1"]],
    "no time": [["k", "yesterday", ADDRESS, "text/html", "200", "N", "1"]],
    "another host": [["k", "20180705090000", "https://www.example.org/", "text/html", "200", "O", "1"]],
    "another page": [["k", "20180705090000", "https://www.bsia.co.uk/login", "text/html", "200", "O", "1"]],
    "a file": [["k", "20180705090000", "file:///etc/passwd", "text/html", "200", "O", "1"]],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_row_that_cannot_be_is_refused_with_its_reason(what: str, tmp_path: Path) -> None:
    good = [each.line for each in THREE]
    archive = ScriptedArchive(THREE, rows_instead([*good, *HOSTILE[what]]))
    report, held = backfilled_here(tmp_path, archive)
    assert [state for _, _, state in pages_in(held)] == ["done"] * 3
    assert report.lossy and len(report.notices) == 1 and ", expected" in report.notices[0]
    assert not any("example.org" in url and "id_" in url for url in archive.asked)


def test_a_bad_time_of_which_something_can_be_read_is_a_gap(tmp_path: Path) -> None:
    bad = ["k", "20180800241623", ADDRESS, "text/html", "200", "B", "1"]
    _report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, rows_instead([*(k.line for k in THREE), bad])))
    assert [gap["until"] for gap in held["gaps"]] == [datetime(2018, 8, 1, tzinfo=UTC)]
    assert "'20180800241623'" in held["gaps"][0]["reason"]


@pytest.mark.parametrize("text", ["[[[[", "{" * 100_000, "[" * 100_000, "<html>", '[{"a": 1}]', b"\xff\xfe\x00" * 9])
def test_what_is_no_index_stops_the_walk_before_anything_is_written(text: str | bytes, tmp_path: Path) -> None:
    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, rows_instead(text)))
    assert report.lossy and report.notices
    assert (held["gaps"], held["captures"]) == ([], [])


def test_an_address_that_the_archive_may_not_speak_of_is_a_gap(tmp_path: Path) -> None:
    def excluded(url: str, times: int) -> httpx.Response | None:
        return httpx.Response(403, headers={"X-Archive-Wayback-Runtime-Error": "Blocked"}) if "/cdx" in url else None

    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, excluded))
    assert report.state == "done" and len(held["gaps"]) == 1 and "Blocked" in held["gaps"][0]["reason"]


def test_a_long_index_is_read_in_pages_and_an_endless_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.cdx_server, "ROWS_A_PAGE", 4)
    many = [kept(day, page(day % 3)) for day in range(1, 20)]
    archive = ScriptedArchive(many)
    report, held = backfilled_here(tmp_path, archive)
    assert report.state == "done" and held["gaps"] == [] and len(pages_in(held)) >= 3
    assert sum("cssc-london.aspx" in url for url in archive.searches) == 7
    same = [kept(2, page(1)).line] * 4
    endless = ScriptedArchive(THREE, rows_instead(same))
    (tmp_path / "other").mkdir()
    report, held = backfilled_here(tmp_path / "other", endless)
    assert sum("cssc-london.aspx" in url for url in endless.searches) == 2
    assert "do not go on in time" in report.notices[0] and report.lossy


def test_an_index_that_has_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.cdx_server, "ROWS_A_PAGE", 4)
    monkeypatch.setattr(ingest.cdx_server, "MOST_ROWS", 10)
    many = [kept(day, page(1), digest=f"N{day}") for day in range(1, 29)]
    report, _held = backfilled_here(tmp_path, ScriptedArchive(many))
    assert "more than 10 captures" in report.notices[0]


def test_a_later_start_asks_only_for_what_has_come_since(tmp_path: Path) -> None:
    archive = ScriptedArchive(THREE)
    backfilled_here(tmp_path, archive, times=2)
    first = len(archive.searches)
    assert len(set(archive.searches)) == first
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as store:
        archive.kept = [*THREE, Kept(ADDRESS, "20180905090000", page(7, *KEYS, "snow"))]
        clock = Clock(NOW + timedelta(days=9))
        walked(store, paced("bsia-cssc"), CdxServer(asker(archive, Watch())), clock)
        assert pages_in(dump(store, [Capture]))[-1] == ("05 09", 200, "done")
    assert all("from=20180901000000" in url for url in archive.searches[first:])


def one_backfill(database_url: str, folder: Path) -> None:
    bad = kept(5, b"", status=302, headers=(("Location", "https://www.bsia.co.uk/elsewhere"),))
    rows = [*THREE, bad, kept(6, page(5, *KEYS[:4], "snow")), kept(7, page(6, *KEYS[:4], "snow"))]
    document = Kept("https://www.bsia.co.uk/Portals/4/note.pdf", "20180703100000", b"%PDF-1.4 note")
    archive = ScriptedArchive(
        [*rows, document],
        lambda url, times: httpx.Response(404) if "20180706" in url and "id_" in url else None,
    )
    backfilled(database_url, folder, archive)


def killed_at(number: int, database_url: str, folder: Path) -> None:
    with watched(KillPoints(number), ScriptedArchive):
        one_backfill(database_url, folder)


@pytest.mark.parametrize(("kind", "most"), [("sqlite", 12), ("postgres", 5)])
def test_killed_anywhere_and_begun_again_it_is_as_if_nothing_had_happened(
    kind: str, most: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    points = KillPoints()
    with fresh(kind, tmp_path, request) as (url, folder), watched(points, ScriptedArchive):
        one_backfill(url, folder)
        with opened(url, folder) as store:
            expected = dump(store)
    wrong: dict[str, list[str]] = {}
    for number in sampled(len(points.passed), most):
        with fresh(kind, tmp_path, request) as (url, folder):
            assert exit_code_of(partial(killed_at, number, url, folder)) == KILLED
            one_backfill(url, folder)
            with opened(url, folder) as store:
                found = differences(expected, dump(store))
            if found:
                wrong[f"{number}: {points.passed[number - 1]}"] = found
    assert len(expected["gaps"]) == 2
    assert not wrong, wrong
