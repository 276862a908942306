"""News of Wiltshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class WiltshirePolice(SingleOnlineHome):
    """News of Wiltshire Police."""

    slug = "wiltshire-police"
    publisher = "wiltshire-police"
    rights = "© Wiltshire Police"
    start = ("https://www.wiltshire.police.uk/news/wiltshire/news/",)
