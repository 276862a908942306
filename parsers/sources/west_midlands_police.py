"""News of West Midlands Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class WestMidlandsPolice(SingleOnlineHome):
    """News of West Midlands Police."""

    slug = "west-midlands-police"
    publisher = "west-midlands-police"
    rights = "© West Midlands Police"
    start = ("https://www.westmidlands.police.uk/news/west-midlands/news/",)
