"""What a page is recognised as, by which signs, and what is said where it is nothing known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kit.adding import Added, CannotAdd, add_source, refuse_slug
from kit.places import Checkout, NoCheckout
from kit.seen import Seen
from kit.source_file import MOST_LINES
from replica.answers import Visit
from replica.sites import SITES

TODAY = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for folder in ("parsers/sources", "tests/fixtures"):
        (tmp_path / folder).mkdir(parents=True)
    return Checkout(tmp_path)


def replica(url: str) -> Seen:
    """The replica's answer, as a fetch would bring it."""
    parts = urlsplit(url)
    answer = SITES[parts.hostname or ""].answer(Visit(parts.path, 9, serial=1, query=parts.query))
    if answer.status != 200:
        raise OSError(f"{url}: status {answer.status}")
    headers = tuple((name.decode(), value.decode()) for name, value in answer.header_pairs())
    return Seen(url, answer.body, headers, TODAY)


def added(checkout: Checkout, url: str, family: str | None = None) -> Added:
    return add_source(checkout, replica, "new-one", url, family, TODAY)


@pytest.mark.parametrize(
    ("url", "family", "start", "sign"),
    [
        ("https://www.kent.police.uk/news/kent/news/", "single-online-home", None, "addresses under /ro/report/"),
        ("https://news.met.police.uk/rss/current_news/66871", "mynewsdesk", None, "that of a pressroom's feed"),
        ("https://www.thecssc.com/wp-json/wp/v2/posts?per_page=100", "wordpress", None, "a list of posts"),
        (
            "https://www.thecssc.com/feed/",
            "wordpress",
            "https://www.thecssc.com/wp-json/wp/v2/posts?per_page=100",
            "generator 'https://wordpress.org/?v=6.8'",
        ),
        (
            "https://www.borsetshireprepared.example/",
            "wordpress",
            "https://www.borsetshireprepared.example/wp-json/wp/v2/posts?per_page=100",
            "API endpoint https://www.borsetshireprepared.example/wp-json/",
        ),
        ("https://www.ncsc.gov.uk/api/1/services/v1/all-rss-feed.xml", "feed", None, "root element rss"),
        ("https://www.felpershamforum.example/updates/", "article", None, "state a date for machines"),
        ("https://www.psni.police.uk/latest-news", "article", None, "print a date by the heading"),
        ("https://www.npsa.gov.uk/news", "article", None, "state no date that is known"),
    ],
)
def test_a_site_of_the_replica_is_recognised(
    url: str, family: str, start: str | None, sign: str, checkout: Checkout
) -> None:
    found = added(checkout, url)
    assert (found.draft.platform.family, found.draft.platform.start) == (family, start or url)
    assert sign in "; ".join(found.draft.platform.signs)
    assert found.problems == ()
    text = checkout.source_file("new-one").read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    basis = "modelled on an invented site" if ".example" in url else "verified against a real capture of 2026-11-26"
    assert basis in text
    refusal = (checkout.cases("new-one") / "blocked" / "expected_error.txt").read_text("utf-8")
    assert "challenge page of Cloudflare" in refusal or "expected" in refusal


def test_an_organisation_of_gov_uk_is_its_name_alone(checkout: Checkout) -> None:
    search = "https://www.gov.uk/api/search.json?filter_organisations=home-office&count=50"
    found = added(checkout, search)
    assert found.draft.platform.facts == {"organisation": "'home-office'"}
    assert "start = " not in found.files[0].read_text("utf-8")


def test_a_closed_api_is_tried_and_the_feed_taken(checkout: Checkout) -> None:
    def get(url: str) -> Seen:
        if "/wp-json/" in url:
            raise OSError(f"{url}: status 401, expected a page (200)")
        return replica(url)

    found = add_source(checkout, get, "new-one", "https://www.borsetshireprepared.example/", None, TODAY)
    assert found.draft.platform.start == "https://www.borsetshireprepared.example/feed/"


def test_nothing_known_says_what_was_looked_for(checkout: Checkout) -> None:
    tfl = "https://api.tfl.gov.uk/Line/Mode/tube,overground,dlr,elizabeth-line/Status"
    with pytest.raises(CannotAdd, match=r"no platform recognised. Looked for .*CAP.*WordPress.*--family.*CONTRIBUTING"):
        added(checkout, tfl)
    with pytest.raises(CannotAdd, match=r"cannot be read: feed \(--family feed\): .*expected a JSON Feed"):
        added(checkout, tfl, family="feed")
    assert not checkout.source_file("new-one").exists()


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("Felpersham", "expected words of lower-case letters"),
        ("7-oaks", "expected words of lower-case letters"),
        ("../evil", "expected words of lower-case letters"),
        ("psni", "a source is or was called so"),
        ("there", r"parsers/sources/there\.py is there already"),
    ],
)
def test_a_slug_that_cannot_be_one_is_refused(slug: str, sentence: str, checkout: Checkout) -> None:
    checkout.source_file("there").touch()
    with pytest.raises(CannotAdd, match=sentence):
        refuse_slug(slug, ["psni"], checkout)


def test_the_kit_works_on_a_checkout_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kit.places.__file__", str(tmp_path / "kit" / "places.py"))
    with pytest.raises(NoCheckout, match="expected a checkout of the repository"):
        Checkout.here()
