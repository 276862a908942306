"""News of British Transport Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class BritishTransportPolice(SingleOnlineHome):
    """News of British Transport Police: many are titled `Update: …`, with the earlier words below a dotted line."""

    slug = "btp"
    publisher = "btp"
    rights = "© British Transport Police"
    start = ("https://www.btp.police.uk/news/btp/news/",)
    every_minutes = 15
