"""News of City of London Police."""

from __future__ import annotations

from parsers.families.single_online_home import SingleOnlineHome


class CityOfLondonPolice(SingleOnlineHome):
    """News of the City of London Police, its fraud and economic crime bureaux among them."""

    slug = "city-of-london-police"
    publisher = "city-of-london-police"
    rights = "© City of London Police"
    start = ("https://www.cityoflondon.police.uk/news/city-of-london/news/",)
    every_minutes = 15
