"""News of Norfolk Constabulary."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class NorfolkPolice(SingleOnlineHome):
    """News of Norfolk Constabulary, looked for on Single Online Home, which every force is committed to."""

    slug = "norfolk-police"
    publisher = "norfolk-police"
    rights = "© Norfolk Constabulary"
    start = ("https://www.norfolk.police.uk/news/norfolk/news/",)
