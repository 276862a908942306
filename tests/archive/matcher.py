"""What a search must find, told by a matcher that does without a database, and entries to search."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import Connection

from archive.query import AllOf, AnyOf, BadQuery, Field, Phrase, Query, parse
from archive.search import SearchEntry, count, find, index
from archive.words import words

DAY_ZERO = datetime(2017, 4, 6, tzinfo=UTC)
VOCABULARY = ("van", "Vans", "café", "CAFE", "City", "of", "London", "D’Orsi", "e-mail", "§", "Straße", "日本", "0800")
ASKED = (*VOCABULARY, "va", "lon", "nowhere", "mail", "d", "strasse", "of city", "f", "incomplete")


def entry(number: int, text: str = "", *, title: str = "", pages: Sequence[str] = (), **facets: str) -> SearchEntry:
    """A notification issued `number` days after day zero; each facet's values are separated by spaces."""
    issued = DAY_ZERO + timedelta(days=number)
    return SearchEntry(number, issued, title, text, pages, {name: value.split() for name, value in facets.items()})


def indexed_random_entries(connection: Connection) -> list[SearchEntry]:
    """Sixty short notifications over a small vocabulary, always the same."""
    dice = random.Random(7)

    def some(most: int) -> str:
        return " ".join(dice.choices(VOCABULARY, k=dice.randrange(most)))

    def one(number: int) -> SearchEntry:
        pages = [some(5) for _ in range(dice.randrange(4))]
        return entry(number, some(8), title=some(4), pages=pages, level=dice.choice(("green", "amber")))

    entries = [one(number) for number in range(60)]
    for each in entries:
        index(connection, each)
    return entries


def matches(query: Query, fields: Sequence[Sequence[str]], facets: Mapping[str, Sequence[str]]) -> bool:
    """Whether the query matches the words of the fields and the filters, by looking at every place."""
    match query:
        case AnyOf(choices=choices):
            return any(matches(choice, fields, facets) for choice in choices)
        case AllOf(wanted=wanted, unwanted=unwanted):
            return all(matches(part, fields, facets) for part in wanted) and not any(
                matches(part, fields, facets) for part in unwanted
            )
        case Field(facet=facet, value=value):
            return value in facets.get(facet, ())
        case Phrase(words=phrase, prefix=prefix):
            ends = "*" if prefix else " "
            return any(f" {' '.join(phrase)}{ends}".rstrip("*") in f" {' '.join(field)} " for field in fields)


def queries() -> st.SearchStrategy[str]:
    """Queries of the language in all its parts, few of them refused."""
    word = st.sampled_from(ASKED)
    leaf = st.one_of(
        word,
        word.map("{}*".format),
        st.sampled_from(("level:amber", "Level:green", 'level:"green"', "source:none")),
        st.lists(word, min_size=1, max_size=3).map(lambda w: f'"{" ".join(w)}"'),
    )
    signed = st.one_of(leaf, leaf, leaf.map("-{}".format))
    group = st.lists(signed, min_size=1, max_size=3).map(" ".join)
    either = st.lists(group, min_size=1, max_size=3).map(" OR ".join)
    nested = st.one_of(either, either.map("({})".format), either.map("-({})".format))
    return st.lists(nested, min_size=1, max_size=3).map(" ".join)


def found(connection: Connection, query: str | None, **arguments: Any) -> list[int]:
    return [hit.notification_id for hit in find(connection, query, **{"limit": 1_000, **arguments})]


def agrees_with_the_matcher(connection: Connection, entries: Sequence[SearchEntry], text: str) -> None:
    try:
        query = parse(text)
    except BadQuery as refusal:
        with pytest.raises(BadQuery) as refused:
            find(connection, text)
        assert str(refused.value) == str(refusal)
        return
    expected = [
        each.notification_id
        for each in reversed(entries)
        if matches(query, [words(field) for field in (each.title, each.text, *each.pages)], each.facets)
    ]
    assert found(connection, text) == expected
    assert sorted(found(connection, text, rank=True)) == sorted(expected)
    assert count(connection, text) == (len(expected), False)
