"""A page of posts as WordPress's REST API gives them (developer.wordpress.org/rest-api/reference/posts)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from parsers.data import JsonPage
from parsers.families.feed_items import FeedItem
from parsers.families.feed_words import Words
from parsers.page import PageChanged

RENDERED = ("title", "content", "excerpt", "guid")
UNDATED = "0000-00-00"


class PostsPage(JsonPage):
    """A JSON list of posts. Links to the API itself and settings of the theme are no part of what it says."""

    def __init__(self, body: bytes, url: str) -> None:
        volatile = frozenset(("_links", "modified", "class_list", "meta", "comment_status", "ping_status"))
        super().__init__(body, url, volatile=volatile)

    @cached_property
    def items(self) -> Sequence[FeedItem]:
        """Every post; raises PageChanged with the API's own words where it answers with an error."""
        if isinstance(self.json, dict) and "code" in self.json:
            code, message = self.json["code"], self.json.get("message")
            raise PageChanged(f"{self.url}: error {str(code)[:80]!r} ({str(message)[:200]}), expected a list of posts")
        if not isinstance(self.json, list):
            raise PageChanged(f"{self.url}: {type(self.json).__name__}, expected a list of posts")
        return [self._item(post, position) for position, post in enumerate(self.json)]

    def _item(self, post: Any, position: int) -> FeedItem:
        said = post if isinstance(post, dict) else {}
        raw = "" if said else json.dumps(post, ensure_ascii=False)
        title, content, excerpt, guid = (_rendered(said.get(name)) for name in RENDERED)
        link = said.get("link")
        address = link if isinstance(link, str) else ""
        return FeedItem(
            page=self,
            kind="WordPress",
            position=position,
            id=unescape(guid).strip() or _guid(said.get("id"), address),
            link=address,
            title=Words(title),
            dates=dict(_dates(said)),
            content=Words(raw or (content if content.strip() else excerpt), "html"),
            summary=Words(excerpt, "html"),
            problem=_problem(post),
        )


def _rendered(stated: Any) -> str:
    words = stated.get("rendered") if isinstance(stated, dict) else None
    return words if isinstance(words, str) else ""


def _guid(number: Any, link: str) -> str:
    """The guid that WordPress gives a post by default, where a site keeps its own to itself."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/?p={number}" if isinstance(number, int) and parts.netloc else ""


def _dates(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """`date_gmt` is UTC without saying so, `date` the site's local time."""
    for name, zone in (("date_gmt", "Z"), ("date", "")):
        stated = said.get(name)
        if isinstance(stated, str) and stated and not stated.startswith(UNDATED):
            yield name, stated + zone


def _problem(post: Any) -> str:
    """Why this is no published post with its words, or nothing."""
    if not isinstance(post, dict):
        return f"a post that is {type(post).__name__}, expected an object"
    if post.get("status", "publish") != "publish":
        return f"status {str(post['status'])[:40]!r}, expected 'publish'"
    content = post.get("content")
    if isinstance(content, dict) and content.get("protected"):
        return "protected by a password, expected a public post"
    wrong = [name for name in RENDERED if not isinstance((post.get(name) or {"rendered": ""}), dict)]
    return f"{', '.join(wrong)} not rendered, expected `rendered` of a view" if wrong else ""
