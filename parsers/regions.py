"""The eleven regions of Cross-sector Safety and Security Communications, London being the hub."""

from __future__ import annotations

CSSC_REGIONS = (
    *("Eastern", "South East", "South West", "Wales", "East Midlands", "West Midlands"),
    *("North East", "North West", "Scotland", "Northern Ireland", "London"),
)
_SPELLED = {region.casefold(): region for region in CSSC_REGIONS}


def region_of(words: str) -> str | None:
    """The region that these words name and nothing else, hyphens and capitals aside (`South-East`); else None."""
    return _SPELLED.get(" ".join(words.replace("-", " ").casefold().split()))
