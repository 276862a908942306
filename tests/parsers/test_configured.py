"""Sources of the settings: facts of a family that exists, and a sentence for every one that cannot be."""

from __future__ import annotations

import re
from typing import Any

import pytest

from parsers.configured import FAMILIES, configured_sources, every_source
from parsers.source import parse, parser_version, sources

FEED: dict[str, Any] = {
    "slug": "village-watch",
    "family": "feed",
    "publisher": "village-watch",
    "rights": "© Village Watch",
    "start": "https://village.example.org/feed.xml",
    "every_minutes": 60,
    "listing": "window",
    "expect": [0, 100],
}


def test_a_feed_of_the_settings_is_a_source_among_the_others() -> None:
    source = every_source([FEED])["village-watch"]
    assert source.start == ("https://village.example.org/feed.xml",)
    assert (source.expect, source.listing, source.basis) == (
        range(101),
        "window",
        "stated in the settings of this archive, not verified",
    )
    assert set(every_source([FEED])) == {*sources(), "village-watch"}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_needs_no_more_than_facts(family: str) -> None:
    (source,) = configured_sources([FEED | {"family": family, "organisation": "home-office"}])[0].values()
    assert source.slug == "village-watch"


def test_other_facts_are_another_parser() -> None:
    versions = {
        parser_version(type(configured_sources([FEED | facts])[0]["village-watch"]))
        for facts in ({}, {"region": "main"}, {"every_minutes": 30})
    }
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"family": "gopher"}, "source village-watch: family 'gopher', expected one of feed, wordpress"),
        ({"slug": "bsia-cssc"}, "source bsia-cssc: the slug is taken, expected one of its own"),
        ({"slug": "Village Watch"}, "source Village Watch: slug 'Village Watch', expected words of lower-case"),
        (
            {"start": "ftp://village.example.org/"},
            "start 'ftp://village.example.org/', expected http or https addresses",
        ),
        ({"start": []}, r"start \[\], expected at least one address"),
        ({"start": 7}, "start 7, expected http or https addresses"),
        ({"start": "https://me:secret@village.example.org/"}, "expected http or https addresses"),
        ({"start": "https://village.example.org:99999/"}, "expected http or https addresses"),
        ({"start": "https://village.example.org/a feed"}, "expected http or https addresses"),
        ({"every_minutes": 0}, "every_minutes 0, expected a whole number of minutes"),
        ({"every_minutes": True}, "every_minutes True, expected"),
        ({"expect": [5, 1]}, r"expect \[5, 1\], expected the fewest entries before the most"),
        ({"expect": "many"}, "expect 'many', expected two numbers"),
        ({"listing": "all"}, "listing 'all', expected one of window, complete"),
        ({"follow": "yes"}, "follow 'yes', expected true or false"),
        ({"region": "main["}, r"region 'main\[', expected a CSS selector \("),
        ({"region": "p::first-line"}, "region 'p::first-line', expected a CSS selector"),
        ({"region": 7}, "region 7, expected a text"),
        (
            {"follow": True, "family": "wordpress"},
            "follow with family 'wordpress', expected it with family",
        ),
        ({"follow": False, "family": "cap"}, "follow with family 'cap', expected"),
        ({"page": "x"}, "'page' is no fact of a source, expected slug, family"),
    ],
)
def test_a_source_that_cannot_be_one_says_why(facts: dict[str, Any], sentence: str) -> None:
    found, (wrong,) = configured_sources([FEED | facts])
    assert not found and re.search(sentence, wrong)


def test_a_source_that_cannot_be_one_stops_no_other() -> None:
    found, wrong = configured_sources([FEED | {"slug": "first", "region": "main["}, FEED])
    assert (list(found), len(wrong)) == (["village-watch"], 1)
    assert "village-watch" in every_source([{}, FEED])


@pytest.mark.parametrize("region", ["main", "#content > .body", "article, main", "div:not(.menu)"])
def test_a_region_is_any_css_selector(region: str) -> None:
    (source,) = configured_sources([FEED | {"region": region}])[0].values()
    assert source.region == region


@pytest.mark.parametrize("name", ["slug", "family", "publisher", "rights"])
def test_what_every_source_states_is_needed(name: str) -> None:
    _, (wrong,) = configured_sources([{key: value for key, value in FEED.items() if key != name}])
    assert f"no {name}, expected slug, family, publisher, rights in each" in wrong


def test_two_of_one_slug_are_refused() -> None:
    found, (wrong,) = configured_sources([FEED, FEED])
    assert list(found) == ["village-watch"] and "taken" in wrong


def test_a_feed_that_is_followed_reads_the_pages_of_its_items() -> None:
    source = every_source([FEED | {"follow": True}])["village-watch"]
    item = "<item><title>Ladders</title><link>https://village.example.org/ladders</link><guid>1</guid></item>"
    feed = f'<rss version="2.0"><channel><title>Watch</title>{item}</channel></rss>'.encode()
    (link,) = parse(source, feed, source.start[0]).links
    assert (link.role, link.url) == ("detail", "https://village.example.org/ladders")
    prose = "".join(f"<p>Ladders were taken from shed number {number} in the night.</p>" for number in range(6))
    published = '<meta property="article:published_time" content="2026-03-01T10:00:00Z">'
    head = f"<head><title>Ladders</title>{published}</head>"
    page = f"<html>{head}<body><main><h1>Ladders</h1>{prose}</main></body></html>"
    (entry,) = parse(source, page.encode(), link.url, None, "detail", {**link.facts, "ref": str(link.ref)}).read
    assert (entry.notification.title, entry.notification.ref) == ("Ladders", "1")
    assert "shed number 5" in entry.notification.text
    assert [source.role_of(url) for url in (source.start[0], link.url)] == ["listing", "detail"]
