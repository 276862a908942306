"""Feeds: RSS 0.9x to 2.0, Atom 0.3 and 1.0, JSON Feed, by class facts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from archive.records import Link, Notification
from parsers.compose import compose
from parsers.families.feed_facts import ISSUED_IN, facts_of, stated_by
from parsers.families.feed_items import FeedItem
from parsers.families.feed_page import FeedPage
from parsers.page import Page, PageChanged
from parsers.source import Source


class Feed(Source):
    """A source whose listing is a feed: each item is a bulletin.

    With `follow` the items are links to details, which the next class in line reads (`class News(Feed, Article)`); one
    that cannot be followed is refused as an entry.
    """

    follow: ClassVar[bool] = False
    issued_in: ClassVar[tuple[str, ...]] = ISSUED_IN
    date_formats: ClassVar[tuple[str, ...]] = ()
    """strptime formats of a publisher whose dates keep to no standard."""
    ref_form: ClassVar[re.Pattern[str] | None] = None
    """What a ref must hold to tell one bulletin from another, where the publisher may state addresses that do not."""
    document_path: ClassVar[re.Pattern[str] | None] = None

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return FeedPage(body, url, media_type)

    def open(
        self,
        body: bytes,
        url: str,
        media_type: str | None = None,
        role: str = "listing",
        facts: Mapping[str, str] | None = None,
    ) -> Page:
        if role == "listing" or not self.follow:
            return super().open(body, url, media_type, role, facts)
        page = super().page(body, url, media_type)
        page.role, page.facts = role, facts or {}
        return page

    def entries(self, page: Page) -> Iterable[Any]:
        if not isinstance(page, FeedPage):
            return super().entries(page)
        return [item for item in page.items if not self.follow or self._unfollowable(item)]

    def notification(self, entry: Any) -> Notification:
        if not isinstance(entry, FeedItem):
            return super().notification(entry)
        if self.follow:
            raise PageChanged(self._unfollowable(entry))
        ref = self.ref(entry)
        text, stated, how = stated_by(entry, self.issued_in, self.date_formats, self.document_path)
        stated |= self.further(entry, stated["title"] or "", text)
        evidence = {**how, **stated.pop("evidence", {})}
        return compose(self, entry.url or entry.page.url, text, ref=ref, evidence=evidence, **stated)

    def links(self, page: Page) -> Iterator[Link]:
        if not isinstance(page, FeedPage):
            yield from super().links(page)
            return
        for item in page.items if self.follow else ():
            if not self._unfollowable(item):
                yield Link(item.url or "", "detail", self.ref(item), facts_of(item, self.issued_in, self.date_formats))
        if page.older and page.items:
            yield Link(page.older, "listing")

    def ref(self, item: FeedItem) -> str:
        """The publisher's id of an item; raises PageChanged where it has none that tells it from others."""
        return item.ref(self.ref_form)

    def further(self, item: FeedItem, title: str, text: str) -> Mapping[str, Any]:
        """What a source reads besides (level, region, expires, …), as arguments of `compose`; evidence is added."""
        return self.titled(item.where, title)

    def _unfollowable(self, item: FeedItem) -> str:
        """Why an item is no link to its detail, or nothing."""
        try:
            self.ref(item), facts_of(item, self.issued_in, self.date_formats)
        except PageChanged as problem:
            return str(problem)
        return "" if item.url else f"{item.where}: link {item.link!r}, expected an address to follow"
