"""Single Online Home, the platform of most police forces' sites: a page of news, and an article for each bulletin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from archive.records import Link
from parsers.families.article import Article
from parsers.page import Page

DAYS = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d/%m/%y", "%A %d %B %Y", "%A, %d %B %Y", "%a %d %b %Y")
TIMES = ("%H:%M", "%I:%M%p", "%I.%M%p", "%I%p")


class SingleOnlineHome(Article):
    """News of a police force on Single Online Home. A force is its slug, publisher, rights and start alone.

    The platform states title and description for machines but no date: that is printed, `Published: 15:53 30/03/2020`
    (UK local time). Articles stand at least two levels under `/news/<area>/`, most with year and month in the path; one
    level under it are sections too, so that is one only with a headline, a date or a long name. What other links or the
    listing lie below is a section, and so is a year or a month. Titles and texts go on as they stand, with `Update:`
    before and earlier words below a dotted line.
    """

    basis = "modelled, not yet verified against the live site"
    every_minutes = 60
    region = "main"
    expect = range(3, 60)
    is_dated = True
    article_path = re.compile(
        r"^/news/(?:[^/]+/)+[^/-]+(?:-[^/-]+){3,}/?$|^/news/(?:[^/]+/){3,}(?!(?:20[0-9]{2}|january|february|march|april|"
        r"may|june|july|august|september|october|november|december)/?$)[^/]+/?$"
    )
    headed_path = re.compile(r"^/news/(?:[^/]+/){2,}[^/]+/?$")
    document_path = re.compile(r"^/SysSiteAssets/media/downloads/", re.IGNORECASE)
    label = "ublished"
    printed = re.compile(
        r"Published(?:\son)?:?\s*((?:[A-Z][a-z]{2,8},?\s)?[0-9].{5,40}?)"
        r"(?:[\s|·•,-]*(?:Last\s)?(?:Updated|Modified)\b.*)?",
        re.IGNORECASE,
    )
    printed_formats = (
        *DAYS,
        *(f"{time}{between}{day}" for day in DAYS for time in TIMES for between in (" ", ", ", " on ")),
        *(f"{day}{between}{time}" for day in DAYS for time in TIMES for between in (" ", ", ", " at ", " - ")),
    )

    def links(self, page: Page) -> Iterator[Link]:
        """What is listed, without the sections of the news: addresses that others, or the listing, lie below."""
        found = list(super().links(page))
        paths = [urlsplit(link.url).path.rstrip("/") for link in found if link.role == "detail"]
        above = {path[:place] for path in (*paths, urlsplit(page.url).path) for place in _slashes(path)}
        yield from (link for link in found if link.role != "detail" or urlsplit(link.url).path.rstrip("/") not in above)


def _slashes(path: str) -> Iterator[int]:
    return (place for place, character in enumerate(path) if character == "/" and place)
