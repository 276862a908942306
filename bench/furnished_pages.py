"""Pages enlarged to the sizes that publishers serve: running text, and what a template puts around it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from html import escape

from bench.article_pages import paragraph, sentence

Change = Callable[[str, random.Random], str]


def words(dice: random.Random, count: int) -> str:
    return escape(" ".join(sentence(dice).split()[:count]))


def running_text(dice: random.Random, paragraphs: int) -> str:
    """A bulletin's text as editors of publishers write it: paragraphs, links, emphasis, a heading, a list."""
    said = [f"<p>{escape(paragraph(dice))}</p>" for _ in range(paragraphs)]
    link = f'<a href="/about/{dice.randrange(10**6)}">our advice</a>'
    said[0] = said[0].replace("</p>", f" <strong>Read</strong> {link}.</p>")
    items = "".join(f"<li>{escape(sentence(dice))}</li>" for _ in range(4))
    said.insert(len(said) // 2, f"<h2>What happens next</h2>\n<ul>{items}</ul>")
    return "\n".join(said)


def furnished(page: str, dice: random.Random) -> str:
    """The page in a template of 1,700 elements: styles, scripts, a menu, cards of other stories, a footer."""
    rules = "".join(f".c-menu__item--{number}{{display:block;margin:{number}px}}" for number in range(500))
    state = json.dumps({f"key{number}": sentence(dice) for number in range(250)})
    page = _before(r"</head>|<body", page, f"<style>{rules}</style><script>window.state = {state};</script>")
    page = re.sub(r"<body[^>]*>", lambda body: body[0] + _menu(dice), page, count=1, flags=re.IGNORECASE)
    return _before(r"</body>", page, _cards(dice) + _footer(dice))


def _before(place: str, page: str, markup: str) -> str:
    return re.sub(f"(?={place})", lambda _: markup, page, count=1, flags=re.IGNORECASE)


def _menu(dice: random.Random) -> str:
    link = '<li class="c-menu__item c-menu__item--sub"><a class="c-menu__link" href="/s/{}/{}"><span>{}</span></a></li>'
    section = (
        '<li class="c-menu__item"><a class="c-menu__link" href="/s/{0}">{0}</a><ul class="c-menu__sub">{1}</ul></li>'
    )
    subs = ("".join(link.format(top, sub, words(dice, 3)) for sub in range(16)) for top in range(20))
    sections = "".join(section.format(top, links) for top, links in enumerate(subs))
    return f'<nav class="c-menu" aria-label="Main"><ul>{sections}</ul></nav>'


def _cards(dice: random.Random) -> str:
    card = (
        '<li class="o-card"><a href="/c/{0}"><picture><source srcset="/i/{0}-1.webp 1x, /i/{0}-2.webp 2x"><img '
        'src="/i/{0}.jpg" alt="" loading="lazy"></picture><h3>{1}</h3><p>{2}</p><span>4 May 2011</span></a></li>'
    )
    cards = "".join(card.format(place, words(dice, 8), escape(sentence(dice))) for place in range(60))
    return f'<aside class="c-related"><h2>Related news</h2><ul>{cards}</ul></aside>'


def _footer(dice: random.Random) -> str:
    rows = ("".join(f'<li><a href="/w/{way}/{row}">{words(dice, 4)}</a></li>' for row in range(14)) for way in range(6))
    ways = "".join(f'<div class="c-ways"><h2>Ways</h2><ul>{links}</ul></div>' for links in rows)
    return f"<footer>{ways}</footer>"


def lengthened(opening: str) -> Change:
    """Puts running text behind the tag that opens an article's text."""
    return lambda page, dice: page.replace(opening, opening + running_text(dice, 14), 1)


def multiplied(item: str, count: int, changed: Callable[[str, int, random.Random], str]) -> Change:
    """Puts `count` changed copies of the first item (a pattern) in the place of all items."""

    def change(page: str, dice: random.Random) -> str:
        found = list(re.finditer(item, page, re.DOTALL))
        copies = "\n".join(changed(found[0].group(), place, dice) for place in range(count))
        return page[: found[0].start()] + copies + page[found[-1].end() :]

    return change


def card(first: str, place: int, dice: random.Random) -> str:
    """A card of a list of news with a headline and an address of its own."""
    numbered = re.sub(r'(href="[^"]*?)/?"', rf'\g<1>-{place}-{dice.randrange(10**6)}/"', first)
    return re.sub(r"(<h[23]>(?:<a[^>]*>)?)[^<]*", rf"\g<1>{words(dice, 9)}", numbered)


def feed_item(tag: str, paragraphs: int) -> Callable[[str, int, random.Random], str]:
    """An item of a feed with a title, an address and words of its own: running text, or a sentence."""

    def changed(first: str, place: int, dice: random.Random) -> str:
        said = running_text(dice, paragraphs) if paragraphs else sentence(dice)
        number = f"{place}-{dice.randrange(10**6)}"
        item = re.sub(r"(<title>).*?(?=</title>)", rf"\g<1>{words(dice, 9)}", first)
        item = re.sub(r"[\w-]*[0-9]{4,}[\w-]*(?=/?(?:</link>|</guid>))|patch-the-gateway", f"bulletin-{number}", item)
        return re.sub(rf"(?<=<{tag}>).*?(?=</{tag}>)", lambda _: f"<![CDATA[{said}]]>", item, flags=re.DOTALL)

    return changed
