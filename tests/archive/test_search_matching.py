"""Every query finds on both databases what a matcher finds that does without either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from archive import search_looking, search_postgres
from archive.search import Hit, find
from tests.archive.matcher import DAY_ZERO, agrees_with_the_matcher, found, indexed_random_entries, queries

SAME_ENGINE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def test_any_query_finds_what_the_matcher_finds(connection: Connection) -> None:
    entries = indexed_random_entries(connection)

    @SAME_ENGINE
    @given(queries())
    def of_the_language(text: str) -> None:
        agrees_with_the_matcher(connection, entries, text)

    @SAME_ENGINE
    @given(st.text(max_size=40) | st.text(alphabet="vanCity \"“()-*OR:'&|!<>\0\\", max_size=30))
    def of_any_text(text: str) -> None:
        agrees_with_the_matcher(connection, entries, text)

    of_the_language()
    of_any_text()


def test_words_beyond_the_vector_are_found_all_the_same(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_postgres, "MAX_VECTOR_BYTES", 60)
    entries = indexed_random_entries(connection)

    @SAME_ENGINE
    @given(queries())
    def of_the_language(text: str) -> None:
        agrees_with_the_matcher(connection, entries, text)

    of_the_language()
    green = [each.notification_id for each in reversed(entries) if each.facets["level"] == ["green"]]
    assert found(connection, None, facets={"level": ["green"]}) == green


@pytest.mark.parametrize(("rows", "characters"), [(1, 10_000), (7, 100)])
def test_beginnings_of_words_are_found_beyond_the_newest_rows(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, rows: int, characters: int
) -> None:
    monkeypatch.setattr(search_looking, "MOST_READ_ROWS", rows)
    monkeypatch.setattr(search_looking, "MOST_CHARACTERS", characters)
    monkeypatch.setattr(search_looking, "AT_FIRST", 3)
    monkeypatch.setattr(search_looking, "MOST_FILTERED_ROWS", 5)
    entries = indexed_random_entries(connection)

    @SAME_ENGINE
    @given(queries())
    def of_the_language(text: str) -> None:
        agrees_with_the_matcher(connection, entries, text)

    of_the_language()
    for query in ("l*", "va* -c*", "l* OR city", '"city o"*', "london va*"):
        everything = found(connection, query)
        assert everything
        for limit in (1, 5, len(everything)):
            hits = [hit for page in pages_of_hits(connection, query, limit) for hit in page]
            assert [hit.notification_id for hit in hits] == everything
        amber = [number for number in everything if entries[number].facets["level"] == ["amber"]]
        for limit in (1, 3, len(everything)):
            assert found(connection, query, facets={"level": ["amber"]}, limit=limit) == amber[:limit]
        since, until = DAY_ZERO + timedelta(days=9), DAY_ZERO + timedelta(days=40)
        assert found(connection, query, since=since, until=until) == [each for each in everything if 9 <= each < 40]


@pytest.mark.parametrize("rows", [1, 7, 30])
def test_filters_are_looked_at_beyond_the_newest_rows(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(search_looking, "MOST_FILTERED_ROWS", rows)
    entries = indexed_random_entries(connection)

    @SAME_ENGINE
    @given(queries())
    def of_the_language(text: str) -> None:
        agrees_with_the_matcher(connection, entries, f"level:amber ({text})")

    of_the_language()
    since, until = DAY_ZERO + timedelta(days=9), DAY_ZERO + timedelta(days=40)
    for query in ("london", "london -city", "london OR city", "city -level:green", "-city london"):
        everything = found(connection, query)
        for levels in (["amber"], ["amber", "green"]):
            kept = [number for number in everything if entries[number].facets["level"][0] in levels]
            asked = {f"({' OR '.join(f'level:{level}' for level in levels)}) ({query})": {}, query: {"level": levels}}
            for words, facets in asked.items():
                assert kept
                assert found(connection, words, facets=facets) == kept
                assert found(connection, words, facets=facets, limit=2) == kept[:2]
                assert found(connection, f"level:amber ({words})", facets={"level": ["green"]}) == []
                within = [each for each in kept if 9 <= each < 40]
                assert found(connection, words, facets=facets, since=since, until=until) == within


def pages_of_hits(connection: Connection, query: str, limit: int) -> Iterator[list[Hit]]:
    """All pages of a listing, each continued from the last hit of the one before."""
    hits = find(connection, query, limit=limit)
    while hits:
        yield hits
        hits = find(connection, query, limit=limit, before=hits[-1].search_key)
