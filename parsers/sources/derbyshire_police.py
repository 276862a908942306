"""News of Derbyshire Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class DerbyshirePolice(SingleOnlineHome):
    """News of Derbyshire Police."""

    slug = "derbyshire-police"
    publisher = "derbyshire-police"
    rights = "© Derbyshire Police"
    start = ("https://www.derbyshire.police.uk/news/derbyshire/news/",)
