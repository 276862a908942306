"""News of Merseyside Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class MerseysidePolice(SingleOnlineHome):
    """News of Merseyside Police."""

    slug = "merseyside-police"
    publisher = "merseyside-police"
    rights = "© Merseyside Police"
    start = ("https://www.merseyside.police.uk/news/merseyside/news/",)
