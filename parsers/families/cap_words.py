"""An entry of a feed that leads to no CAP document: the bulletin is what the entry itself says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.records import Notification
from parsers.attachments import attachments_and_links
from parsers.compose import compose
from parsers.dates import Stated, read_date
from parsers.families.cap_alert import INSTANTS
from parsers.families.cap_content import content_of
from parsers.families.cap_index import Item
from parsers.page import PageChanged

if TYPE_CHECKING:
    from parsers.families.cap import CapFeed

ZONES = {"GMT": "+0000", "BST": "+0100", "UTC": "+0000"}


def own_words(source: CapFeed, item: Item) -> Notification:
    """The record of an entry: its id, title and content, its instants, and what its summary states in set phrases."""
    ref, title = item.words("id", "guid"), item.words("title")
    if not ref or not title:
        raise PageChanged(f"{item.where}: no id or no title, expected both")
    body = content_of(item)
    attachments, links = attachments_and_links(body.lines(), body)
    printed = item.words("published", "updated")
    ended, region = _phrase(source.says_ended, item), _single(_phrase(source.says_area, item))
    return compose(
        source,
        item.page_address(),
        body.text,
        ref=ref,
        title=title,
        issued=_instant(item, printed, INSTANTS) if printed else None,
        codes=(("cap-state", "ended"),) if ended else (),
        expires=_instant(item, _zoned(ended), source.ended_formats) if ended else None,
        region=region,
        links=links,
        attachments=attachments,
        evidence={
            "title": "the feed entry's title",
            "text": "the feed entry's content: it leads to no CAP document",
            "issued": "the feed entry's published, else updated" if printed else "",
            "expires": f"summary {ended!r}" if ended else "",
            "region": "the summary's only area" if region else "",
        },
    )


def _phrase(pattern: re.Pattern[str] | None, item: Item) -> str:
    found = pattern.search(item.words("summary")) if pattern else None
    return found.group(1) if found else ""


def _zoned(printed: str) -> str:
    words, _, zone = printed.rpartition(" ")
    return f"{words} {ZONES[zone]}" if zone in ZONES else printed


def _instant(item: Item, printed: str, formats: tuple[str, ...]) -> Stated:
    try:
        return read_date(printed, formats)
    except ValueError as problem:
        raise PageChanged(f"{item.where}: {problem}") from problem


def _single(areas: str) -> str | None:
    """The area where the summary names one; a list of them is none (the title has them)."""
    return areas if areas and "," not in areas else None
