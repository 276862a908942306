"""Travel advice of the Foreign, Commonwealth and Development Office, country by country."""

from __future__ import annotations

from parsers.families.govuk_travel import TravelAdvice


class FcdoTravelAdvice(TravelAdvice):
    """Advice for British people abroad: alert status, warnings and maps, country by country."""

    slug = "fcdo-travel-advice"
    publisher = "fcdo"
    start = ("https://www.gov.uk/api/content/foreign-travel-advice",)
    every_minutes = 15
    listing = "complete"
    expect = range(200, 300)
