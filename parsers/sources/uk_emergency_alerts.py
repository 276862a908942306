"""Emergency alerts that the UK sends to mobile phones, operator tests included."""

from __future__ import annotations

import re

from parsers.families.cap import CapFeed


class UkEmergencyAlerts(CapFeed):
    """GOV.UK Emergency Alerts: what was sent to the phones of an area, and when sending stopped."""

    slug = "uk-emergency-alerts"
    publisher = "cabinet-office"
    rights = "Open Government Licence v3.0"
    basis = "modelled on the publisher's own feed generator (July 2026), not yet verified against the live site"
    start = ("https://www.gov.uk/alerts/feed.atom",)
    every_minutes = 15
    listing = "window"
    expect = range(1, 200)
    words_of_entries = True
    """The generator writes an entry for each alert with its whole text and a link to its page; it names no CAP file."""
    says_ended = re.compile(r"\bStopped: [^\[\]]{1,80}\[([0-9-]{10} [0-9:]{5} (?:GMT|BST))\]")
    says_area = re.compile(r"^Alert area: (.{1,500}?)\. Sent: ")
    ended_formats = ("%Y-%m-%d %H:%M %z",)
