"""ProtectUK, the counter terrorism platform of the National Counter Terrorism Security Office."""

from __future__ import annotations

import re

from parsers.families.article import Article


class ProtectUk(Article):
    """News and views on protecting people and places; each says its `ProtectUK publication date`."""

    slug = "protectuk"
    publisher = "protectuk"
    rights = "© National Counter Terrorism Security Office"
    basis = (
        "modelled on addresses and words of archived pages (platform not known), not yet verified against the live site"
    )
    start = ("https://www.protectuk.police.uk/news",)
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(r"^/news-views/[^/]+/?$")
    label = "ProtectUK publication date"
    printed = re.compile(r"ProtectUK publication date:? ([0-9]{1,2}[ /][^ /]{1,9}[ /][0-9]{4})")
    printed_formats = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y")
