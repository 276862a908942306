"""Pages of hits, counts by filter and histograms, on both databases."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from archive.facet_values import labels_of
from archive.finding import Asked, find_page, how_many
from archive.query import BadQuery
from archive.search import index, unindex
from archive.store import Archive, ArchiveUnusable, TookTooLong
from archive.tally import Bar, counted, histogram
from tests.archive.matcher import DAY_ZERO, entry
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, run, shown, with_document

NOTE = "/Portals/4/CSSC/note.pdf"
FIRST = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
SITE = SmallSite([[with_document(FIRST[0], NOTE), *FIRST[1:]]], {(NOTE, 0): b"%PDF-1.4 note"})


@pytest.fixture(params=[2_000, 0], ids=["at once", "each"], autouse=True)
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few hits are counted at once, many by a count for each number; both must say the same."""
    for name in ("MOST_AT_ONCE", "MOST_COUNTED"):
        monkeypatch.setattr(f"archive.tally.{name}", request.param)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    run(archive, Upstream(SITE), Clock(START))
    return archive


def everything(archive: Archive) -> list[dict[str, Any]]:
    with archive.reading() as session:
        return [hit.row for hit in find_page(session, Asked(limit=100)).hits]


def test_pages_continue_where_the_last_one_ended(filled: Archive) -> None:
    expected = [row["id"] for row in everything(filled)]
    assert len(expected) == 6
    found, before = [], None
    with filled.reading() as session:
        while True:
            page = find_page(session, Asked(limit=4, before=before))
            found += [hit.row["id"] for hit in page.hits]
            before = page.next
            if before is None:
                break
    assert found == expected


def test_the_last_page_says_that_nothing_follows(filled: Archive) -> None:
    with filled.reading() as session:
        assert find_page(session, Asked(limit=6)).next is None
        assert find_page(session, Asked("fire OR snow OR passes", rank=True, limit=1)).next is None


def test_a_ranked_page_cannot_be_continued(filled: Archive) -> None:
    with filled.reading() as session, pytest.raises(ValueError, match="before: a listing by rank cannot be continued"):
        find_page(session, Asked("fire", rank=True, before=1))


def test_counts_by_filter_are_what_choosing_the_value_finds(filled: Archive) -> None:
    with filled.reading() as session:
        facets = ("level", "source", "issuer", "region", "topic", "state", "year", "has")
        for query in (None, "the", "has:attachment"):
            asked = Asked(query, {"level": ["green", "amber"]})
            found = counted(session, asked, facets).by_facet
            assert tuple(found) == facets
            for facet, values in found.items():
                values = [each for each in values if each.value not in asked.facets.get(facet, ())]
                assert [each.count for each in values] == sorted((each.count for each in values), reverse=True)
                for each in values:
                    chosen = Asked(query, {**asked.facets, facet: [each.value]})
                    assert (each.count, each.more) == how_many(session, chosen)
                    assert each.count


def test_every_value_of_a_record_can_be_chosen(filled: Archive) -> None:
    rows = everything(filled)
    with filled.reading() as session:
        of = labels_of(session, ("source", "issuer", "region", "topic", "year"))
    assert set(of["issuer"]) == {each for row in rows for each in row["issuers"]}
    assert set(of["topic"]) == {each for row in rows for each in row["topics"]}
    assert set(of["region"].values()) == {row["region"] for row in rows if row["region"]}
    assert set(of["region"]) == {row["region"].casefold() for row in rows if row["region"]}
    assert (set(of["source"]), set(of["year"])) == ({"bsia-cssc"}, {"2018"})


def test_a_value_in_force_is_shown_though_it_leaves_nothing(filled: Archive) -> None:
    with filled.reading() as session:
        values = counted(session, Asked("nowhere", {"level": ["red"]}), ["level"]).by_facet["level"]
    assert [(each.value, each.count) for each in values] == [("red", 0)]


def test_of_too_many_hits_each_value_is_counted_up_to_a_bound(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.reading() as session:
        for most, whole, expected in ((1, 5, (1, True)), (3, 5, (3, True)), (6, 5, (6, False)), (1, 6, (6, False))):
            monkeypatch.setattr("archive.tally.MOST_EACH", most)
            monkeypatch.setattr("archive.tally.MOST_COUNTED", whole)
            found = counted(session, Asked(), ["year"])
            (year,) = found.by_facet["year"]
            assert ((year.count, year.more), found.newest) == (expected, None)


def test_a_value_in_force_comes_first(filled: Archive) -> None:
    with filled.reading() as session:
        most, *_, least = counted(session, Asked(), ["level"]).by_facet["level"]
        values = counted(session, Asked(None, {"level": [least.value]}), ["level"]).by_facet["level"]
    assert most.count > least.count
    assert [each.value for each in values][:2] == [least.value, most.value]


def test_the_histogram_counts_every_bulletin_once(filled: Archive) -> None:
    rows = everything(filled)
    with filled.reading() as session:
        found = histogram(session, Asked())
        assert found is not None
        assert sum(bar.count for bar in found.bars) == len(rows)
        assert [bar.until for bar in found.bars[:-1]] == [bar.since for bar in found.bars[1:]]
        for bar in found.bars:
            asked = Asked(since=bar.since, until=bar.until)
            assert (bar.count, bar.more) == how_many(session, asked)
        assert found.bars[0].count and found.bars[-1].count
        assert histogram(session, Asked("nowhere")) is None


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [(0, "day", 1), (61, "day", 62), (62, "month", 3), (1_000, "month", 34), (2_000, "year", 6)],
)
def test_the_bars_are_as_wide_as_the_span_needs(filled: Archive, days: int, unit: str, bars: int) -> None:
    with filled.writing() as session:
        for number in range(1, 7):
            unindex(session, number)
        index(session, entry(1, "one"))
        index(session, entry(1 + days, "one")) if days else None
    with filled.reading() as session:
        found = histogram(session, Asked("one"))
    assert found is not None
    assert (found.unit, len(found.bars)) == (unit, bars)


