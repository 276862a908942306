"""Messages on the site of Cross-sector Safety and Security Communications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parsers.families.feed_items import FeedItem
from parsers.families.wordpress import WordPress
from parsers.page import PageChanged
from parsers.sources.bsia_cssc import BsiaCssc


class Cssc(WordPress):
    """The posts of CSSC: messages with a level (`London Amber Message – …`), and news without one."""

    slug = "cssc"
    publisher = "cssc"
    rights = "© Cross-sector Safety and Security Communications"
    basis = "modelled, not yet verified against the live site; permalinks and uploads known from 2017"
    start = ("https://www.thecssc.com/wp-json/wp/v2/posts?per_page=100",)
    every_minutes = 15
    listing = "window"
    expect = range(1, 101)
    speaks_for_itself = False
    label = re.compile(
        rf"(?:CSSC )?(?:({'|'.join(BsiaCssc.scopes)}) )?(Green|Amber|Red) Message(?: ?[-–—:] ?.+| RE .+)?",
        re.IGNORECASE,
    )
    labelled = re.compile(r"\b(?:green|amber|red) message\b", re.IGNORECASE)

    def further(self, item: FeedItem, title: str, text: str) -> Mapping[str, Any]:
        found = self.label.fullmatch(title)
        if not found:
            if self.labelled.search(title):
                raise PageChanged(f"{item.where}: title {title!r}, expected '[region] Level Message – …' or no label")
            return {}
        regions = {region.casefold(): region for region in BsiaCssc.scopes}
        region = regions[found[1].casefold()] if found[1] else None
        how = f"title {title[: found.end(2)]!r}"
        return {
            "level": found[2].lower(),
            "region": region,
            "evidence": {"level": how, "region": how if region else ""},
        }
