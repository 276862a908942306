"""Single Online Home, the platform of most police forces' sites: a page of news, and an article for each bulletin."""

from __future__ import annotations

import re

from parsers.families.article import Article


class SingleOnlineHome(Article):
    """News of a police force on Single Online Home. A force is its slug, publisher, rights and start alone.

    The platform states title and description for machines but no date: that is printed, `Published: 15:53 30/03/2020`
    (UK local time). Articles stand under `/news/<area>/`, most with year and month in the path; titles and texts
    go on as they stand, with `Update:` before and earlier words below a dotted line.
    """

    basis = "modelled, not yet verified against the live site"
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(
        r"^/news/(?:[^/]+/)+20[0-9]{2}/(?:[^/]+/)+[^/]+/?$|^/news/(?:[^/]+/)+[^/-]+(?:-[^/-]+){3,}/?$"
    )
    headed_path = re.compile(r"^/news/(?:[^/]+/){2,}[^/]+/?$")
    document_path = re.compile(r"^/SysSiteAssets/media/downloads/", re.IGNORECASE)
    label = "ublished"
    printed = re.compile(
        r"Published(?:\son)?:?\s*([0-9].{5,40}?)(?:[\s|·•,-]*(?:Last\s)?(?:Updated|Modified)\b.*)?", re.IGNORECASE
    )
    printed_formats = ("%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d %B %Y", "%d %B %Y %H:%M")
