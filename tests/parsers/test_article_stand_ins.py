"""What a site serves in the place of an article: front pages, listings, challenges, and pages that say it is gone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from archive.records import Notification
from bench.article import Unknown
from parsers.page import PageChanged, PageGone
from parsers.source import parse
from tests.parsers.test_article import ADDRESS, TEXT, Dated, document


class News(Unknown):
    """A site with a page of news."""

    start = ("https://news.example/news",)  # type: ignore[assignment]


FACTS = {"title": "Warning over callers who claim to be officers", "issued": "2020-06-01"}
TEASER = f"<a href='{ADDRESS}'>Warning over callers who claim to be officers</a>"
ROOT = "<link rel=canonical href='https://news.example/'>"
LISTED = f"<meta property=og:url content='{News.start[0]}'>"
SITE = "<meta property=og:type content=website><meta property=og:site_name content='The Example'>"
ITS_OWN = f"<link rel=canonical href='{ADDRESS}'><meta property=og:type content=website>"


def read(body: bytes, facts: Mapping[str, str], source: type[Unknown] | None = None) -> Notification:
    (entry,) = parse((source or News)(), body, ADDRESS, role="detail", facts=facts).read
    return entry.notification


@pytest.mark.parametrize("facts", [{}, FACTS, {"title": "Read more"}])
@pytest.mark.parametrize(
    ("head", "body", "sign"),
    [
        (ROOT, f"<h1>Welcome</h1>{TEXT}{TEASER}", "it names itself https://news.example/"),
        (LISTED, f"<h1>News</h1>{TEXT}{TEASER}", f"it names itself {News.start[0]}"),
        (f"{SITE}<title>The Example</title>", f"<h1>The Example</h1>{TEXT}{TEASER}", "a website titled 'The Example'"),
    ],
)
def test_a_front_page_in_the_place_of_an_article_is_refused(
    head: str, body: str, sign: str, facts: Mapping[str, str]
) -> None:
    with pytest.raises(PageChanged, match=f"{sign}, expected the article that was asked and no front page"):
        read(document(body, head=head), facts)


@pytest.mark.parametrize("teaser", ["", TEASER])
def test_a_page_with_nothing_that_its_listing_stated_is_refused(teaser: str) -> None:
    with pytest.raises(PageChanged, match="nothing of its listing's title 'Warning over callers"):
        read(document(f"<h1>Welcome to us</h1>{TEXT}{teaser}"), FACTS)


@pytest.mark.parametrize(
    ("head", "heading", "facts"),
    [
        (ROOT, "Warning over callers who claim to be officers", FACTS),
        (ROOT, "Update: Warning over callers who claim to be police", FACTS),
        (ITS_OWN, "A story", {}),
        (ITS_OWN, "A story", {"title": "Read more"}),
        (ITS_OWN + "<meta name=dc.date content=2020-06-01>", "Stori am alwadau", FACTS),
        (ITS_OWN, "Bank card fraud by telephone", {"title": "Police stations close early over three weekends"}),
    ],
)
def test_an_article_is_read_though_it_says_odd_things_of_itself(
    head: str, heading: str, facts: Mapping[str, str]
) -> None:
    text = TEXT + "<p>The police stations of the county close at noon.</p>"
    assert read(document(f"<h1>{heading}</h1>{text}", head=head), facts).title == heading


def test_the_hash_sees_that_a_page_names_itself_otherwise() -> None:
    pages = [document("<h1>A story</h1>", head=head) for head in ("", ROOT, ITS_OWN)]
    hashes = {News().open(page, ADDRESS, role="detail").region_hash for page in pages}
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (
            "<h1>A story</h1><script src='/cdn-cgi/challenge-platform/x'></script>",
            PageChanged,
            "challenge",
        ),
        (
            f"<title>Scheduled maintenance</title><h1>Warning over callers who claim</h1>{TEXT}",
            PageChanged,
            "maintenance",
        ),
        ("<h1>This page is no longer available</h1>", PageGone, "is no longer available"),
    ],
)
def test_a_stand_in_is_refused_where_the_listing_states_the_date(
    body: str, error: type[PageChanged], message: str
) -> None:
    for source in (Unknown, Dated):
        with pytest.raises(error, match=message):
            read(document(body), {"issued": "2020-06-01"}, source)


def test_an_article_without_a_date_has_that_of_its_listing() -> None:
    found = read(document(f"<h1>Warning over callers</h1>{TEXT}"), FACTS, Dated)
    assert (found.issued, found.evidence["issued"]) == ("2020-06-01", "the listing's date '2020-06-01'")
