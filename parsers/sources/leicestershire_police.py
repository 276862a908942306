"""News of Leicestershire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class LeicestershirePolice(SingleOnlineHome):
    """News of Leicestershire Police."""

    slug = "leicestershire-police"
    publisher = "leicestershire-police"
    rights = "© Leicestershire Police"
    start = ("https://www.leics.police.uk/news/leicestershire/news/",)
