"""Flood alerts and warnings in England."""

from __future__ import annotations

from parsers.families.flood_warnings import FloodWarnings


class EnvironmentAgencyFloods(FloodWarnings):
    """Flood alerts, flood warnings and severe flood warnings that the Environment Agency has in force in England."""

    slug = "environment-agency-floods"
    publisher = "environment-agency"
    rights = "Open Government Licence v3.0"
    basis = "modelled on published answers of the API, not yet verified against the live site"
    start = ("https://environment.data.gov.uk/flood-monitoring/id/floods",)
    every_minutes = 15
    """As often as the API's data change; one request for all of England, for it blocks who asks for hundreds."""
    listing = "current"
    expect = range(2_000)
