"""News pages of our own making with known title, date and text: sixteen kinds of site, each with several stories."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

PLACES = "Ambridge Borchester Felpersham Penny Hassett Edgeley Darrington Loxley Waterley Layton Cross".split()
SUBJECTS = (
    "Officers from the neighbourhood team|Detectives|The force control room|A spokesperson for the council|"
    "Passengers at the station|Two members of the public|Fire crews|Staff at the venue|The investigating officer|"
    "Residents of the street|Stewards at the event|A man in his thirties|The serious collision unit"
).split("|")
VERBS = (
    "were called to reports of|have asked anyone who saw|are continuing to investigate|confirmed that they had attended|"
    "have released images after|remained at the scene of|would like to hear from witnesses to|have closed roads near|"
    "received several calls about|reminded drivers to keep clear of"
).split("|")
OBJECTS = (
    "a collision between a van and a cyclist|an unattended bag outside the library|a disturbance in the town centre|"
    "a burglary at a farm shop|a fire in a derelict warehouse|the theft of lead from a church roof|"
    "a number of suspicious text messages|a march that is planned for the weekend|damage to railway equipment"
).split("|")
ENDINGS = (
    "shortly before 10pm on Saturday|during the early hours of this morning|and no one was hurt|, which is not believed "
    "to be linked to other incidents|and enquiries are at an early stage|, and cordons remain in place while the area is "
    "made safe|after a call at 4.15pm|and a 41-year-old has since been released under investigation"
).split("|")
NOISE = (
    "We use cookies to make this site work and to understand how it is used. You can change your choice at any time.",
    "Sign up to our weekly newsletter and get the latest stories from your area straight to your inbox every Friday.",
    "Our local teams hold a surgery in the market hall each month, and everyone is welcome to come and ask questions.",
    "Thank you so much for this, my neighbour said the same thing last week and nobody listened to either of us!",
    "This organisation is a registered body. Calls may be recorded for training and monitoring purposes at all times.",
)


@dataclass(frozen=True, slots=True)
class Story:
    """What a page tells: its title, its date (ISO), and its text as blocks of a kind with their words."""

    title: str
    date: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        return "\n".join(words for _, block in self.blocks for words in block)

    def html(self, p: str = "p", each: Callable[[str], str] = str) -> str:
        """The blocks as HTML, with paragraphs in `p` elements, each block wrapped by `each`."""
        return "\n".join(each(_block(kind, words, p)) for kind, words in self.blocks)


def _block(kind: str, words: tuple[str, ...], p: str) -> str:
    said = [escape(each) for each in words]
    if kind == "list":
        return f"<ul>{''.join(f'<li>{each}</li>' for each in said)}</ul>"
    if kind == "table":
        return f"<table>{''.join(f'<tr><th>{a}</th><td>{b}</td></tr>' for a, b in zip(said[::2], said[1::2], strict=True))}</table>"
    tag = {"heading": "h2", "quote": "blockquote"}.get(kind, p)
    return f"<{tag}>{said[0]}</{tag}>"


def sentence(dice: random.Random) -> str:
    """One sentence in the manner of a bulletin."""
    where = dice.choice(PLACES)
    said = f"{dice.choice(SUBJECTS)} {dice.choice(VERBS)} {dice.choice(OBJECTS)} in {where} {dice.choice(ENDINGS)}."
    return said.replace(" ,", ",")


def paragraph(dice: random.Random) -> str:
    return " ".join(sentence(dice) for _ in range(dice.randrange(1, 4)))


def story(dice: random.Random) -> Story:
    """A story of two to nine paragraphs, some with a heading, a list, a quotation, a table, a short last line."""
    blocks: list[tuple[str, tuple[str, ...]]] = [("p", (paragraph(dice),)) for _ in range(dice.randrange(2, 8))]
    extras: list[tuple[str, tuple[str, ...]]] = [
        ("heading", ("What happens next",)),
        ("list", tuple(sentence(dice)[: dice.randrange(30, 90)].rsplit(" ", 1)[0] for _ in range(4))),
        ("quote", (f"“{sentence(dice)}”",)),
        ("table", ("Road", "Closed until", "High Street", "6pm", "Station Approach", "further notice")),
    ]
    for extra in dice.sample(extras, dice.randrange(0, 4)):
        blocks.insert(dice.randrange(1, len(blocks) + 1), extra)
    if blocks[-1][0] == "heading":
        blocks.append(("p", (paragraph(dice),)))
    blocks.append(("p", ("Call 101 and quote 1234 of today.",)))
    subject, event = dice.choice(PLACES), dice.choice(OBJECTS).removeprefix("a ").removeprefix("an ")
    date = f"20{dice.randrange(15, 26)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    return Story(f"{dice.choice(('Appeal', 'Update', 'Warning'))}: {event} in {subject}", date, tuple(blocks))


@dataclass(frozen=True, slots=True)
class Site:
    """Around a story: what a site says beside it."""

    dice: random.Random

    def links(self, count: int, words: int = 6) -> str:
        said = [" ".join(sentence(self.dice).split()[:words]) for _ in range(count)]
        return "".join(f'<li><a href="/n/{place}">{escape(each)}</a></li>' for place, each in enumerate(said))

    def cards(self, count: int, css: str = "card") -> str:
        card = '<div class="{}"><h3><a href="/c/{}">{}</a></h3><p>{}</p><time datetime="2011-01-01">1 January 2011</time></div>'
        return "".join(
            card.format(css, place, " ".join(sentence(self.dice).split()[:7]), sentence(self.dice))
            for place in range(count)
        )

    def noise(self) -> str:
        return self.dice.choice(NOISE)

    def comments(self, count: int, css: str = "comment") -> str:
        return "".join(f'<div class="{css}"><b>user{place}</b><p>{NOISE[3]}</p></div>' for place in range(count))


def page(head: str, body: str, title: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def _meta(**said: str) -> str:
    return "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{escape(words)}">' for name, words in said.items()
    )


def _linked(node: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **node})}</script>'


NAV = '<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/contact">Contact us</a></li></ul></nav>'
FOOT = f'<footer><p>{NOISE[4]}</p><ul><li><a href="/privacy">Privacy</a></li></ul><p>© 2024 Borchester Gazette</p></footer>'


def wordpress(it: Story, site: Site) -> str:
    graph = [
        {
            "@type": "Article",
            "@id": "https://news.example/story#article",
            "headline": it.title,
            "datePublished": f"{it.date}T09:30:00+00:00",
        },
        {"@type": "WebPage", "url": "https://news.example/story", "name": f"{it.title} - Gazette"},
        {
            "@type": "NewsArticle",
            "headline": "Another story of another day",
            "url": "/other",
            "datePublished": "2010-01-01",
        },
    ]
    body = (
        f'{NAV}<div id="page"><main id="main"><article class="post type-post tag-local"><header class="entry-header"><h1 class="entry-title">'
        f"{escape(it.title)}</h1><div class='entry-meta'>Posted on <time datetime='{it.date}'>{it.date}</time> by <a href='/a'>Desk</a></div>"
        f'</header><div class="entry-content">{it.html()}<div class="sharedaddy sd-sharing"><h3>Share this:</h3><ul>{site.links(4, 2)}</ul></div>'
        f'<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3>{site.cards(3)}</div></div><footer class="entry-footer">Tagged '
        f'<a href="/t">crime</a></footer></article><div id="comments" class="comments-area"><h2>5 thoughts</h2>{site.comments(5)}</div></main>'
        f'<aside class="widget-area">{site.cards(3, "widget")}</aside></div>{FOOT}'
    )
    return page(_linked({"@graph": graph}), body, f"{it.title} - Gazette")


def force(it: Story, site: Site) -> str:
    year, month, day = it.date.split("-")
    body = (
        f'<div class="cookie-banner"><p>{NOISE[0]}</p><button>Accept</button></div>{NAV}<main id="main-content"><div class="c-article"><h1>'
        f'{escape(it.title)}</h1><p class="c-meta">Published: 15:53 {day}/{month}/{year}</p><div class="c-share"><span>Share</span><a href="#f">Facebook'
        f'</a></div><div class="c-rich-text">{it.html()}</div></div><section class="c-listing"><h2>Other news</h2>{site.cards(4, "c-card")}</section>'
        f"</main>{FOOT}"
    )
    return page(
        _meta(og_title=it.title, og_type="website", og_locale="en_GB"), body, f"{it.title} | Borsetshire Police"
    )


def pressroom(it: Story, site: Site) -> str:
    body = (
        f'<header class="site-header">{NAV}</header><div class="pressroom"><div class="panel"><div class="panel__heading"><span class="type">News</span> • '
        f'<span class="date">{it.date}</span></div><h1>{escape(it.title)}</h1><div class="panel__text">{it.html()}</div><h2>Topics</h2><ul class="tags">'
        f'{site.links(3, 1)}</ul><div class="boilerplate"><hr></div></div><div class="related-items"><h2>Related content</h2>{site.cards(3, "item")}</div></div>{FOOT}'
    )
    return page(
        _meta(og_title=it.title, og_type="article", article_published_time=f"{it.date}T06:00:00Z"), body, it.title
    )


def drupal(it: Story, site: Site) -> str:
    body = (
        f'{NAV}<div class="region region-content"><article class="node node--type-news"><h1><span class="field field--name-title">{escape(it.title)}</span></h1>'
        f'<div class="field field--name-created"><time datetime="{it.date}T12:00:00Z">{it.date}</time></div><div class="field field--name-body"><div class="field__item">'
        f'{it.html()}</div></div><div class="field field--name-field-tags"><div class="field__label">Tags</div><ul>{site.links(3, 1)}</ul></div></article>'
        f'</div><div class="region region-sidebar-second"><h2>Latest news</h2>{site.cards(4, "views-row")}</div>{FOOT}'
    )
    return page('<meta name="dcterms.title" content="' + escape(it.title) + '">', body, f"{it.title} | Council")


def government(it: Story, site: Site) -> str:
    body = (
        f'<div class="gem-c-cookie-banner" role="region"><p>{NOISE[0]}</p></div>{NAV}<div class="govuk-width-container"><main class="govuk-main-wrapper" role="main">'
        f'<span class="caption">Press release</span><h1>{escape(it.title)}</h1><dl class="gem-c-metadata"><dt>Published</dt><dd>{it.date}</dd></dl>'
        f'<div class="govuk-grid-row"><div class="two-thirds"><div class="gem-c-govspeak govspeak">{it.html()}</div></div><div class="one-third"><h2>Related content'
        f'</h2><ul>{site.links(5)}</ul></div></div></main><div class="gem-c-feedback"><h2>Is this page useful?</h2><p>{NOISE[2]}</p></div></div>{FOOT}'
    )
    return page(
        _linked(
            {
                "@type": "NewsArticle",
                "headline": it.title,
                "datePublished": f"{it.date}T10:00:00.000+01:00",
                "mainEntityOfPage": {"@id": "/story"},
            }
        ),
        body,
        it.title,
    )


def tables(it: Story, site: Site) -> str:
    text = "<br><br>".join(escape(words) for _, block in it.blocks for words in block)
    body = (
        f'<table width="760"><tr><td colspan="3"><img src="logo.gif"></td></tr><tr><td width="120"><font size="1"><a href="/1">Home</a><br><a href="/2">Contact'
        f'</a><br><a href="/3">Archive</a></font></td><td><font face="Arial"><b>{escape(it.title)}</b></font><br><font size="1">{it.date}</font><br><br>{text}</td>'
        f'<td width="160"><font size="1">{escape(site.noise())}</font></td></tr><tr><td colspan="3"><font size="1">{NOISE[4]}</font></td></tr></table>'
    )
    return page("", body, it.title)


def aspnet(it: Story, site: Site) -> str:
    body = (
        f'<form id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="{"x" * 500}"><div id="ctl00_Menu"><ul>{site.links(8, 2)}</ul></div><div id="ctl00_Main">'
        f'<div id="ctl00_Main_ctl01"><h1>{escape(it.title)}</h1><span id="ctl00_date">{it.date}</span><div id="ctl00_Main_Text">{it.html("div")}</div></div><div id="ctl00_Main_ctl07">'
        f'<h2>More news</h2><ul>{site.links(6)}</ul></div></div><div id="ctl00_Foot"><p>{NOISE[4]}</p></div></form>'
    )
    return page(f'<meta name="DC.date.issued" content="{it.date}">', body, it.title)


def components(it: Story, site: Site) -> str:
    text = it.html(
        each=lambda block: f'<div data-component="text" class="ssrcss-x1"><div class="e5t">{block}</div></div>'
    )
    body = (
        f'<div id="root">{NAV}<div class="sc-a1"><article class="sc-b2"><header><h1>{escape(it.title)}</h1><time datetime="{it.date}T18:00:00.000Z">3 hours ago</time>'
        f'</header><figure><img src="a.jpg"><figcaption></figcaption></figure>{text}<section class="sc-c9"><h2>Related stories</h2><ul>{site.links(4, 9)}</ul></section></article><div class="sc-d4"><h2>'
        f"Most read</h2><ol>{site.links(10, 8)}</ol></div></div></div>{FOOT}"
    )
    return page(_meta(og_title=it.title), body, f"{it.title} – The Gazette")


def builder(it: Story, site: Site) -> str:
    half = max(1, len(it.blocks) // 2)
    parts = [Story("", "", it.blocks[:half]), Story("", "", it.blocks[half:])]
    text = "".join(
        f'<div class="elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container">{part.html()}</div></div>'
        for part in parts
    )
    body = (
        f'<div class="elementor elementor-location-header">{NAV}</div><div class="elementor elementor-location-single"><section class="elementor-section"><div class="elementor-widget">'
        f'<h1 class="elementor-heading-title">{escape(it.title)}</h1></div>{text}<div class="elementor-widget elementor-share-buttons"><a href="#s">Share on X</a></div></section></div>'
        f'<div class="elementor elementor-location-footer"><p>{NOISE[4]}</p></div>'
    )
    return page(
        _meta(
            og_title=f"{it.title} - Gazette", og_site_name="Gazette", article_published_time=f"{it.date}T08:00:00+00:00"
        ),
        body,
        f"{it.title} - Gazette",
    )


def columns(it: Story, site: Site) -> str:
    body = (
        f'{NAV}<div class="container"><ol class="breadcrumb"><li><a href="/">Home</a></li></ol><div class="row"><div class="col-md-8"><h1>{escape(it.title)}</h1><p class="text-muted">'
        f'{it.date}</p>{it.html()}<hr><p><a href="/news">Back to all news</a></p></div><div class="col-md-4"><div class="well"><h4>Our surgeries</h4><p>{NOISE[2]}</p></div><div class="well"><p>'
        f"{NOISE[1]}</p></div></div></div></div>{FOOT}"
    )
    return page(f'<meta name="pubdate" content="{it.date}">', body, it.title)


def microdata(it: Story, site: Site) -> str:
    body = (
        f'{NAV}<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(it.title)}</h1><meta itemprop="datePublished" content="{it.date}T07:00:00Z"><div class="ad-slot">'
        f'Advertisement</div><div itemprop="articleBody">{it.html()}<div class="inline-promo"><p>READ MORE: {escape(sentence(site.dice))}</p></div></div></div><div class="comments">{site.comments(8)}</div>{FOOT}'
    )
    return page("", body, f"{it.title} | Gazette")


def discussion(it: Story, site: Site) -> str:
    body = (
        f'<div class="gdpr"><p>{NOISE[0]}</p></div>{NAV}<div class="content"><div class="story"><h1>{escape(it.title)}</h1><div class="standfirst-time"><time datetime="{it.date}">{it.date}</time></div>'
        f'<div class="copy">{it.html()}</div></div><div class="discussion-thread"><h3>12 comments</h3>{site.comments(12, "post-reply")}</div></div>{FOOT}'
    )
    return page(_meta(og_title=it.title), body, it.title)


def scripted(it: Story, site: Site) -> str:
    node: dict[str, object] = {
        "@type": ["NewsArticle"],
        "headline": it.title,
        "datePublished": it.date,
        "articleBody": it.text,
        "url": "https://news.example/story",
    }
    body = f'{NAV}<div id="app"><p>Loading the story, please wait a moment while it arrives.</p></div>{FOOT}'
    return page(_linked(node), body, it.title)


def teasers(it: Story, site: Site) -> str:
    body = (
        f'{NAV}<main><section class="hero"><h1>{escape(it.title)}</h1><p class="when">{it.date}</p></section><section class="copy">{it.html()}</section><section class="grid"><h2>You may also like</h2>'
        f'{site.cards(6, "grid__cell")}</section><section class="band"><h2>Newsletter</h2><p>{NOISE[1]}</p></section></main>{FOOT}'
    )
    return page(_meta(og_title=it.title, article_published_time=it.date), body, it.title)


def lead(it: Story, site: Site) -> str:
    first, rest = Story("", "", it.blocks[:1]), Story("", "", it.blocks[1:])
    body = (
        f'{NAV}<div class="page-wrap has-sidebar"><div class="main-col"><h1>{escape(it.title)}</h1><div class="meta-line">By <a href="/u">Newsdesk</a> | {it.date}</div><p class="lead">{first.html("span")}</p>'
        f'<div class="social-share"><ul>{site.links(3, 1)}</ul></div><div class="body-copy">{rest.html()}</div><div class="tags-list"><a href="/t/1">Crime</a> <a href="/t/2">Local</a></div></div>'
        f'<div class="side-col">{site.cards(3, "side-card")}</div></div>{FOOT}'
    )
    return page(
        _linked({"@type": "NewsArticle", "headline": it.title, "datePublished": f"{it.date}T05:00:00Z"}), body, it.title
    )


def typed(it: Story, site: Site) -> str:
    text = "\n\n".join(escape(words) for _, block in it.blocks for words in block)
    body = f'<div class="top"><a href="/">Home</a> | <a href="/notices">Notices</a></div><h1>{escape(it.title)}</h1><time datetime="{it.date}">{it.date}</time><pre>{text}</pre><div class="bottom"><p>{NOISE[4]}</p></div>'
    return page("", body, it.title)


KINDS: tuple[Callable[[Story, Site], str], ...] = (
    wordpress,
    force,
    pressroom,
    drupal,
    government,
    tables,
    aspnet,
    components,
    builder,
    columns,
    microdata,
    discussion,
    scripted,
    teasers,
    lead,
    typed,
)


def pages(stories: int = 4, seed: int = 7) -> Iterator[tuple[str, Story, str]]:
    """Kind, story and page: `stories` of each kind, the same for the same seed."""
    for kind in KINDS:
        for number in range(stories):
            dice = random.Random(f"{seed} {kind.__name__} {number}")
            told = story(dice)
            yield kind.__name__, told, kind(told, Site(dice))
