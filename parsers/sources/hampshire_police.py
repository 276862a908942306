"""News of Hampshire and Isle of Wight Constabulary."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class HampshirePolice(SingleOnlineHome):
    """News of Hampshire and Isle of Wight Constabulary."""

    slug = "hampshire-police"
    publisher = "hampshire-police"
    rights = "© Hampshire and Isle of Wight Constabulary"
    start = ("https://www.hampshire.police.uk/news/hampshire/news/",)
