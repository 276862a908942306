"""News of Warwickshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class WarwickshirePolice(SingleOnlineHome):
    """News of Warwickshire Police."""

    slug = "warwickshire-police"
    publisher = "warwickshire-police"
    rights = "© Warwickshire Police"
    start = ("https://www.warwickshire.police.uk/news/warwickshire/news/",)
