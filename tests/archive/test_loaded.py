"""An export read back: the same bulletins under the same ids, nothing twice, nothing overwritten, nothing guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from archive.derived import Revision, Target
from archive.finding import Asked, search
from archive.history import Plan, wanted_after
from archive.journal import record
from archive.loaded import arrival_of
from archive.mending import failing
from archive.quarantine import list_quarantine
from archive.records import Notification
from archive.renaming import rename_sources
from archive.showing import shown as shown_in_full
from archive.store import Archive
from archive.tables import LOADED, Capture
from ingest.loading import BATCH_LINES
from ingest.replay import replay_into
from kit.mending import with_next
from tests.archive.loads import load, rows_of
from tests.archive.test_export import LATER, SOURCES, lines
from tests.lifecycle.dumps import counts
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, bsia, run, shown, with_document

NOTE = "/Portals/4/CSSC/note.pdf"
SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")


def polled_to(archive: Archive, step: int) -> tuple[Upstream, Clock]:
    """Six messages, one with a document; then one is edited; then one is gone."""
    first = [with_document(SIX[0], NOTE), *SIX[1:]]
    edited = [replace(first[0], paragraphs=(*first[0].paragraphs, "An update follows at noon.")), *first[1:]]
    without = [*edited[:2], *edited[3:]]
    upstream = Upstream(SmallSite([first, edited, without, without], {(NOTE, 0): b"%PDF-1.4 note"}))
    clock = Clock(START)
    for each in range(step + 1):
        upstream.step = each
        run(archive, upstream, clock)
        clock.forward(20)
    return upstream, clock


def test_what_was_loaded_is_exported_and_replayed_in_the_same_bytes(
    polled: Archive, archive: Archive, on_sqlite: Callable[[str], Archive]
) -> None:
    body = lines(polled)
    reports = load(archive, body)
    assert {slug: report.accounts.new for slug, report in reports.items()} == {"bsia-cssc": 6, "hostile": 6}
    assert not any(report.lossy for report in reports.values())
    assert lines(archive) == body
    before = counts(archive)
    again = load(archive, body)
    assert {slug: report.accounts.unchanged for slug, report in again.items()} == {"bsia-cssc": 6, "hostile": 6}
    assert counts(archive) == before
    replayed = on_sqlite("replayed")
    replay_into(archive, replayed, SOURCES, LATER)
    assert lines(replayed) == body


def test_a_loaded_bulletin_is_found_and_cited_by_what_it_came_from(
    polled: Archive, on_sqlite: Callable[[str], Archive]
) -> None:
    archive = on_sqlite("made")
    load(archive, lines(polled))
    with polled.reading() as there, archive.reading() as here:
        asked = Asked("update", limit=50)
        found = [row["id"] for row in search(here, asked)]
        assert found == [row["id"] for row in search(there, asked)] and found
        for row in rows_of(lines(polled)):
            one, other = shown_in_full(here, row["id"]), shown_in_full(there, row["id"])
            for mine, theirs in zip(one["revisions"], other["revisions"], strict=True):
                assert [mine[name] for name in ("at", "url", "sha256", "record")] == [
                    theirs[name] for name in ("at", "url", "sha256", "record")
                ]
        facets = Asked(None, {"has": ["attachment"], "level": ["green"]}, limit=50)
        assert {row["id"] for row in search(here, facets)} == {row["id"] for row in search(there, facets)}


def test_a_page_that_shows_loaded_bulletins_shows_nothing_new(on_sqlite: Callable[[str], Archive]) -> None:
    archive = on_sqlite("made")
    old = on_sqlite("old")
    upstream, clock = polled_to(old, 3)
    load(archive, lines(old))
    upstream.asked.clear()
    report = run(archive, upstream, clock)
    assert (report.accounts.seen, report.accounts.unchanged, report.lossy) == (5, 5, False)
    assert {path for path, _ in upstream.asked} == {upstream.asked[0][0], NOTE}
    for before, after in zip(rows_of(lines(old)), rows_of(lines(archive)), strict=True):
        for name in ("id", "state", "revision", "documents", "text"):
            assert after[name] == before[name], name
        assert after["revisions"] == before["revisions"]
    upstream.step = 0
    clock.forward(20)
    run(archive, upstream, clock)
    texts = {row["id"]: row for row in rows_of(lines(archive))}
    states = [(row["state"], texts[row["id"]]["state"]) for row in rows_of(lines(old))]
    assert ("withdrawn", "current") in states and {after for _, after in states} == {"current"}


def test_a_document_with_other_bytes_than_stated_is_a_revision(on_sqlite: Callable[[str], Archive]) -> None:
    archive = on_sqlite("made")
    old = on_sqlite("old")
    upstream, clock = polled_to(old, 1)
    body = lines(old)
    load(archive, body)
    other = Upstream(replace(upstream.site, documents={(NOTE, 0): b"%PDF-1.4 other"}), step=1)  # type: ignore[type-var]
    run(archive, other, clock)
    (before,) = (row for row in rows_of(body) if row["documents"])
    (after,) = (row for row in rows_of(lines(archive)) if row["documents"])
    stated = [each["documents"] for each in before["revisions"]]
    assert [each["documents"] for each in after["revisions"]][: len(stated)] == stated
    assert len(after["revisions"]) == len(stated) + 1
    assert after["documents"][0]["sha256"] != before["documents"][0]["sha256"]


def test_what_is_known_stays_and_what_differs_is_quarantined(
    archive: Archive, on_sqlite: Callable[[str], Archive]
) -> None:
    old = on_sqlite("old")
    polled_to(archive, 1)
    polled_to(old, 0)
    here, before = lines(archive), counts(archive)
    reports = load(archive, lines(old))
    assert reports["bsia-cssc"].accounts.unchanged == 6 and not reports["bsia-cssc"].lossy
    assert counts(archive) == before
    newer, told = on_sqlite("newer"), list[str]()
    polled_to(newer, 3)
    reports = load(archive, lines(newer), told)
    assert reports["bsia-cssc"].accounts.quarantined == 6 and reports["bsia-cssc"].lossy
    assert lines(archive) == here
    assert len(told) == 6 and "last seen" in told[0] and "expected what is kept of it here" in told[0]
    with archive.reading() as session:
        held = list(list_quarantine(session, "bsia-cssc"))
        found = failing(session, held[0]["id"])
    assert sorted(json.loads(row["raw"])["id"] for row in held) == [row["id"] for row in rows_of(here)]
    assert found is not None and with_next(found, None)["next"] == [f"./bulletins show {held[0]['url'][5:]}"]
    again = counts(archive)
    assert load(archive, lines(newer))["bsia-cssc"].accounts.quarantined == 6
    assert counts(archive) == again
    replayed = on_sqlite("replayed")
    replay_into(archive, replayed, SOURCES, LATER)
    assert lines(replayed) == here


def with_other_words(row: dict[str, Any]) -> None:
    """A current revision whose words differ, under a hash that fits them."""
    current = next(each for each in row["revisions"] if each["revision"] == row["revision"])
    current["record"]["text"] = row["text"] = "Other words."
    current["content_hash"] = Notification.from_row(current["record"]).content_hash()


def test_words_that_are_not_kept_here_never_take_the_place_of_others(polled: Archive, archive: Archive) -> None:
    load(archive, lines(polled))
    row = rows_of(lines(polled))[0]
    with_other_words(row)
    told = list[str]()
    (report,) = load(archive, json.dumps(row).encode(), told).values()
    assert (report.accounts.quarantined, report.lossy) == (1, True)
    assert "says what is not kept here" in told[0]
    assert lines(archive) == lines(polled)


def test_an_export_from_before_a_withdrawal_adds_nothing_after_it(on_sqlite: Callable[[str], Archive]) -> None:
    archive = on_sqlite("made")
    upstream, clock = polled_to(archive, 1)
    before, told = lines(archive), list[str]()
    for each in (2, 3):
        upstream.step = each
        run(archive, upstream, clock)
        clock.forward(20)
    gone = [row for row in rows_of(lines(archive)) if row["state"] == "withdrawn"]
    (then,) = (row for row in rows_of(before) if row["id"] == gone[0]["id"])
    assert (len(gone), then["state"], then["last_seen"]) == (1, "current", gone[0]["last_seen"])
    (report,) = load(archive, before, told).values()
    assert (report.accounts.unchanged, told) == (6, [])


def test_a_line_twice_in_one_file_is_loaded_once(polled: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    made, body = on_sqlite("made"), lines(polled, Asked(None, {"source": ["bsia-cssc"]}))
    (report,) = load(made, body + body).values()
    assert (report.accounts.new, report.accounts.repeated, report.lossy) == (6, 6, False)
    report.accounts.check("the books")
    assert len(body.splitlines()) < BATCH_LINES and counts(made)["captures"] == 6


def test_what_was_kept_and_not_settled_is_settled_by_the_next(
    polled: Archive, on_sqlite: Callable[[str], Archive]
) -> None:
    """As after a kill between the two: by the next load, and by the next run of the source."""
    body = lines(polled, Asked(None, {"source": ["bsia-cssc"]}))
    for name in ("load", "run"):
        made = on_sqlite(name)
        with made.writing() as session:
            for row in rows_of(body):
                record(session, made.blobs, [arrival_of(row, "bsia-cssc")], LATER)
        if name == "load":
            (report,) = load(made, body).values()
        else:
            report = run(made, Upstream(SmallSite([SIX])), Clock(LATER))
        assert report.accounts.new >= 6
        assert {row["id"] for row in rows_of(body)} <= {row["id"] for row in rows_of(lines(made))}
        with made.reading() as session:
            assert set(session.scalars(select(Capture.state).where(Capture.role == LOADED))) == {"done"}
        if name == "load":
            assert lines(made) == body and counts(made)["captures"] == 6


def test_a_source_may_have_been_called_otherwise(polled: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    """Exported under the former slug, or after a renaming: the ids stay those that were cited."""
    archive = on_sqlite("made")
    body = lines(polled, Asked(None, {"source": ["bsia-cssc"]}))
    (report,) = load(archive, body, former={"bsia-cssc": "cascade"}).values()
    assert (report.source, report.accounts.new) == ("cascade", 6)
    renamed = lines(archive)
    assert [row["id"] for row in rows_of(renamed)] == [row["id"] for row in rows_of(body)]
    assert {each["record"]["source"] for row in rows_of(renamed) for each in row["revisions"]} == {"cascade"}
    other = on_sqlite("other")
    load(other, renamed, former={"bsia-cssc": "cascade"})
    assert lines(other) == renamed
    third = on_sqlite("third")
    load(third, body)
    rename_sources(third, {"bsia-cssc": "cascade"}, LATER)
    assert lines(third) == renamed
    replayed = on_sqlite("replayed")
    replay_into(third, replayed, {"cascade": bsia("cascade")}, LATER)
    assert lines(replayed) == renamed


def test_a_ref_that_was_learnt_later_comes_along(polled: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    row = rows_of(lines(polled, Asked(None, {"source": ["bsia-cssc"]})))[0]
    row["ref"] = "the-publishers-own"
    made, told = on_sqlite("made"), list[str]()
    load(made, json.dumps(row).encode(), told)
    assert told == [] and rows_of(lines(made))[0]["ref"] == "the-publishers-own"
    other = rows_of(lines(polled, Asked(None, {"source": ["bsia-cssc"]})))[1]
    other["ref"] = "the-publishers-own"
    load(made, json.dumps(other).encode(), told)
    assert len(told) == 1 and "another bulletin has the id 'the-publishers-own'" in told[0]


def test_pages_that_others_saw_are_never_asked(polled: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    archive = on_sqlite("made")
    load(archive, lines(polled))
    with archive.reading() as session:
        pages = session.scalars(select(Target).where(Target.role == LOADED)).all()
        assert pages and all(page.next_check_at is None for page in pages)
        wanted = wanted_after(session, Plan("bsia-cssc", "an archive"), 0)
        assert {each.role for each in wanted} == {"attachment"}
        captures = session.scalars(select(Capture)).all()
        assert {(each.via, each.role, each.state) for each in captures} == {("load", LOADED, "done")}
        causes = set(session.scalars(select(Revision.cause)))
    assert causes == {"import"}
