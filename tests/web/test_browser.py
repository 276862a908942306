"""What people do, in a real browser: nothing is refused by the policy, nothing fails, nothing is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from tests.web.conftest import NOTE_BODY

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
VIEWS = [("light", 380, 800), ("dark", 1600, 1000)]
"""Each size and each scheme once: what depends on the one does not depend on the other."""


class Watched:
    """A page whose errors, refusals and requests are kept."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address, self.said, self.asked = address, list[str](), list[str]()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda problem: self.said.append(str(problem)))
        self.page.on("dialog", self._dismiss)
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.said.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.said.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def watched(context: BrowserContext, address: str) -> Iterator[Watched]:
    made = Watched(context, address)
    yield made
    assert made.said == []
    assert [each for each in made.asked if not each.startswith(address)] == []


def test_find_filter_open_compare_read_cite(watched: Watched) -> None:
    page = watched.open("/")
    page.keyboard.press("/")
    page.keyboard.type("update -nowhere")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=update*")
    page.locator(".filters").get_by_role("link", name="bsia-cssc").click()
    page.wait_for_url("**source=bsia-cssc*")
    assert page.locator(".hit").count() == 1
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bulletins/*")
    assert page.locator("ins", has_text="update").count() >= 1
    page.get_by_text("p. 1", exact=True).click()
    assert page.get_by_text("document ", exact=False).first.is_visible()
    with page.expect_download() as coming:
        page.locator(".attachment h3 a").click()
    assert Path(coming.value.path()).read_bytes() == NOTE_BODY
    assert "retrieved" in str(page.locator(".citation").text_content())
    page.locator(".cite").get_by_role("link", name="Plain text").click()
    assert "SHA-256" in page.inner_text("body")


def test_pages_of_an_attachment_are_seen_large_and_printed_as_text(watched: Watched, public_id: str) -> None:
    page = watched.open(f"/bulletins/{public_id}")
    picture = page.get_by_role("img", name="Page 1 of note.pdf")
    assert picture.evaluate("each => each.decode().then(() => [each.naturalWidth, each.clientWidth])") == [320, 158]
    page.emulate_media(media="print")
    assert not picture.is_visible()
    assert page.get_by_text("document ", exact=False).first.is_visible()
    page.emulate_media(media="screen")
    assert not page.locator(".text.page").first.is_visible()
    picture.click()
    page.wait_for_url("**/pages/1.png")
    assert page.evaluate("() => document.images[0].naturalWidth") == 800


def test_take_away(watched: Watched) -> None:
    """A briefing is styled though nothing but its own style may be; its contents lead into it; files are downloads."""
    page = watched.open("/search?source=bsia-cssc")
    for name, ending in (("JSON Lines", "jsonl"), ("CSV", "csv")):
        with page.expect_download() as coming:
            page.get_by_role("link", name=name, exact=True).click()
        assert coming.value.suggested_filename == f"bulletins-bsia-cssc.{ending}"
    page.get_by_role("link", name="Briefing to print").click()
    page.wait_for_url("**/search/briefing?source=bsia-cssc")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.level')).fontWeight") == "700"
    page.locator("nav li a").last.click()
    assert page.locator("article h3:target").count() == 1


def test_what_is_seen_is_marked(watched: Watched) -> None:
    page = watched.open("/")
    assert page.locator(".news li").count() > 3
    page.get_by_role("button", name="Mark all as seen").click()
    assert page.get_by_text("Nothing since your last visit").is_visible()


def test_all_works_without_scripts(browser: Browser, address: str) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{address}/")
    page.fill("#q", "update")
    page.click(".find button")
    page.locator(".hit h3 a").first.click()
    assert "/bulletins/" in page.url
    page.goto(f"{address}/search")
    page.locator(".chart a").first.click()
    assert "since=" in page.url
    plain.close()


def pages(watched: Watched) -> list[str]:
    page = watched.open("/search?source=bsia-cssc")
    first = str(page.locator(".hit h3 a").first.get_attribute("href"))
    odd = str(watched.open("/search?source=hostile").locator(".hit h3 a").first.get_attribute("href"))
    held = str(watched.open("/sources/hostile").locator(".held a").first.get_attribute("href"))
    return [
        *("/", "/search", "/search?q=the&level=green", "/search?q=nowhere", "/changes", "/sources"),
        *("/sources/bsia-cssc", "/sources/hostile", first, odd, "/captures/1", held, "/search/briefing"),
        f"{first}/compare/1/1",
    ]


@pytest.mark.parametrize(("scheme", "width", "height"), VIEWS)
def test_every_page_is_accessible_and_fits(
    browser: Browser, address: str, scheme: Any, width: int, height: int
) -> None:
    view: Any = {"width": width, "height": height}
    made = browser.new_context(viewport=view, color_scheme=scheme, bypass_csp=True)
    watched = Watched(made, address)
    found: list[str] = []
    for path in pages(watched):
        page = watched.open(path)
        page.evaluate(AXE)
        run = "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        for each in page.evaluate(run)["violations"]:
            found.append(f"{path}: {each['id']}: {each['nodes'][0]['html'][:160]} ({len(each['nodes'])})")
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{path}: {wide} px too wide"] if wide > 0 else []
    made.close()
    assert not found, "\n".join(found)
    assert watched.said == []


def test_an_expectation_that_is_broken_is_seen(watched: Watched) -> None:
    """The rules do find something: a picture without words, and a script that the policy refuses."""
    page = watched.open("/")
    page.evaluate("() => document.body.append(Object.assign(document.createElement('img'), {src: '/static/none.png'}))")
    page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.bad = 1'}))"
    )
    assert page.evaluate("() => window.bad") is None
    page.evaluate(AXE)
    assert "image-alt" in [each["id"] for each in page.evaluate("() => axe.run()")["violations"]]
    assert any("Content Security Policy" in each for each in watched.said)
    watched.said.clear()
