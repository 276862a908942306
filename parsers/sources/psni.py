"""News of the Police Service of Northern Ireland."""

from __future__ import annotations

import re

from parsers.families.article import Article


class Psni(Article):
    """News of the Police Service of Northern Ireland, which prints its dates like `30 November 2017`."""

    slug = "psni"
    publisher = "psni"
    rights = "© Police Service of Northern Ireland"
    basis = "modelled on article texts, not yet verified against the live site"
    start = ("https://www.psni.police.uk/latest-news",)
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(r"^/(?:latest-)?news/(?:[^/]+/)*[^/-]+(?:-[^/-]+){2,}/?$")
    headed_path = re.compile(r"^/(?:latest-)?news/(?:[^/]+/)*[^/]+/?$")
    label = "0"
    printed = re.compile(
        r"(?:(?:Published|Posted|Date)(?: on)?:? ?)?([0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4})", re.IGNORECASE
    )
    printed_formats = ("%d %B %Y",)
