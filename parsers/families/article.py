"""Any news article: what the page states for machines first, then its structure; a guess comes last and is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from archive.records import Link, Notification
from parsers.compose import compose
from parsers.dates import Stated, read_date
from parsers.families.article_dates import first_readable
from parsers.families.article_entry import ArticleEntry
from parsers.families.article_listing import listed
from parsers.families.article_page import ArticlePage
from parsers.families.article_stand_in import as_article
from parsers.families.article_text import article_text
from parsers.families.article_title import article_title
from parsers.page import Page, PageChanged
from parsers.source import Source

NOWHERE = re.compile(r"(?!)")


class Article(Source):
    """News articles, each on a page of its own, and a page that points to them.

    `article_path` fits the paths of articles, `headed_path` those of links that are articles where they are headlines.
    `printed` (whole words, group 1 the date, `label` literally in them) finds a date that only people can read.
    """

    listing = "window"
    has_details = True
    article_path: ClassVar[re.Pattern[str]] = NOWHERE
    headed_path: ClassVar[re.Pattern[str]] = NOWHERE
    document_path: ClassVar[re.Pattern[str] | None] = None
    documents_anywhere: ClassVar[bool] = False
    """Whether documents linked outside the article's own part of the page are attached to it."""
    label: ClassVar[str] = ""
    printed: ClassVar[re.Pattern[str] | None] = None
    printed_formats: ClassVar[tuple[str, ...]] = ()
    is_dated: ClassVar[bool] = False
    """Whether every article states a date, so that a page without one is none."""

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return ArticlePage(body, url, media_type=media_type, region=self.region, label=self.label, printed=self.printed)

    def entries(self, page: Page) -> Iterator[ArticleEntry]:
        if page.role == "detail":
            article = as_article(page, self.is_dated, self.publisher, self.role_of)
            yield ArticleEntry(article, article_text(article, self.document_path, self.documents_anywhere))

    def links(self, page: Page) -> Iterator[Link]:
        if page.role == "listing":
            yield from listed(page, self.article_path, self.headed_path, self.ref_of)

    def ref_of(self, address: str) -> str:
        """The publisher's id of an article: path and query of its address where it has no other."""
        parts = urlsplit(address)
        return f"{parts.path.rstrip('/')}?{parts.query}".rstrip("?")

    def notification(self, entry: ArticleEntry) -> Notification:
        page, text = entry.page, entry.text
        title, titled = article_title(page, self.publisher)
        try:
            issued, dated = self.issued(page)
        except ValueError as problem:
            raise PageChanged(f"{page.url}: {problem}") from problem
        return compose(
            self,
            page.url,
            text.text,
            ref=page.facts.get("ref") or self.ref_of(page.url),
            title=title,
            issued=issued,
            links=text.links,
            attachments=text.attachments,
            language=page.stated.language and page.stated.language.replace("_", "-"),
            evidence={"title": titled, "issued": dated, "text": text.place},
        )

    def issued(self, page: ArticlePage) -> tuple[Stated | None, str]:
        """The date that the page states, and where; raises ValueError where it cannot be read."""
        listed, printed = page.facts.get("issued"), page.stated.printed
        if printed and not page.stated.dates:
            stated = read_date(printed, self.printed_formats, self.corrections)
            return stated, f"printed {printed!r} as {stated.format}"
        dates = page.stated.dates or ((("the listing's date", listed),) if listed else ())
        return first_readable(dates, self.corrections) or (None, "")
