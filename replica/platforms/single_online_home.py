"""Single Online Home, the platform of most police forces: dates printed, none for machines; news told on in place."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from replica.bulletins import LONDON, Edition, Supply
from replica.platforms.press import PressSite, title_now
from replica.platforms.site import as_html

DOTS = "<p>………………………………………………</p>"
TOP = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | {name}</title>
<meta property="og:title" content="{title}"><meta property="og:description" content="{summary}">
<meta property="og:type" content="website"><meta property="og:locale" content="en_GB"></head>
<body><header class="c-header"><a href="/">{name}</a><nav><ul><li><a href="/ro/report/">Report</a></li>
<li><a href="/a/advice/">Advice</a></li><li><a href="{start}">News</a></li></ul></nav></header>
<main id="main-content">
"""
BOTTOM = """</main>
<footer class="c-footer"><ul><li><a href="/hyg/terms-and-conditions/">Terms and conditions</a></li></ul>
<p>© {name}, as the replica invents it</p></footer></body></html>
"""
CARD = """<li class="c-news-list__item"><a href="{path}"><h3>{title}</h3><p>{summary}</p>
<span>Published: {printed}</span></a></li>"""
ARTICLE = """<article class="c-article"><h1>{title}</h1>
<p class="c-article__date"><strong>Published:</strong> {printed}</p>
<div class="c-share"><span>Share</span> <a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></div>
<div class="c-rich-text">{text}
<ul><li>Call 101 and quote reference {number} of {issued:%d/%m}.</li>
<li>Report <a href="/ro/report/ocr/af/how-to-report-a-crime/">online</a>.</li></ul></div>{downloads}</article>
<section class="c-related"><h2>Related news</h2><ul>{related}</ul></section>
"""
DOWNLOAD = '\n<div class="c-downloads"><h2>Downloads</h2><a href="{path}">{title} (PDF)</a></div>'
PAGER = '<div class="c-pagination"><a href="{older}" aria-label="Next page">Next</a></div>\n'


class SingleOnlineHomeSite(PressSite):
    """A force on the platform; `is_dated` puts year and month into the paths, as some forces do."""

    def __init__(self, host: str, area: str, name: str, supply: Supply, *, is_dated: bool = False) -> None:
        super().__init__(host, name, f"/news/{area}/news/", supply)
        self.area, self.is_dated = area, is_dated

    def path_of(self, edition: Edition) -> str:
        month = f"{_local(edition, '%Y/%B').lower()}/" if self.is_dated else ""
        return f"/news/{self.area}/news/news/{month}{edition.slug}/"

    def document_path_of(self, edition: Edition) -> str:
        return f"/SysSiteAssets/media/downloads/{self.area}/news/{edition.slug}.pdf"

    def listing(self, editions: Sequence[Edition], older: str) -> str:
        top = TOP.format(title="News", summary="Our news", name=escape(self.name), start=self.start)
        cards = "\n".join(map(self._card, editions))
        pager = PAGER.format(older=escape(older)) if older else ""
        return f'{top}<h1>News</h1>\n<ul class="c-news-list">\n{cards}\n</ul>\n{pager}{self._bottom}'

    def article(self, edition: Edition, others: Sequence[Edition]) -> str:
        title = escape(title_now(edition))
        top = TOP.format(title=title, summary=escape(edition.summary), name=escape(self.name), start=self.start)
        path = self.document_path_of(edition)
        body = ARTICLE.format(
            title=title,
            printed=_local(edition, "%H:%M %d/%m/%Y"),
            text=_told_on(edition),
            number=edition.number % 1000,
            issued=edition.issued,
            downloads=DOWNLOAD.format(path=path, title=title) if edition.bulletin.has_document else "",
            related="\n".join(map(self._card, others)),
        )
        return f"{top}{body}{self._bottom}"

    @property
    def _bottom(self) -> str:
        return BOTTOM.format(name=escape(self.name))

    def _card(self, edition: Edition) -> str:
        title, summary = escape(title_now(edition)), escape(edition.summary)
        printed = _local(edition, "%H:%M %d/%m/%Y")
        return CARD.format(path=self.path_of(edition), title=title, summary=summary, printed=printed)


def _told_on(edition: Edition) -> str:
    """The newest words above a dotted line, the earlier ones below it."""
    earlier = as_html(edition.paragraphs)
    return f"{as_html((edition.addition,))}\n{DOTS}\n{earlier}" if edition.addition else earlier


def _local(edition: Edition, form: str) -> str:
    return edition.issued.astimezone(LONDON).strftime(form)
