"""News of Suffolk Constabulary."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class SuffolkPolice(SingleOnlineHome):
    """News of Suffolk Constabulary, looked for on Single Online Home, which every force is committed to."""

    slug = "suffolk-police"
    publisher = "suffolk-police"
    rights = "© Suffolk Constabulary"
    start = ("https://www.suffolk.police.uk/news/suffolk/news/",)
