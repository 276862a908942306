"""News of South Wales Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class SouthWalesPolice(SingleOnlineHome):
    """News of South Wales Police."""

    slug = "south-wales-police"
    publisher = "south-wales-police"
    rights = "© South Wales Police"
    start = ("https://www.south-wales.police.uk/news/south-wales/news/",)
