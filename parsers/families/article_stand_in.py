"""Pages that stand where an article was asked: challenges, error pages, and those that say that it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers.blocked import blocked
from parsers.families.article_front import front_page
from parsers.families.article_page import ArticlePage
from parsers.page import Page, PageChanged, PageGone

GONE = re.compile(
    r"(?:this |the )?(?:page|article|story|news item|content|release)(?: you \w{1,12} \w{1,12}(?: for)?)? "
    r"(?:is no longer available|has been (?:removed|deleted|withdrawn|taken down))\b",
    re.IGNORECASE,
)


def as_article(page: Page, is_dated: bool, publisher: str, role_of: Callable[[str], str]) -> ArticlePage:
    """The page as that of an article: no front page of the site, and none without a date that stands in for one.

    Raises PageGone where it says that the article is gone, PageChanged for any other (each where `is_dated`).
    """
    if not isinstance(page, ArticlePage):
        raise PageChanged(f"{page.url}: {type(page).__name__}, expected the HTML page of an article")
    states_date = bool(page.stated.dates or page.stated.printed)
    if not states_date:
        _refuse_stand_in(page)
    front = front_page(page, publisher, role_of)
    if front:
        raise PageChanged(f"{page.url}: {front}, expected the article that was asked and no front page of the site")
    if is_dated and not states_date and not page.facts.get("issued"):
        raise PageChanged(f"{page.url}: no date, expected an article with its date")
    return page


def _refuse_stand_in(page: ArticlePage) -> None:
    """Raise PageGone where a page without a date says that it is gone, PageChanged where it challenges or blocks."""
    if any(GONE.match(words) for _, words in page.stated.titles):
        raise PageGone(f"{page.url}: {page.stated.titles[0][1]!r}, expected an article")
    found = blocked(page.characters)
    if found:
        raise PageChanged(f"{page.url}: {found}, expected an article with its date")
