"""Mynewsdesk pressrooms: an RSS feed of the latest items, and an article for each that prints GMT all year round."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as xml

from replica.answers import Answer, Visit, not_found
from replica.bulletins import LONDON, Edition, Supply
from replica.platforms.site import HTML, PlatformSite, as_html, document, made

RSS = "application/rss+xml; charset=utf-8"
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{name} – News</title><link>https://{host}</link><description>News</description>
{items}
</channel></rss>
"""
ITEM = """<item><title>{title}</title><link>{address}</link>
<guid isPermaLink="false">mynewsdesk-News-{number}</guid><pubDate>{date}</pubDate>
<description><![CDATA[<p>{summary}</p>]]></description></item>"""
ARTICLE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | {name}</title>
<meta property="og:title" content="{title}"><meta property="og:description" content="{summary}">
<meta property="og:type" content="article"><meta property="og:site_name" content="Mynewsdesk"></head>
<body><header class="site-header"><a href="/">{name}</a><nav><ul><li><a href="/news">News</a></li>
<li><a href="/contact_people">Contacts</a></li></ul></nav></header>
<div id="content"><div class="panel"><div class="panel__heading"><span class="type">News</span> • <span>{printed}</span>
</div><h1>{title}</h1>
<div class="panel__text">{text}</div>
<h2>Topics</h2><ul class="tags"><li><a href="/tag/crime">Crime</a></li></ul></div>{documents}
<footer><p>© {name}, as the replica invents it</p></footer></div></body></html>
"""
DOCUMENTS = '\n<div class="attachments"><h2>Documents</h2><a href="{path}">The statement as PDF</a></div>'


class MynewsdeskSite(PlatformSite):
    """A pressroom. An edit goes on above a dotted line, under a title that says `UPDATE: `."""

    size = 20

    def __init__(self, host: str, name: str, feed: str, supply: Supply) -> None:
        super().__init__(host)
        self.name, self.feed, self.supply = name, feed, supply

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path == self.feed:
            items = "\n".join(map(self._item, self.supply.shown(step, halved=visit.halved)[: self.size]))
            return made(RSS, FEED.format(name=self.name, host=self.host, items=items), self.supply.changed_at(step))
        edition = self._named_by(visit.path, step)
        if edition is None:
            return None
        if visit.path == _document_path(edition) and edition.bulletin.has_document:
            return document(edition.title, edition.paragraphs, edition.issued)
        if edition.is_withdrawn or visit.path != _path(edition):
            return not_found(visit.path)
        return made(HTML, self._article(edition), edition.changed)

    def _named_by(self, path: str, step: int) -> Edition | None:
        """The item whose number an address has: at its end, or before `/download` for a document."""
        number = path.removesuffix("/download").replace("/", "-").rpartition("-")[2]
        return self.supply.find(int(number), step) if number.isdecimal() and len(number) < 10 else None

    def _item(self, edition: Edition) -> str:
        return ITEM.format(
            title=xml(_title(edition)),
            address=f"https://{self.host}{_path(edition)}",
            number=edition.number,
            date=format_datetime(edition.issued.astimezone(LONDON)),
            summary=escape(edition.summary, quote=False),
        )

    def _article(self, edition: Edition) -> str:
        earlier = as_html(edition.paragraphs)
        text = f"<p>{escape(edition.addition)}</p><p>………………………</p>{earlier}" if edition.addition else earlier
        documents = DOCUMENTS.format(path=_document_path(edition)) if edition.bulletin.has_document else ""
        return ARTICLE.format(
            title=escape(_title(edition)),
            name=escape(self.name),
            summary=escape(edition.summary),
            printed=edition.issued.astimezone(LONDON).strftime("%b %d, %Y %H:%M GMT"),
            text=text,
            documents=documents,
        )


def _title(edition: Edition) -> str:
    return f"UPDATE: {edition.title}" if edition.is_edited else edition.title


def _path(edition: Edition) -> str:
    return f"/news/{edition.slug}-{edition.number}"


def _document_path(edition: Edition) -> str:
    return f"/material/document/{edition.number}/download"
