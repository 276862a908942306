"""News of West Mercia Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class WestMerciaPolice(SingleOnlineHome):
    """News of West Mercia Police."""

    slug = "west-mercia-police"
    publisher = "west-mercia-police"
    rights = "© West Mercia Police"
    start = ("https://www.westmercia.police.uk/news/west-mercia/news/",)
