"""Messages on the site of Cross-sector Safety and Security Communications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parsers.families.wordpress import WordPress
from parsers.page import PageChanged
from parsers.regions import CSSC_REGIONS, region_of

LEVEL = r"(Green|Amber|Red) Message"
BEFORE = rf"(?:Updated?[:–-]? )?(?:CSSC )?(?:({'|'.join(CSSC_REGIONS)}) )?"
LABEL = re.compile(rf"{BEFORE}{LEVEL}(?: Update(?: \d)?)?(?: ?[-–—:] ?.+| RE .+)?", re.IGNORECASE)


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

    def titled(self, where: str, title: str) -> Mapping[str, Any]:
        found = LABEL.fullmatch(title)
        if not found and re.search(rf"\b{LEVEL}\b", title, re.IGNORECASE):
            raise PageChanged(f"{where}: title {title!r}, expected '[region] Level Message – …' or no label")
        if not found:
            return {}
        region, how = region_of(found[1] or ""), f"title {title[: found.end(2)]!r}"
        return {"level": found[2].lower(), "region": region, "evidence": {"level": how, "region": region and how}}
