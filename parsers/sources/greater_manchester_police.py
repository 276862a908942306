"""News of Greater Manchester Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class GreaterManchesterPolice(SingleOnlineHome):
    """News of Greater Manchester Police."""

    slug = "greater-manchester-police"
    publisher = "greater-manchester-police"
    rights = "© Greater Manchester Police"
    start = ("https://www.gmp.police.uk/news/greater-manchester/news/",)
