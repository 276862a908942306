"""The National Protective Security Authority, the protective security arm of MI5."""

from __future__ import annotations

import re

from parsers.families.article import Article


class Npsa(Article):
    """News and advice of NPSA. Its pages print when they were last updated, which is not when they were issued."""

    slug = "npsa"
    publisher = "npsa"
    rights = "© Crown copyright"
    basis = (
        "modelled on words of archived pages (platform and listing not known), not yet verified against the live site"
    )
    start = ("https://www.npsa.gov.uk/news",)
    every_minutes = 120
    region = "main"
    expect = range(3, 60)
    article_path = re.compile(r"^/(?:news|blog|blogs)/[^/]+/?$")
    headed_path = re.compile(r"^/(?:[^/]+/){0,2}[^/-]+(?:-[^/-]+)+/?$")
    document_path = re.compile(r"^/system/files/documents/")
