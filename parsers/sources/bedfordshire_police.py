"""News of Bedfordshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class BedfordshirePolice(SingleOnlineHome):
    """News of Bedfordshire Police."""

    slug = "bedfordshire-police"
    publisher = "bedfordshire-police"
    rights = "© Bedfordshire Police"
    start = ("https://www.bedfordshire.police.uk/news/bedfordshire/news/",)
