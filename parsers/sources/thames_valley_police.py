"""News of Thames Valley Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class ThamesValleyPolice(SingleOnlineHome):
    """News of Thames Valley Police."""

    slug = "thames-valley-police"
    publisher = "thames-valley-police"
    rights = "© Thames Valley Police"
    start = ("https://www.thamesvalley.police.uk/news/thames-valley/news/",)
