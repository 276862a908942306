"""News of Cleveland Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class ClevelandPolice(SingleOnlineHome):
    """News of Cleveland Police."""

    slug = "cleveland-police"
    publisher = "cleveland-police"
    rights = "© Cleveland Police"
    start = ("https://www.cleveland.police.uk/news/cleveland/news/",)
