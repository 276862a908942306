"""What stands where, in a real browser: on a phone, on paper, and in pictures whose colours mean something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.lifecycle.world import START
from tests.web.conftest import CATALOGUE
from tests.web.stated import desk_of

PHONE, DESK, PAPER = 380, 1600, 680
Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """Opens an address in a window of some width."""
    made: list[Any] = []

    def open_page(path: str, width: int, media: str = "screen") -> Page:
        made.append(browser.new_context(viewport={"width": width, "height": 800}))
        page: Page = made[-1].new_page()
        kind: Any = media
        page.emulate_media(media=kind)
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for each in made:
        each.close()


def right_of(page: Page, selector: str) -> float:
    """Where the first such element ends."""
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] if box else 0.0


def test_a_phone_shows_what_became_of_which_bulletin(opened: Open) -> None:
    page = opened("/changes", PHONE)
    assert 0 < right_of(page, "tbody .kind") < right_of(page, "tbody td.prose a") <= PHONE


def test_a_phone_shows_what_a_run_brought(opened: Open) -> None:
    assert 0 < right_of(opened("/sources/bsia-cssc", PHONE), "#runs ~ .wide th:nth-child(4)") <= PHONE


def test_a_phone_shows_the_days_of_a_picture_in_one_line(opened: Open) -> None:
    page = opened("/search?q=the", PHONE)
    lines = """() => [...document.querySelectorAll('.axis span')].map(each => {
        const words = document.createRange();
        words.selectNodeContents(each);
        return words.getClientRects().length;
    })"""
    assert page.evaluate(lines)[::2] == [1, 1]


def test_filters_are_one_step_away_on_a_phone(opened: Open) -> None:
    page = opened("/search", PHONE)
    page.get_by_role("link", name="Filters", exact=True).click()
    assert page.evaluate("() => document.querySelector('#filters').getBoundingClientRect().top") < 400
    assert not opened("/search", DESK).get_by_role("link", name="Filters", exact=True).is_visible()


def test_paper_says_that_bulletins_are_invented_and_cuts_nothing_off(opened: Open, public_id: str) -> None:
    page = opened(f"/bulletins/{public_id}", PAPER, "print")
    assert page.get_by_text(CATALOGUE.banner).is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    wide = "() => [...document.querySelectorAll('.wide')].filter(each => each.scrollWidth > each.clientWidth).length"
    assert page.evaluate(wide) == 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PAPER


def test_the_search_box_searches_within_the_filters_in_force(opened: Open) -> None:
    page = opened("/search?source=bsia-cssc&state=current&rank=1&q=update", DESK)
    page.fill("#q", '"')
    page.keyboard.press("Enter")
    page.wait_for_url("**q=%22*")
    assert "never closed" in page.inner_text("[role=alert]")
    page.fill("#q", "tube")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=tube*")
    assert page.url.endswith("?q=tube&source=bsia-cssc&state=current")


def test_the_key_of_the_search_box_writes_over_what_was_searched(opened: Open) -> None:
    page = opened("/search?q=tube", DESK)
    page.keyboard.press("/")
    page.keyboard.type("update")
    assert page.input_value("#q") == "update"


def test_paper_shows_what_was_found_without_what_can_be_pressed(opened: Open) -> None:
    page = opened("/search?q=update", PAPER, "print")
    assert not page.get_by_text("Take away").is_visible()
    assert "underline" in page.locator("mark").first.evaluate("each => getComputedStyle(each).textDecorationLine")


def test_a_phone_shows_the_numbers_of_days(browser: Browser, tmp_path: Path) -> None:
    levels = ("red", "amber", "yellow", "green", None)
    words = {"issued": f"{START:%Y-%m-%d}", "issued_precision": "day", "text": "Words."}
    with desk_of(tmp_path, [{"ref": str(level), "level": level, **words} for level in levels]) as site:
        page = browser.new_page(viewport={"width": PHONE, "height": 800})
        page.goto(str(site.base_url))
        page.get_by_text("The same as a table").click()
        assert 0 < right_of(page, "details td.number") <= PHONE
        page.close()


def test_a_level_that_nobody_knows_can_be_read_and_no_title_fills_a_list(browser: Browser, tmp_path: Path) -> None:
    words = {"issued": "2018-07-02", "issued_precision": "day", "text": "Words.", "level": "purple"}
    with desk_of(tmp_path, [{"ref": "1", "title": "W" * 5_000, **words}]) as site:
        page = browser.new_page(viewport={"width": PHONE, "height": 800})
        page.goto(f"{site.base_url}/search")
        level = page.get_by_text("PURPLE", exact=True)
        ink, ground = level.evaluate("each => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor]")
        assert ink == "rgb(255, 255, 255)" and ground == "rgb(95, 107, 122)"
        assert page.locator(".hit").evaluate("each => each.clientHeight") < 800
        assert page.locator(".hit h3").inner_text().endswith("W…")
        page.close()
