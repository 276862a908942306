"""CSSC messages on the page of the British Security Industry Association."""

from __future__ import annotations

import re

from parsers.families.dated_page import DatedPage
from parsers.regions import CSSC_REGIONS


class BsiaCssc(DatedPage):
    """CSSC messages that the British Security Industry Association cascades to its members."""

    slug = "bsia-cssc"
    publisher = "bsia"
    rights = "© British Security Industry Association"
    basis = "words verified against the page of April 2017; markup modelled"
    start = ("https://www.bsia.co.uk/about-us/partnerships/cssc-london.aspx",)
    every_minutes = 15
    listing = "window"
    region = "#main"
    expect = range(5, 60)
    ended = "page removed"
    succeeded_by = "cssc"
    series, noun, levels = "CSSC", "Message", ("green", "amber", "red")
    scopes = CSSC_REGIONS
    date_formats = ("%d/%m/%Y", "%d/%m/%y")
    document_path = re.compile(r"/LinkClick\.aspx\?(?:[^#]*&)?fileticket=", re.IGNORECASE)
    """DNN, the publisher's platform, hands out its documents there."""
