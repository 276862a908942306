"""News of Cheshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class CheshirePolice(SingleOnlineHome):
    """News of Cheshire Police."""

    slug = "cheshire-police"
    publisher = "cheshire-police"
    rights = "© Cheshire Police"
    start = ("https://www.cheshire.police.uk/news/cheshire/news/",)
