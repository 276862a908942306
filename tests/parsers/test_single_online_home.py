"""Single Online Home: what is an article by where it lies, and the ways in which its date is printed."""

from __future__ import annotations

import pytest

from archive.records import ReadEntry, Reading
from parsers.source import parse, sources

HOST = "https://www.btp.police.uk"
FRAUD = "<p>Officers ask anybody who was called by a man claiming to be a detective to get in touch with them.</p>"


def listed(*paths: str) -> list[str]:
    """The paths of the details that a page of news with these links points to."""
    cards = "".join(f"<li><a href='{path}'>Read on</a></li>" for path in paths)
    aside = "<nav><a href='/news/btp/news/topics/'>Topics</a></nav>"
    page = f"<html><body>{aside}<main><ul>{cards}</ul></main></body></html>"
    links = parse(sources()["btp"], page.encode(), f"{HOST}/news/btp/news/").links
    return [link.url.removeprefix(HOST) for link in links]


@pytest.mark.parametrize(
    "path",
    [
        "/news/btp/news/england/appeal/",
        "/news/btp/news/england/two-jailed/",
        "/news/btp/news/2024/june/arrest/",
        "/news/btp/news/2024/june/arrest",
        "/news/btp/appeals/london/missing-john/",
        "/news/btp/a-title-of-five-words/",
        "/news/btp/news/england/may-day-arrests/",
    ],
)
def test_an_article_is_what_lies_below_a_section_of_the_news(path: str) -> None:
    assert listed(path, "/news/btp/news/other/story/") == [path, "/news/btp/news/other/story/"]


@pytest.mark.parametrize(
    "path",
    [
        "/news/",
        "/news/btp/",
        "/news/btp/news/",
        "/news/btp/news/?page=2",
        "/news/btp/appeals/",
        "/news/btp/news/2024/",
        "/news/btp/news/2024/june/",
        "/news/btp/news/england/",
        "/news/btp/news/court-results/",
        "/advice/btp/fraud/a-page-of-advice/",
        "https://www.example.org/news/btp/news/story/",
    ],
)
def test_sections_months_and_other_pages_are_none(path: str) -> None:
    assert listed("/news/btp/news/england/story/", path) == ["/news/btp/news/england/story/"]


def test_one_level_below_a_section_an_article_shows_its_date() -> None:
    card = "<li><a href='/news/btp/news/arrest/'>Arrest</a> <span>Published: 16:42 23/04/2025</span></li>"
    page = f"<html><body><main><ul>{card}</ul></main></body></html>"
    (link,) = parse(sources()["btp"], page.encode(), f"{HOST}/news/btp/news/").links
    assert link.url == f"{HOST}/news/btp/news/arrest/"


@pytest.mark.parametrize(
    ("printed", "issued"),
    [
        ("15:53 30/03/2020", "2020-03-30T15:53+01:00"),
        ("30/03/2020 15:53", "2020-03-30T15:53+01:00"),
        ("15:53, 30 March 2020", "2020-03-30T15:53+01:00"),
        ("30 March 2020 at 3:53pm", "2020-03-30T15:53+01:00"),
        ("3.53pm on 30 March 2020", "2020-03-30T15:53+01:00"),
        ("Monday 30 March 2020", "2020-03-30"),
        ("Monday, 30 March 2020 - 15:53", "2020-03-30T15:53+01:00"),
        ("30th Mar 2020", "2020-03-30"),
        ("30/03/20", "2020-03-30"),
    ],
)
def test_a_date_is_read_as_it_is_printed(printed: str, issued: str) -> None:
    (entry,) = article(printed)
    assert entry.notification.issued == issued


@pytest.mark.parametrize("printed", ["Tuesday 30 March 2020", "30 March", "31/02/2020", "03/30/2020"])
def test_a_date_that_is_none_is_refused(printed: str) -> None:
    reading = parse_article(printed)
    assert not reading.read and len(reading.refused) == 1


def article(printed: str) -> tuple[ReadEntry, ...]:
    return parse_article(printed).read


def parse_article(printed: str) -> Reading:
    story = f"<h1>A story</h1><p>Published: {printed}</p><div>{FRAUD}</div>"
    body = f"<html><body><main><article>{story}</article></main></body></html>"
    return parse(sources()["btp"], body.encode(), f"{HOST}/news/btp/news/england/story/", role="detail")
