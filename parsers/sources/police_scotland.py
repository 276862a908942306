"""News of Police Scotland."""

from __future__ import annotations

import re

from parsers.families.article import Article


class PoliceScotland(Article):
    """News of Police Scotland, which prints its dates like `Published 4 March 2020`."""

    slug = "police-scotland"
    publisher = "police-scotland"
    rights = "© Police Service of Scotland"
    basis = "modelled on article texts, not yet verified against the live site"
    start = ("https://www.scotland.police.uk/what-s-happening/news/",)
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(r"^/what-s-happening/news/20[0-9]{2}/(?:[^/]+/)+[^/]+/?$")
    headed_path = re.compile(r"^/what-s-happening/news/(?:[^/]+/)*[^/]+/?$")
    label = "ublished"
    printed = re.compile(r"Published:? ([0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4})", re.IGNORECASE)
    printed_formats = ("%d %B %Y",)
