"""Severe weather warnings of the Met Office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parsers.families.feed import Feed
from parsers.families.feed_items import FeedItem
from parsers.families.warning_validity import valid_until
from parsers.page import PageChanged


class MetOfficeWarnings(Feed):
    """Warnings in force or to come; none is healthy. One of several regions has one id: the ref has the region too."""

    slug = "met-office-warnings"
    publisher = "met-office"
    rights = "© Crown copyright, Met Office"
    basis = "modelled, not yet verified against the live site; titles, links and validity reported in 2026"
    start = ("https://www.metoffice.gov.uk/public/data/PWSCache/WarningsRSS/Region/UK",)
    every_minutes = 15
    listing = "current"
    expect = range(100)
    ref_form = re.compile(r"[?&]id=[0-9a-f-]{8,}|^[0-9a-f-]{36}", re.IGNORECASE)
    grammar = re.compile(r"(Yellow|Amber|Red) warnings? of (.{2,60}?) affecting (.{2,200})", re.IGNORECASE)

    def ref(self, item: FeedItem) -> str:
        found = self.grammar.fullmatch(item.title.line)
        return f"{super().ref(item)} {found[3] if found else ''}".strip()

    def further(self, item: FeedItem, title: str, text: str) -> Mapping[str, Any]:
        found = self.grammar.fullmatch(title)
        if not found:
            raise PageChanged(f"{item.where}: title {title!r}, expected 'Yellow|Amber|Red warning of … affecting …'")
        expires, how = valid_until(text, item.link, item.where)
        stated = {"level": found[1].lower(), "region": found[3], "expires": expires}
        evidence = {"level": "title", "region": "title", "codes": "title", "expires": how}
        return {**stated, "codes": (("met-office-warning", found[2].lower()),), "evidence": evidence}
