"""Sites of news on platforms of their own: one layout, with each site's own way to state a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from replica.bulletins import LONDON, Edition, Supply
from replica.platforms.press import PressSite, title_now
from replica.platforms.site import as_html

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | {name}</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{name}">{head}</head>
<body><header><a href="/">{name}</a><nav><a href="/contact/">Contact us</a></nav></header>
<main><h1>{title}</h1>
{main}</main><footer><p>© {name}, as the replica invents it</p></footer></body></html>
"""
CARD = """<div class="card"><h2><a href="{path}">{title}</a></h2>{date}<p>{summary}</p>
<a href="{path}">Read more</a></div>"""
MORE = "<aside><h2>More news</h2><ul>{items}</ul></aside>\n"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a site writes addresses and dates: formats over `slug`, `month` (in lower case), `issued` and `changed`.

    `head` stands in an article's head, `dateline` below its heading, `card` in the listing's cards.
    """

    path: str
    document: str
    head: str = ""
    dateline: str = ""
    card: str = ""
    withdrawal: str = "404"

    def filled(self, form: str, edition: Edition) -> str:
        issued, changed = (moment.astimezone(LONDON) for moment in (edition.issued, edition.changed))
        return form.format(
            slug=edition.slug,
            month=f"{issued:%B}".lower(),
            issued=issued,
            changed=changed,
            issued_iso=_iso(issued),
            changed_iso=_iso(changed),
        )


class OwnPressSite(PressSite):
    """A site of news with habits of its own."""

    def __init__(self, host: str, name: str, start: str, habits: Habits, supply: Supply) -> None:
        super().__init__(host, name, start, supply)
        self.habits, self.withdrawal = habits, habits.withdrawal

    def path_of(self, edition: Edition) -> str:
        return self.habits.filled(self.habits.path, edition)

    def document_path_of(self, edition: Edition) -> str:
        return self.habits.filled(self.habits.document, edition)

    def listing(self, editions: Sequence[Edition], older: str) -> str:
        pager = f'<nav class="pager"><a rel="next" href="{escape(older)}">Older</a></nav>' if older else ""
        main = "\n".join(map(self._card, editions)) + f"\n{pager}"
        return PAGE.format(title="News", name=escape(self.name), head="", main=main)

    def article(self, edition: Edition, others: Sequence[Edition]) -> str:
        paragraphs = [*edition.paragraphs, edition.addition] if edition.addition else edition.paragraphs
        leaflet = f'<p>See <a href="/advice/">our advice</a>{self._leaflet(edition)}.</p>'
        items = "".join(f'<li><a href="{self.path_of(each)}">{escape(title_now(each))}</a></li>' for each in others)
        dateline = self.habits.filled(self.habits.dateline, edition)
        text = f'<div class="content">{as_html(paragraphs)}\n{leaflet}</div>'
        return PAGE.format(
            title=escape(title_now(edition)),
            name=escape(self.name),
            head=self.habits.filled(self.habits.head, edition),
            main=f"{dateline}\n{text}\n{MORE.format(items=items)}",
        )

    def _leaflet(self, edition: Edition) -> str:
        if not edition.bulletin.has_document:
            return ""
        return f' and the <a href="{self.document_path_of(edition)}">leaflet</a>'

    def _card(self, edition: Edition) -> str:
        date = self.habits.filled(self.habits.card, edition)
        title, summary = escape(title_now(edition)), escape(edition.summary)
        return CARD.format(path=self.path_of(edition), title=title, summary=summary, date=date)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
