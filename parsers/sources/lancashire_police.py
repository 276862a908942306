"""News of Lancashire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class LancashirePolice(SingleOnlineHome):
    """News of Lancashire Police."""

    slug = "lancashire-police"
    publisher = "lancashire-police"
    rights = "© Lancashire Police"
    start = ("https://www.lancashire.police.uk/news/lancashire/news/",)
