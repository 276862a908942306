"""News of the Metropolitan Police."""

from __future__ import annotations

from parsers.families.mynewsdesk import Mynewsdesk


class MetPolice(Mynewsdesk):
    """Statements and news of the Metropolitan Police, edited in place for days; some disappear later."""

    slug = "met-police"
    publisher = "met-police"
    rights = "© Metropolitan Police Service"
    basis = "modelled on article texts and the feed's reported address, not yet verified against the live site"
    start = ("https://news.met.police.uk/rss/current_news/66871",)
