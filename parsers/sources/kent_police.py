"""News of Kent Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class KentPolice(SingleOnlineHome):
    """News of Kent Police."""

    slug = "kent-police"
    publisher = "kent-police"
    rights = "© Kent Police"
    start = ("https://www.kent.police.uk/news/kent/news/",)
