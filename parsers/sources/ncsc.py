"""News, guidance, reports and alerts of the National Cyber Security Centre."""

from __future__ import annotations

from parsers.families.feed import Feed


class Ncsc(Feed):
    """The feed of all that the NCSC publishes, each item with its summary; the pages themselves need scripts."""

    slug = "ncsc"
    publisher = "ncsc"
    rights = "Open Government Licence v3.0"
    basis = "modelled, not yet verified against the live site; address and 20 items reported in 2026"
    start = ("https://www.ncsc.gov.uk/api/1/services/v1/all-rss-feed.xml",)
    every_minutes = 60
    listing = "window"
    expect = range(1, 201)