def test_a_bar_is_bounded_by_the_span_that_was_asked(filled: Archive) -> None:
    dates = sorted(datetime.fromisoformat(row["issued"]).date() for row in everything(filled))
    since = datetime(dates[1].year, dates[1].month, dates[1].day, tzinfo=UTC) - timedelta(hours=12)
    with filled.reading() as session:
        found = histogram(session, Asked(since=since))
        assert found is not None
        assert sum(bar.count for bar in found.bars) == how_many(session, Asked(since=since))[0]
        assert isinstance(found.bars[0], Bar)


def test_a_bar_that_begins_before_the_span_has_nothing_of_before(archive: Archive) -> None:
    with archive.writing() as session:
        for days in (1, 20, 100):
            index(session, entry(days, "one"))
    since = DAY_ZERO + timedelta(days=10)
    with archive.reading() as session:
        found = histogram(session, Asked("one", since=since))
    assert found is not None
    assert (found.unit, found.bars[0].since < since) == ("month", True)
    assert sum(bar.count for bar in found.bars) == 2


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_have_a_histogram(archive: Archive, at: datetime) -> None:
    with archive.writing() as session:
        index(session, replace(entry(1, "one"), issued_sort=at))
        index(session, entry(2, "one"))
    with archive.reading() as session:
        found = histogram(session, Asked("one"))
    assert found is not None
    assert (found.unit, len(found.bars) <= 401) == ("year", True)


def test_a_query_that_cannot_be_read_is_refused_by_all_of_them(filled: Archive) -> None:
    asked = Asked("level:orange")
    with filled.reading() as session:
        for refused in (
            lambda: find_page(session, asked),
            lambda: counted(session, asked, ["level"]),
            lambda: histogram(session, asked),
        ):
            with pytest.raises(BadQuery, match="level:orange, expected one of green"):
                refused()


@pytest.mark.parametrize("query", ["the*", '"the" OR "of the"'])
def test_what_is_costly_is_counted_among_the_newest_hits(
    filled: Archive, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """More than may be counted at once: each filter tells at least how many it would leave, and no bar is wrong."""
    monkeypatch.setattr("archive.tally.MOST_COUNTED", 5)
    with filled.reading() as session:
        found = counted(session, Asked(query), ["year"])
        (year,) = found.by_facet["year"]
        assert (how_many(session, Asked(query))[0], year.count, year.more, found.newest) == (6, 5, True, 5)
        assert histogram(session, Asked(query)) is None
        monkeypatch.setattr("archive.tally.MOST_COUNTED", 6)
        found = counted(session, Asked(query), ["year"])
        (year,) = found.by_facet["year"]
        assert (year.count, year.more, found.newest) == (6, False, None)
        whole = histogram(session, Asked(query))
        assert whole is not None and sum(bar.count for bar in whole.bars) == 6


def test_very_many_values_are_counted_among_the_newest_hits(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.tally.MOST_COUNTED", 4)
    monkeypatch.setattr("archive.tally.MOST_VALUES", 0)
    with filled.reading() as session:
        found = counted(session, Asked(), ["year"])
    (year,) = found.by_facet["year"]
    assert (year.count, year.more, found.newest) == (4, True, 4)


def test_a_reading_in_a_hurry_ends(archive: Archive) -> None:
    endless = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(30)",
    }
    statement = text(endless[archive.engine.dialect.name])
    hurried = archive.within(0.2)
    with pytest.raises(TookTooLong, match="took longer than 0.2 s, expected"), hurried.reading() as session:
        session.execute(statement).all()
    with hurried.reading() as session:
        assert how_many(session, Asked()) == (0, False)
    time.sleep(0.3)
    with archive.reading() as session:
        assert how_many(session, Asked()) == (0, False)
    if archive.engine.dialect.name == "sqlite":
        bounded = f"SELECT count(*) FROM ({statement.text.replace('FROM n)', 'FROM n WHERE i < 3000000)')})"
        with archive.reading() as session:
            assert session.scalar(text(bounded)) == 1


def test_a_question_that_the_database_cannot_hold_is_told_like_any_other_trouble(archive: Archive) -> None:
    if archive.engine.dialect.name == "postgresql":
        with pytest.raises(ArchiveUnusable), archive.reading() as session:
            session.execute(text("SELECT repeat('a', 2000000000)"))
