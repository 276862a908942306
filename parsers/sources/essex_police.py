"""News of Essex Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class EssexPolice(SingleOnlineHome):
    """News of Essex Police."""

    slug = "essex-police"
    publisher = "essex-police"
    rights = "© Essex Police"
    start = ("https://www.essex.police.uk/news/essex/news/",)
