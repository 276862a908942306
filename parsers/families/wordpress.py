"""WordPress sites: posts of the REST API, page by page, or of the feed, the same post under the same ref."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.records import Link
from parsers.families.feed import Feed
from parsers.families.feed_facts import ISSUED_IN
from parsers.families.feed_items import FeedItem
from parsers.families.feed_page import FeedPage
from parsers.families.wordpress_posts import PostsPage
from parsers.page import Page

POSTS_PER_PAGE = 10
"""Where the address does not say (REST API Handbook, Pagination)."""


class WordPress(Feed):
    """A WordPress site. `start` is its `/wp-json/wp/v2/posts?per_page=100`; where that is closed, its `/feed/`.

    Both state a post's guid, which is its ref, and its date in UTC. The site's language, which only the feed states, is
    left out, so that a post is the same by either way.
    """

    issued_in = ("date_gmt", "date", *ISSUED_IN)

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        is_json = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
        return PostsPage(body, url) if is_json else FeedPage(body, url, media_type)

    def entries(self, page: Page) -> Sequence[Any]:
        return [replace(item, language="") for item in _items(page)]

    def links(self, page: Page) -> Iterator[Link]:
        """The next older page: the API's while pages are full, the feed's while it has items."""
        query = dict(parse_qsl(urlsplit(page.url).query))
        full = _number(query.get("per_page"), POSTS_PER_PAGE) if isinstance(page, PostsPage) else 1
        if page.role == "listing" and len(_items(page)) >= full:
            yield Link(_next(page.url, query, "page" if isinstance(page, PostsPage) else "paged"), "listing")


def _items(page: Page) -> Sequence[FeedItem]:
    return page.items if isinstance(page, PostsPage | FeedPage) else ()


def _number(stated: str | None, otherwise: int) -> int:
    return int(stated) if stated and re.fullmatch(r"[0-9]{1,6}", stated) else otherwise


def _next(url: str, query: Mapping[str, str], name: str) -> str:
    """The address with the number of its page one higher and all else as it was (`per_page`, `after`)."""
    number = str(_number(query.get(name), 1) + 1)
    return urlunsplit(urlsplit(url)._replace(query=urlencode({**query, name: number}, safe=":,"), fragment=""))
