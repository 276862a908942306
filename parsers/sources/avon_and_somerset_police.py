"""News of Avon and Somerset Police."""

from __future__ import annotations

import re

from parsers.families.article import Article


class AvonAndSomersetPolice(Article):
    """News of Avon and Somerset Police, which states `article:published_time`."""

    slug = "avon-and-somerset-police"
    publisher = "avon-and-somerset-police"
    rights = "© Avon and Somerset Police"
    basis = "modelled on article texts, not yet verified against the live site"
    start = ("https://www.avonandsomerset.police.uk/news/",)
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(r"^/news/20[0-9]{2}/(?:[^/]+/)+[^/]+/?$")
    headed_path = re.compile(r"^/news/(?:[^/]+/)*[^/]+/?$")
