"""News of North Yorkshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class NorthYorkshirePolice(SingleOnlineHome):
    """News of North Yorkshire Police."""

    slug = "north-yorkshire-police"
    publisher = "north-yorkshire-police"
    rights = "© North Yorkshire Police"
    start = ("https://www.northyorkshire.police.uk/news/north-yorkshire/news/",)
