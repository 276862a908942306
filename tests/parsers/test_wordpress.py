"""WordPress by its API and by its feed gives the same bulletins; errors and odd posts are loud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.records import Reading
from parsers.page import PageChanged
from parsers.source import parse, sources

API = "https://www.thecssc.com/wp-json/wp/v2/posts?per_page=100"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "cssc"
POSTS: list[dict[str, Any]] = json.loads((FIXTURES / "posts" / "page.json").read_text("utf-8"))


def read(value: Any, url: str = API) -> Reading:
    return parse(sources()["cssc"], json.dumps(value).encode(), url, "application/json")


def test_api_and_feed_give_the_same_bulletins() -> None:
    feed = parse(sources()["cssc"], (FIXTURES / "feed" / "page.xml").read_bytes(), "https://www.thecssc.com/feed/")
    by_api = [entry.notification for entry in read(POSTS).read]
    by_feed = [entry.notification for entry in feed.read]
    assert [record.ref for record in by_api] == [record.ref for record in by_feed]
    assert [record.content_hash() for record in by_api] == [record.content_hash() for record in by_feed]


LEVELS = {
    "London Amber Message &#8211; Incident": ("amber", "London"),
    "CSSC LONDON AMBER MESSAGE - Incident": ("amber", "London"),
    "Northern Ireland Red Message": ("red", "Northern Ireland"),
    "Green Message: TfL Bulletin": ("green", None),
    "South&nbsp;West Green Message RE Roads": ("green", "South West"),
    "UPDATE: London Amber Message – Incident": ("amber", "London"),
    "London Amber Message Update 2 – Incident": ("amber", "London"),
    "A guide to reading messages": (None, None),
}


@pytest.mark.parametrize("title", LEVELS)
def test_level_and_region_are_those_of_the_title(title: str) -> None:
    (entry,) = read([POSTS[0] | {"title": {"rendered": title}}]).read
    assert (entry.notification.level, entry.notification.region) == LEVELS[title]


@pytest.mark.parametrize(
    "title", ["Kent Amber Message – x", "An Amber Message for London", "Amber Messages and a Red Message"]
)
def test_a_label_that_does_not_fit_is_loud(title: str) -> None:
    reading = read([POSTS[0] | {"title": {"rendered": title}}])
    assert (reading.seen, len(reading.refused)) == (1, 1)


def test_local_time_is_london_where_utc_is_not_stated() -> None:
    (entry,) = read([{name: value for name, value in POSTS[0].items() if name != "date_gmt"}]).read
    assert entry.notification.issued == "2026-07-14T22:40:00+01:00"


def test_a_site_that_hides_its_guids_is_read_by_number() -> None:
    (entry,) = read([{name: value for name, value in POSTS[0].items() if name != "guid"}]).read
    assert entry.notification.ref == "https://www.thecssc.com/?p=4120"


@pytest.mark.parametrize(
    ("url", "older"),
    [
        (f"{API}&page=2", None),
        (API.replace("100", "4"), f"{API.replace('100', '4')}&page=2"),
        (f"{API.replace('100', '4')}&page=7&after=2026-01-01T00:00:00", "page=8&after=2026-01-01T00:00:00"),
        (f"{API.replace('100', '4')}&page=x", "page=2"),
        ("https://www.thecssc.com/wp-json/wp/v2/posts", None),
    ],
)
def test_the_next_older_page_is_asked_while_pages_are_full(url: str, older: str | None) -> None:
    links = read(POSTS, url).links
    assert [link.role for link in links] == ["listing"] * bool(older)
    assert not older or links[0].url.endswith(older)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}, "No route was found"),
        ({"code": 7}, "error '7'"),
        ({"posts": []}, "dict, expected a list of posts"),
        (7, "dict|int, expected|not JSON|root"),
        ([], "0 entries, expected 1 to 100"),
    ],
)
def test_what_is_no_list_of_posts_is_loud(body: Any, reason: str) -> None:
    with pytest.raises(PageChanged, match=reason):
        read(body)


WRONG: tuple[Any, ...] = (
    None,
    7,
    "",
    [],
    {},
    {"rendered": 7},
    {"rendered": None},
    True,
    "<p>",
    -1,
    {"rendered": ["x"]},
)


@pytest.mark.parametrize("name", ["id", "date", "date_gmt", "guid", "link", "title", "content", "excerpt", "status"])
def test_wrong_types_give_a_whole_record_or_a_refusal(name: str) -> None:
    for value in WRONG:
        reading = read([POSTS[0] | {name: value}, POSTS[1]])
        assert reading.seen == 2
        for entry in reading.read:
            record = entry.notification
            assert record.ref and record.url.startswith("https://") and (record.title or record.text)
        assert not any("Error: " in entry.reason for entry in reading.refused), reading.refused
