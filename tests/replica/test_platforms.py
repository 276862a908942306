"""What all sites of the replica have in common, and the ways in which their bulletins go."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from replica import faults
from replica.answers import Answer, Visit
from replica.bulletins import LAST_STEP, Supply, planned
from replica.platforms.own_press import OwnPressSite
from replica.platforms.press import PressSite
from replica.platforms.site import as_html
from replica.sites import SITES
from replica.stories import PLACES, stories
from replica.timeline import TIMELINE
from tests.replica.conftest import Served

POSTS = "https://www.thecssc.com/wp-json/wp/v2/posts"
SEARCH = "https://www.gov.uk/api/search.json?filter_organisations=home-office"
PRESSES = [site for site in SITES.values() if isinstance(site, PressSite)]


def at(url_path: str, step: int, host: str, query: str = "") -> Answer:
    return SITES[host].answer(Visit(url_path, step, serial=1, query=query))


def withdrawn_of(supply: Supply, step: int = LAST_STEP) -> list[str]:
    found = (each.at(step) for each in supply.bulletins)
    return [edition.slug for edition in found if edition and edition.is_withdrawn]


@pytest.mark.parametrize("host", sorted(SITES))
def test_every_site_has_rules_for_robots_and_knows_what_it_has_not(host: str) -> None:
    assert at("/robots.txt", 0, host).status == 200
    assert at("/no/such/page", 0, host).status == 404


def test_the_last_step_is_that_of_the_cssc_page() -> None:
    assert max(site.last_step for site in SITES.values()) == len(TIMELINE) - 1


def test_what_was_asked_before_is_not_sent_again(served: Served) -> None:
    for url in (
        POSTS,
        f"{SEARCH}&count=50",
        "https://www.essex.police.uk/news/essex/news/",
        "https://www.gov.uk/alerts/feed.atom",
    ):
        first = served.client.get(url)
        for condition, validator in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
            again = served.client.get(url, headers={condition: first.headers[validator]})
            assert again.status_code == 304


@pytest.mark.parametrize("site", PRESSES, ids=lambda site: site.host)
def test_validators_move_exactly_when_a_listing_does(site: PressSite) -> None:
    answers = [site.answer(Visit(site.start, step, serial=1)) for step in range(LAST_STEP + 1)]
    for before, after in pairwise(answers):
        assert (before.etag != after.etag) == (before.body != after.body)
        if before.body != after.body:
            assert before.changed_at and after.changed_at and before.changed_at < after.changed_at


@pytest.mark.parametrize("site", PRESSES, ids=lambda site: site.host)
def test_a_withdrawn_article_goes_as_its_site_lets_it_go(site: PressSite) -> None:
    for slug in withdrawn_of(site.supply):
        edition = site.supply.find(slug, LAST_STEP)
        assert edition is not None
        found = site.answer(Visit(site.path_of(edition), LAST_STEP, serial=1))
        assert found.status == {"404": 404, "410": 410, "says so": 200}[site.withdrawal]
        assert slug.encode() not in site.answer(Visit(site.start, LAST_STEP, serial=1)).body
    assert withdrawn_of(site.supply)


def test_every_way_to_go_is_shown_by_some_site() -> None:
    assert {site.withdrawal for site in PRESSES} == {"404", "410", "says so"}
    assert any(isinstance(site, OwnPressSite) for site in PRESSES)


def test_what_rolled_off_the_first_page_is_on_the_next() -> None:
    site = next(site for site in PRESSES if len(site.supply.shown(LAST_STEP)) > site.size)
    oldest = site.path_of(site.supply.shown(LAST_STEP)[-1]).encode()
    pages = [site.answer(Visit(site.start, LAST_STEP, 1, query=f"page={number}")) for number in (1, 2)]
    assert [oldest in page.body for page in pages] == [False, True]
    assert site.answer(Visit(site.start, LAST_STEP, 1, query="page=3")).status == 404


def test_posts_come_page_by_page(served: Served) -> None:
    whole = [post["id"] for post in served.client.get(f"{POSTS}?per_page=100").json()]
    pages = [served.client.get(f"{POSTS}?per_page=3&page={number}") for number in (1, 2, 3, 4)]
    assert [post["id"] for page in pages[:3] for post in page.json()] == whole
    assert pages[0].headers["x-wp-total"] == str(len(whole))
    assert (pages[3].status_code, pages[3].json()["code"]) == (400, "rest_post_invalid_page_number")


def test_the_feed_of_posts_has_the_same_guids(served: Served) -> None:
    feed = served.client.get("https://www.thecssc.com/feed/").text
    for post in served.client.get(POSTS).json():
        assert post["guid"]["rendered"] in feed


def test_search_results_come_from_where_they_are_asked(served: Served) -> None:
    found = served.client.get(f"{SEARCH}&start=20&count=5").json()
    assert (found["start"], len(found["results"])) == (20, found["total"] - 20)
    assert served.client.get("https://www.gov.uk/api/search.json?filter_organisations=none").status_code == 404


def test_items_of_govuk_are_withdrawn_or_gone_with_or_without_a_reason() -> None:
    states = set()
    govuk = SITES["www.gov.uk"]
    for organisation in govuk.organisations.values():  # type: ignore[attr-defined]
        before = {row.path for step in range(LAST_STEP) for row in organisation.rows(step)}
        for path in before - {row.path for row in organisation.rows(LAST_STEP)}:
            found = at(f"/api/content{path}", LAST_STEP, "www.gov.uk")
            said = json.loads(found.body) if found.status == 200 else {}
            states.add((found.status, said.get("schema_name") == "gone", bool(said.get("withdrawn_notice"))))
    assert states == {(200, False, True), (200, True, False), (410, False, False)}


def test_a_country_that_is_gone_is_410() -> None:
    paths = [
        child["base_path"]
        for child in json.loads(at("/api/content/foreign-travel-advice", 0, "www.gov.uk").body)["links"]["children"]
    ]
    statuses = [at(f"/api/content{path}", LAST_STEP, "www.gov.uk").status for path in paths]
    assert (len(paths), statuses.count(410), statuses.count(200)) == (len(paths), 1, len(paths) - 1)


def test_half_of_the_entries_can_be_missing(served: Served) -> None:
    for url in (POSTS, f"{SEARCH}&count=50", "https://www.gov.uk/api/content/foreign-travel-advice"):
        whole = len(served.client.get(url).content)
        served.replica.fault(faults.half(), times=1)
        assert len(served.client.get(url).content) < 0.7 * whole


def test_a_cap_series_refers_to_what_came_before(served: Served) -> None:
    served.replica.go_to(LAST_STEP)
    kinds = []
    for name in ("2-mar-2026-2", "3-mar-2026", "3-mar-2026-2"):
        answer = served.client.get(f"https://www.gov.uk/alerts/cap-xml/{name}.cap.xml")
        kinds.append((answer.text.count("<references>"), answer.text.count("broadcasts@alerts.replica.test,")))
    assert kinds == [(0, 0), (1, 1), (1, 2)]


def test_a_supply_depends_on_nothing_but_its_seed() -> None:
    assert planned("essex", "police", shift=3) == planned("essex", "police", shift=3)
    assert planned("essex", "police", shift=3) != planned("kent", "police", shift=3)


def test_no_two_bulletins_of_a_site_have_one_name() -> None:
    slugs = [each.slug for each in planned("many", "home", first=40, later=4).bulletins]
    assert len(set(slugs)) == len(slugs)


def test_nothing_happens_after_the_last_step() -> None:
    supplies = [site.supply for site in SITES.values() if hasattr(site, "supply")]
    assert max(moment for supply in supplies for each in supply.bulletins for moment in each.moments) <= LAST_STEP


def test_stories_are_filled_in_whole() -> None:
    for kind in ("police", "rail", "city", "fraud", "security", "cyber", "desk", "home", "counter"):
        for story in stories(kind):
            told = story.told("seed")
            assert "{" not in told.title + told.addition + "".join(told.paragraphs)
    assert len(set(PLACES)) == len(PLACES)
    with pytest.raises(ValueError, match="no story of the kind 'opera', expected at least 1"):
        stories("opera")


def test_paragraphs_and_items_become_html() -> None:
    assert as_html(["One & all", "* two", "* three", "four"]) == (
        "<p>One &amp; all</p>\n<ul><li>two</li><li>three</li></ul>\n<p>four</p>"
    )
