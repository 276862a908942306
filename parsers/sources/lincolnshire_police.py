"""News of Lincolnshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class LincolnshirePolice(SingleOnlineHome):
    """News of Lincolnshire Police."""

    slug = "lincolnshire-police"
    publisher = "lincolnshire-police"
    rights = "© Lincolnshire Police"
    start = ("https://www.lincs.police.uk/news/lincolnshire/news/",)
