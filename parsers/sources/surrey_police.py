"""News of Surrey Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class SurreyPolice(SingleOnlineHome):
    """News of Surrey Police."""

    slug = "surrey-police"
    publisher = "surrey-police"
    rights = "© Surrey Police"
    start = ("https://www.surrey.police.uk/news/surrey/news/",)
