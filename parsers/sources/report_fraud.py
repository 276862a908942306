"""News and alerts of Report Fraud."""

from __future__ import annotations

import re

from parsers.families.article import Article


class ReportFraud(Article):
    """News and alerts of Report Fraud, which took over from Action Fraud on 4 December 2025."""

    slug = "report-fraud"
    publisher = "report-fraud"
    rights = "© City of London Police"
    basis = "modelled, not yet verified against the live site"
    start = ("https://www.reportfraud.police.uk/news/",)
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(r"^/(?:news|alerts?)/(?:[^/]+/){0,4}[^/-]+(?:-[^/-]+){2,}/?$")
    headed_path = re.compile(r"^/(?:news|alerts?)/(?:[^/]+/){0,4}[^/]+/?$")
    label = "0"
    printed = re.compile(
        r"(?:(?:Published|Posted)(?: on)?:? ?)?([0-9]{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8} 20[0-9]{2})", re.I
    )
    printed_formats = ("%d %B %Y", "%d %b %Y")
