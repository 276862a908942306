"""News of North Wales Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class NorthWalesPolice(SingleOnlineHome):
    """News of North Wales Police."""

    slug = "north-wales-police"
    publisher = "north-wales-police"
    rights = "© North Wales Police"
    start = ("https://www.northwales.police.uk/news/north-wales/news/",)
