"""A mended parser: `replay` appends what differs with cause `parser`; ids and cursors stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archive.changes import list_changes
from archive.finding import Asked, search
from archive.quarantine import list_quarantine
from archive.reading import history, number_of
from archive.records import Notification
from archive.store import Archive
from ingest.replay import replay
from parsers.page import Page
from parsers.sources.bsia_cssc import BsiaCssc
from tests.archive.pages import Publisher, messages, page

TWELVE = messages(12)
ADDED = " It has gone home."
LONGER = [TWELVE[0].but(body=TWELVE[0].body + ADDED), *TWELVE[1:]]


class Shouting(BsiaCssc):
    """The same source, read by a parser that prints titles in capitals."""

    def notification(self, entry: Any) -> Notification:
        record = super().notification(entry)
        return replace(record, title=(record.title or "").upper())


class Classifying(BsiaCssc):
    """The same source, whose rules of classification have changed."""

    def notification(self, entry: Any) -> Notification:
        return replace(super().notification(entry), issuers=("btp",))


class Forgiving(BsiaCssc):
    """The same source, which now knows a typo of the publisher."""

    corrections = {"3O/02/2026": "28/02/2026"}  # noqa: RUF012


class Seeing(BsiaCssc):
    """The same source, which can read a page that it could not."""

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return super().page(body.replace(b" February: ", b"/02/2026 - CSSC London Green Message - "), url, media_type)


class Deaf(BsiaCssc):
    """The same source, read by a parser that misses what is added to a message."""

    def notification(self, entry: Any) -> Notification:
        record = super().notification(entry)
        return replace(record, text=record.text.removesuffix(ADDED))


def rows_of(archive: Archive) -> list[dict[str, Any]]:
    with archive.reading() as session:
        return list(search(session, Asked(limit=50)))


def test_what_reads_differently_is_a_revision_by_the_parser(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    before = rows_of(publisher.archive)
    publisher.news()
    report = replay(publisher.archive, Shouting())
    assert report.counts == {("revised", "title"): 12}
    assert report.samples["revised", "title"][0] == "Notice 0 → NOTICE 0"
    with publisher.archive.reading() as session:
        found = list(list_changes(session, publisher.cursor))
    assert {(row["kind"], row["cause"], row["revision"]) for row in found} == {("revised", "parser", 2)}
    assert [row["id"] for row in rows_of(publisher.archive)] == [row["id"] for row in before]
    assert replay(publisher.archive, Shouting()).counts == {}


def test_a_dry_run_writes_nothing(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    before = rows_of(publisher.archive)
    publisher.news()
    assert replay(publisher.archive, Shouting(), dry_run=True).counts == {("revised", "title"): 12}
    assert publisher.news() == []
    assert rows_of(publisher.archive) == before


def test_a_dry_run_counts_what_several_captures_show_once(publisher: Publisher) -> None:
    for shown in (TWELVE, LONGER, TWELVE[1:], TWELVE):
        publisher.show(shown)
    for parser in (Shouting(), Classifying()):
        would = list(replay(publisher.archive, parser, dry_run=True).rows())
        assert would == list(replay(publisher.archive, parser).rows())
        assert [row["outcome"] for row in would][:1] == ["revised" if isinstance(parser, Shouting) else "reclassified"]


def test_the_next_poll_after_a_replay_finds_nothing_new(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    replay(publisher.archive, Shouting())
    publisher.news()
    publisher.source = Shouting()
    assert publisher.show(TWELVE).accounts.unchanged == 12
    assert publisher.news() == []


def test_a_poll_before_the_replay_says_that_the_parser_did_it(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    publisher.news()
    publisher.source = Shouting()
    assert publisher.show(TWELVE).accounts.revised == 12
    with publisher.archive.reading() as session:
        assert {row["cause"] for row in list_changes(session, publisher.cursor)} == {"parser"}


def test_another_classification_is_no_revision(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    publisher.news()
    report = replay(publisher.archive, Classifying())
    assert report.counts == {("reclassified", "issuers"): 12}
    assert publisher.news() == []
    with publisher.archive.reading() as session:
        assert len(list(search(session, Asked(facets={"issuer": ["btp"]}, limit=50)))) == 12


def test_a_quarantined_entry_is_read_at_last(publisher: Publisher) -> None:
    publisher.show([TWELVE[0].but(day="3O/02/2026"), *TWELVE[1:]])
    publisher.news()
    report = replay(publisher.archive, Forgiving())
    assert report.counts == {("created", ""): 1}
    assert publisher.news() == [("created", "Notice 11", 1)]
    with publisher.archive.reading() as session:
        assert list(list_quarantine(session)) == []
        assert [row["state"] for row in list_quarantine(session, all_states=True)] == ["read"]


def test_a_document_that_could_not_be_read_is_read_at_last(publisher: Publisher) -> None:
    unknown = page(TWELVE).replace(b"/02/2026 - CSSC London Green Message - ", b" February: ")
    assert publisher.read(unknown).accounts.errors == 1
    report = replay(publisher.archive, Seeing())
    assert report.counts[("created", "")] == 12
    assert len(publisher.news()) == 12
    with publisher.archive.reading() as session:
        assert list(list_quarantine(session)) == []


def test_a_mended_older_capture_changes_nothing_that_is_newer(publisher: Publisher) -> None:
    publisher.show(TWELVE)
    publisher.show([TWELVE[0].but(body=TWELVE[0].body + " It has gone home."), *TWELVE[1:]])
    publisher.news()
    replay(publisher.archive, Shouting())
    assert publisher.texts()["NOTICE 11"].endswith("gone home.")
    assert {kind for kind, _, _ in publisher.news()} == {"revised"}


def test_an_edit_that_the_earlier_parser_missed_is_a_revision_of_its_capture(publisher: Publisher) -> None:
    publisher.source = Deaf()
    for shown in (TWELVE, LONGER, LONGER):
        publisher.show(shown)
    publisher.news()
    assert replay(publisher.archive, BsiaCssc(), dry_run=True).counts == {("revised", "text"): 1}
    report = replay(publisher.archive, BsiaCssc())
    assert report.counts == {("revised", "text"): 1}
    assert publisher.news() == [("revised", "Notice 11", 2)]
    assert publisher.texts()["Notice 11"].endswith(ADDED)
    with publisher.archive.reading() as session:
        number = number_of(
            session, next(row["id"] for row in rows_of(publisher.archive) if row["title"] == "Notice 11")
        )
        assert [(row["at"], row["cause"]) for row in history(session, number)] == [
            (publisher.at(1), "capture"),
            (publisher.at(2), "parser"),
        ]
    assert replay(publisher.archive, BsiaCssc()).counts == {}
    publisher.source = BsiaCssc()
    assert publisher.show(LONGER).accounts.unchanged == 12


def test_so_is_its_undoing(publisher: Publisher) -> None:
    publisher.source = Deaf()
    for shown in (TWELVE, LONGER, TWELVE):
        publisher.show(shown)
    publisher.news()
    replay(publisher.archive, BsiaCssc())
    assert publisher.news() == [("revised", "Notice 11", 2), ("revised", "Notice 11", 3)]
    assert not publisher.texts()["Notice 11"].endswith(ADDED)


def test_what_was_withdrawn_since_stays_so(publisher: Publisher) -> None:
    publisher.source = Deaf()
    for shown in (TWELVE, LONGER, TWELVE[1:], TWELVE[1:]):
        publisher.show(shown)
    assert publisher.states()["Notice 11"] == "withdrawn"
    publisher.news()
    replay(publisher.archive, BsiaCssc())
    assert publisher.news() == [("revised", "Notice 11", 2)]
    assert publisher.states()["Notice 11"] == "withdrawn"


def test_an_older_page_that_came_late_edits_nothing(publisher: Publisher) -> None:
    publisher.source = Deaf()
    publisher.show(TWELVE, hour=5)
    publisher.show(LONGER, hour=2)
    publisher.news()
    replay(publisher.archive, BsiaCssc())
    assert not publisher.texts()["Notice 11"].endswith(ADDED)
