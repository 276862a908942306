"""The UK's terrorism threat level, as MI5 states it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parsers.families.feed import Feed
from parsers.families.feed_items import FeedItem
from parsers.page import PageChanged
from parsers.threat import LEVELS, threat_levels


class ThreatLevel(Feed):
    """One standing bulletin, the levels in force: a new level, or a new date of it, is a revision."""

    slug = "threat-level"
    publisher = "mi5"
    rights = "© Crown copyright"
    basis = "modelled, not yet verified against the live site; title, date and description reported in 2026"
    start = ("https://www.mi5.gov.uk/UKThreatLevel/UKThreatLevel.xml",)
    every_minutes = 15
    listing = "current"
    expect = range(1, 2)
    date_formats = ("%A, %B %d, %Y - %H:%M",)

    def ref(self, item: FeedItem) -> str:
        if item.position:
            raise PageChanged(f"{item.where}: a further item, expected the one that states the threat level")
        return "uk-threat-level"

    def further(self, item: FeedItem, title: str, text: str) -> Mapping[str, Any]:
        level, described = title.lower().rpartition(" ")[2], dict(threat_levels(text))
        scope = "international-terrorism" if "international-terrorism" in described else "uk"
        if level not in LEVELS or described.pop(scope, level) != level:
            raise PageChanged(f"{item.where}: last word {level!r}, expected {', '.join(LEVELS)}, as in the description")
        if "Northern Ireland" in text and not any("northern-ireland" in each for each in described):
            raise PageChanged(f"{item.where}: no level for Northern Ireland, expected 'The threat to … is LEVEL'")
        how = f"last word of the title {title!r}; description"
        return {"stated_threats": ((scope, level), *described.items()), "evidence": {"threat_levels": how}}
