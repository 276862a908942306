"""News of Gloucestershire Constabulary."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class GloucestershirePolice(SingleOnlineHome):
    """News of Gloucestershire Constabulary."""

    slug = "gloucestershire-police"
    publisher = "gloucestershire-police"
    rights = "© Gloucestershire Constabulary"
    start = ("https://www.gloucestershire.police.uk/news/gloucestershire/news/",)
