"""Disruptions on the lines of Transport for London."""

from __future__ import annotations

from parsers.families.tfl_status import TflStatus


class Tfl(TflStatus):
    """What is not a good service on the Underground, Overground, DLR and Elizabeth line, as TfL states it now."""

    slug = "tfl"
    publisher = "tfl"
    rights = "Powered by TfL Open Data; © Transport for London"
    basis = "modelled on published answers of the API, not yet verified against the live site"
    start = ("https://api.tfl.gov.uk/Line/Mode/tube,overground,dlr,elizabeth-line/Status",)
    every_minutes = 15
    listing = "current"
    expect = range(100)
