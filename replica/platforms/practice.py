"""Sites that no source reads: for those who practise adding one."""

from __future__ import annotations

from html import escape

from replica.answers import Answer, Visit
from replica.bulletins import planned
from replica.platforms.own_press import Habits, OwnPressSite
from replica.platforms.site import HTML, made
from replica.platforms.wordpress import WordPressSite

HOME = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="UTF-8"><title>{name}</title>
<meta name="generator" content="WordPress 6.8">
<link rel="https://api.w.org/" href="https://{host}/wp-json/">
<link rel="alternate" type="application/rss+xml" title="{name} &raquo; Feed" href="https://{host}/feed/">
<link rel="stylesheet" href="https://{host}/wp-content/themes/plain/style.css"></head>
<body><header><a href="/">{name}</a></header><main><h1>{name}</h1><p>Invented by the replica.</p></main></body></html>
"""
FORUM, PARTNERSHIP = "www.felpershamforum.example", "www.borsetshireprepared.example"
UPDATE = "/updates/{issued:%Y}/{month}/{slug}/"
STATED = (
    '<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", '
    f'"url": "https://{FORUM}{UPDATE}", '
    '"datePublished": "{issued_iso}", "dateModified": "{changed_iso}"}}</script>'
)


class WordPressWithHome(WordPressSite):
    """A WordPress site that is met by its home page."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path == "/":
            return made(HTML, HOME.format(name=escape(self.name), host=self.host), self.supply.changed_at(step))
        return super().page(visit, step)


def practice_sites() -> tuple[OwnPressSite, WordPressWithHome]:
    """A forum with a site of its own, and a partnership on WordPress; their hosts are nobody's (RFC 2606)."""
    habits = Habits(UPDATE, "/files/{slug}.pdf", head=STATED)
    return (
        OwnPressSite(FORUM, "Felpersham Resilience Forum", "/updates/", habits, planned(FORUM, "security", shift=11)),
        WordPressWithHome(PARTNERSHIP, "Borsetshire Prepared", planned(PARTNERSHIP, "desk", shift=12)),
    )
