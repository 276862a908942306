"""News of Northamptonshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class NorthamptonshirePolice(SingleOnlineHome):
    """News of Northamptonshire Police."""

    slug = "northamptonshire-police"
    publisher = "northamptonshire-police"
    rights = "© Northamptonshire Police"
    start = ("https://www.northants.police.uk/news/northants/news/",)
