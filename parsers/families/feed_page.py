"""A feed as characters: decoded, mended where it is sloppy, refused where it is cut off or is no feed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from parsers.addresses import absolute
from parsers.blocked import blocked
from parsers.families.feed_characters import characters_of, end_of_prologue, mended
from parsers.families.feed_elements import Elements
from parsers.families.feed_items import FeedItem
from parsers.families.feed_json import json_items, json_older, json_value
from parsers.families.feed_xml import xml_elements, xml_items, xml_older
from parsers.page import MAX_BYTES, MAX_TAGS, Page, PageChanged

ROOTS = ("rss", "rdf", "feed")
TAG_NAME = re.compile(r"<((?:[\w.-]{1,40}:)?([\w.-]{1,40}))(?=[\s/>])")
HEAD_DATES = re.compile(r"<((?:dc:)?(?:lastBuildDate|pubDate|updated|modified|date))\b[^<>]{0,99}>[^<]{0,99}</\1\s*>")
FIRST_ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]")


class FeedPage(Page):
    """An RSS, Atom or JSON feed. Its hash is blind to comments and to when the feed as a whole was built."""

    def __init__(self, body: bytes, url: str, media_type: str | None = None) -> None:
        known = body if len(body) > MAX_BYTES else characters_of(body, media_type).encode("utf-8", "replace")
        super().__init__(known, url, media_type="text/plain; charset=utf-8")
        self.is_markup, self.states_links = False, True
        self.is_json = self.characters.lstrip()[:1] in ("{", "[")

    @cached_property
    def items(self) -> Sequence[FeedItem]:
        """Every item; raises PageChanged where the document is no healthy feed."""
        return json_items(self, self.value) if self.is_json else xml_items(self)

    @cached_property
    def older(self) -> str | None:
        """The page of older items that the feed states (RFC 5005, JSON Feed), None where it states none."""
        stated = json_older(self.value) if self.is_json else xml_older(self)
        return absolute(stated, self.url) if stated else None

    @cached_property
    def elements(self) -> Elements | None:
        """The elements of a document in XML, None where it is not well-formed even when mended."""
        return xml_elements(self)

    @cached_property
    def value(self) -> Any:
        """The value of a document in JSON."""
        return json_value(self.characters, self.url)

    @cached_property
    def document(self) -> str:
        """The root element, without prologue, comments and what follows it, its references those that XML knows."""
        if self.characters.count("<") > MAX_TAGS:
            raise PageChanged(f"{self.url}: {self.characters.count('<')} tags, expected at most {MAX_TAGS}")
        start = end_of_prologue(self.characters, self.url)
        opened = TAG_NAME.match(self.characters, start)
        if not opened or opened.group(2).lower() not in ROOTS:
            what = blocked(self.characters) or f"root {opened.group(1) if opened else self.characters[start:][:20]!r}"
            raise PageChanged(f"{self.url}: {what}, expected a feed (RSS, Atom or JSON Feed)")
        return mended(self.characters[start:], opened.group(1), self.url)

    @cached_property
    def region_hash(self) -> str:
        """SHA-256 (hex) of the mended document without the dates in its head, or of the JSON value."""
        if self.is_json:
            said = json.dumps(self.value, sort_keys=True, ensure_ascii=False)
        else:
            first = FIRST_ITEM.search(self.document)
            end = first.start() if first else len(self.document)
            said = " ".join((HEAD_DATES.sub("", self.document[:end]) + self.document[end:]).split())
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
