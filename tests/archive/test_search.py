"""Search on both databases: order, filters, counts, updates, rank."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from archive.search import AT_ONCE, Hit, SearchEntry, count, count_each, find, index, unindex
from archive.store import Archive
from archive.tables import Identity, plain
from tests.archive.matcher import DAY_ZERO, entry, found


def test_a_document_of_any_size_is_found_by_its_last_words(connection: Connection) -> None:
    pages = [
        " ".join(f"reference{number:06}" for number in range(page, page + 2_000)) for page in range(0, 120_000, 2_000)
    ]
    index(connection, entry(1, "annual register", pages=[*pages, "the " * 20_000 + "very last words " + "z" * 3_000]))
    index(connection, entry(2, "very short"))
    for query in ("reference119999 -reference120000", '"very last words"', "z" * 900 + "*"):
        assert found(connection, query) == [1]
    assert found(connection, "very -last") == [2]


def test_newest_first_and_continued(connection: Connection) -> None:
    for number in (3, 1, 5, 2, 4):
        index(connection, entry(number, "theft of a van"))
    first = find(connection, "van", limit=2)
    assert [hit.notification_id for hit in first] == [5, 4]
    for query in ("van", None):
        assert found(connection, query, before=first[-1].search_key) == [3, 2, 1]
    assert found(connection, None, limit=3) == [5, 4, 3]


def test_issued_at_one_moment_the_higher_id_is_first(connection: Connection) -> None:
    for number in (7, 9, 8):
        index(connection, SearchEntry(number, DAY_ZERO, "", "same"))
    assert found(connection, "same") == [9, 8, 7]


def test_ids_that_want_the_same_key_are_both_found(connection: Connection) -> None:
    keys = {index(connection, SearchEntry(number, DAY_ZERO, "", "same")) for number in (1, 1 + (1 << 24), 2)}
    assert len(keys) == 3
    assert sorted(found(connection, "same")) == [1, 2, 1 + (1 << 24)]


CAPTURE = (
    "INSERT INTO captures"
    " (id, source, role, target_url, url, fetched_at, archived_at, via, cause, headers, facts, state)"
    " VALUES (1, 's', 'detail', 'u', 'u', :at, :at, 'live', 'capture', '[]', '{}', 'done')"
)


@pytest.mark.parametrize("others", [(2, 3), (3, 5 + (1 << 24))])
def test_numbers_are_told_by_keys_while_all_have_their_place_in_them(
    connection: Connection, others: tuple[int, ...]
) -> None:
    connection.execute(text(CAPTURE), {"at": DAY_ZERO})
    for each in (5, *others):
        identity = {"notification_id": each, "public_id": f"{each:x}", "source": "s", "ref": str(each), "capture_id": 1}
        connection.execute(insert(plain(Identity)), [identity])
        index(connection, SearchEntry(each, DAY_ZERO, "", "same"))
    assert sorted(found(connection, "same")) == sorted(found(connection, None)) == sorted((5, *others))


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_any_year_has_a_key(connection: Connection, moment: datetime) -> None:
    hit = index(connection, SearchEntry((1 << 24) - 1, moment, "", "old or far"))
    assert find(connection, "old") == [Hit((1 << 24) - 1, hit)]


def test_dates_from_inclusive_to_exclusive(connection: Connection) -> None:
    for number in range(5):
        index(connection, entry(number, "van"))
    since, until = DAY_ZERO + timedelta(days=1), DAY_ZERO + timedelta(days=3)
    summer_time = timezone(timedelta(hours=1))
    for query in ("van", None):
        assert found(connection, query, since=since, until=until) == [2, 1]
        assert found(connection, query, since=since.astimezone(summer_time)) == [4, 3, 2, 1]
        assert found(connection, query, since=since.replace(tzinfo=summer_time)) == [4, 3, 2, 1]
        assert found(connection, query, until=since.replace(tzinfo=summer_time)) == [0]
        assert count(connection, query, since=since, until=until) == (2, False)


def test_a_bound_holds_for_the_lowest_key_of_its_second(connection: Connection) -> None:
    index(connection, SearchEntry(1 << 24, DAY_ZERO, "", "van"))
    assert found(connection, "van", since=DAY_ZERO) == [1 << 24]
    assert found(connection, "van", until=DAY_ZERO) == []


def test_a_time_without_zone_is_refused(connection: Connection) -> None:
    naive = DAY_ZERO.replace(tzinfo=None)
    with pytest.raises(ValueError, match="since: 2017-04-06 00:00:00 has no zone, expected one"):
        find(connection, "van", since=naive)
    with pytest.raises(ValueError, match="issued_sort: 2017-04-06 00:00:00 has no zone, expected one"):
        index(connection, SearchEntry(1, naive, "", "van"))
    assert found(connection, None) == []


def test_filters(connection: Connection) -> None:
    index(connection, entry(1, "van", level="green", issuer="met-police city-of-london-police"))
    index(connection, entry(2, "van", level="amber", issuer="met-police"))
    index(connection, entry(3, "bag", level="red", issuer="met-police", region="London"))
    assert found(connection, "van", facets={"level": ["amber", "red"]}) == [2]
    assert found(connection, None, facets={"level": ["amber", "red"]}) == [3, 2]
    assert found(connection, None, facets={"issuer": ["city-of-london-police"], "level": ["green"]}) == [1]
    assert found(connection, None, facets={"issuer": ["met-police"], "level": ["green"], "region": []}) == [1]
    assert found(connection, "van OR bag", facets={"issuer": ["nobody"]}) == []
    assert found(connection, None, facets={"level": ["issuer=met-police", "\ud800"]}) == []


@pytest.mark.parametrize("many", [10, 11, 2_000])
def test_a_filter_of_very_many_values_is_answered(connection: Connection, many: int) -> None:
    index(connection, entry(1, "van", region="kent"))
    index(connection, entry(2, "van", region="surrey"))
    regions = [*(f"region {each}" for each in range(many - 1)), "kent"]
    assert found(connection, "van", facets={"region": regions}) == [1]


def test_words_do_not_reach_the_filters(connection: Connection) -> None:
    index(connection, entry(1, "van", level="amber"))
    token = "f" + hashlib.sha256(b"level=amber").hexdigest()[:16]
    for words in ("f*", token, f'"{token}"', "amber", "level", "incomplete"):
        assert found(connection, words) == []
        assert found(connection, f"van -{words}") == [1]


def test_many_counts_at_once_are_those_of_each(connection: Connection) -> None:
    for number, level in enumerate(("green", "green", "amber", "red")):
        index(connection, entry(number, "van" if number else "bag", level=level, source="bsia-cssc"))
    searches: list[dict[str, Any]] = [
        {"query": query, "facets": facets, "since": since, "until": None}
        for query in ("van", "bag OR van", '"van van"', "va*", None)
        for facets in ({}, {"level": ["red"]}, {"level": ["green", "amber"], "source": ["bsia-cssc"]})
        for since in (None, DAY_ZERO, DAY_ZERO + timedelta(days=1), DAY_ZERO + timedelta(days=3))
    ] * 3
    assert len(searches) > AT_ONCE
    assert count_each(connection, searches) == [count(connection, **each) for each in searches]
    assert {found for found, _ in count_each(connection, searches)} == {0, 1, 2, 3, 4}
    assert count_each(connection, []) == []


def test_counts_stop_at_the_most(connection: Connection) -> None:
    for number in range(6):
        index(connection, entry(number, "van"))
    for query in ("van", None):
        assert count(connection, query, most=6) == (6, False)
        assert count(connection, query, most=5) == (5, True)


def test_an_update_replaces_and_unindex_removes(connection: Connection) -> None:
    first = index(connection, entry(1, "a stolen van", pages=["a blue one"], level="green"))
    index(connection, entry(2, "another van"))
    assert index(connection, entry(1, "a stolen lorry", level="amber")) == first
    assert found(connection, "stolen") == [1]
    assert found(connection, "van OR blue") == [2]
    assert found(connection, None, facets={"level": ["green"]}) == []
    moved = SearchEntry(1, DAY_ZERO + timedelta(days=9), "", "a stolen lorry")
    assert index(connection, moved) > first
    assert found(connection, None) == [1, 2]
    for _ in range(2):
        unindex(connection, 1)
    assert found(connection, "stolen") == []
    assert found(connection, None) == [2]


def test_a_word_of_an_attachment_page_alone(connection: Connection) -> None:
    index(connection, entry(1, "see the newsletter", pages=["front page", "ﬁreworks are stored"]))
    assert found(connection, "newsletter FIREWORKS") == [1]
    assert found(connection, '"page fireworks"') == []
    assert found(connection, '"newsletter front"') == []


def test_rank_puts_a_title_before_a_page(connection: Connection) -> None:
    index(connection, entry(1, "nothing of note", title="Vehicle theft"))
    index(connection, entry(2, "nothing of note", title="Newsletter", pages=["theft " + "and other things " * 20]))
    assert found(connection, "theft") == [2, 1]
    ranked = find(connection, "theft", rank=True)
    assert [hit.notification_id for hit in ranked] == [1, 2]
    assert [hit.rank for hit in ranked] == sorted((hit.rank or 0 for hit in ranked), reverse=True)
    assert found(connection, "theft", rank=True, limit=1) == [1]
    assert [hit.rank for hit in find(connection, None, rank=True)] == [None, None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rank": True, "before": 1}, "before: a listing by rank cannot be continued, expected a newest-first listing"),
        ({"before": -1}, "before: -1, expected the search key of a hit"),
        ({"before": 1 << 63}, "before: 9223372036854775808, expected the search key of a hit"),
        ({"limit": 0}, "limit: 0, expected at least 1"),
    ],
)
def test_bad_arguments(connection: Connection, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find(connection, "van", **arguments)


def test_a_session_serves_as_well_and_its_owner_rolls_back(archive: Archive) -> None:
    with pytest.raises(KeyError), archive.writing() as session:
        index(session, entry(1, "van"))
        assert [hit.notification_id for hit in find(session, "van")] == [1]
        raise KeyError("something went wrong")
    with archive.reading() as session:
        assert count(session, None) == (0, False)
