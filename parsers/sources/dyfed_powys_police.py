"""News of Dyfed-Powys Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class DyfedPowysPolice(SingleOnlineHome):
    """News of Dyfed-Powys Police."""

    slug = "dyfed-powys-police"
    publisher = "dyfed-powys-police"
    rights = "© Dyfed-Powys Police"
    start = ("https://www.dyfed-powys.police.uk/news/dyfed-powys/news/",)
