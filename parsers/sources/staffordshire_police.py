"""News of Staffordshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class StaffordshirePolice(SingleOnlineHome):
    """News of Staffordshire Police."""

    slug = "staffordshire-police"
    publisher = "staffordshire-police"
    rights = "© Staffordshire Police"
    start = ("https://www.staffordshire.police.uk/news/staffordshire/news/",)
