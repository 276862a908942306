"""News pages of our own making with known title, date and text: twenty kinds of site, each with several stories."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "article_templates"
PLACES = "Ambridge Borchester Felpersham Penny Hassett Edgeley Darrington Loxley Waterley Layton Cross".split()
SUBJECTS = (
    "Officers from the neighbourhood team|Detectives|The force control room|A spokesperson for the council|"
    "Passengers at the station|Two members of the public|Fire crews|Staff at the venue|The investigating officer|"
    "Residents of the street|Stewards at the event|A man in his thirties|The serious collision unit"
).split("|")
VERBS = (
    "were called to reports of|have asked anyone who saw|are continuing to investigate|confirmed that they attended|"
    "have released images after|remained at the scene of|would like to hear from witnesses to|have closed roads near|"
    "received several calls about|reminded drivers to keep clear of"
).split("|")
OBJECTS = (
    "a collision between a van and a cyclist|an unattended bag outside the library|a disturbance in the town centre|"
    "a burglary at a farm shop|a fire in a derelict warehouse|the theft of lead from a church roof|"
    "a number of suspicious text messages|a march that is planned for the weekend|damage to railway equipment"
).split("|")
ENDINGS = (
    "shortly before 10pm on Saturday|during the early hours of this morning|and no one was hurt|, which is not thought "
    "to be linked to other incidents|and enquiries are at an early stage|, and cordons remain in place while it is "
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
        rows = (f"<tr><th>{a}</th><td>{b}</td></tr>" for a, b in zip(said[::2], said[1::2], strict=True))
        return f"<table>{''.join(rows)}</table>"
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


class Words(Mapping[str, str]):
    """What a template asks for: the story in several forms, and what a site says beside it (`cards_3_css`, …)."""

    def __init__(self, told: Story, dice: random.Random) -> None:
        self._dice = dice
        half = max(1, len(told.blocks) // 2)
        year, month, day = told.date.split("-")
        self._said = {
            "title": told.title,
            "date": told.date,
            "day": f"{day}/{month}/{year}",
            "text": told.html(),
            "text_in_divs": told.html("div"),
            "text_in_components": told.html(each='<div data-component="text" class="x1"><div>{}</div></div>'.format),
            "text_json": json.dumps(told.text)[1:-1],
            "typed": escape(told.text),
            "typed_br": escape(told.text).replace("\n", "<br><br>"),
            "first_words": Story("", "", told.blocks[:1]).html("span"),
            "rest": Story("", "", told.blocks[1:]).html(),
            "first_half": Story("", "", told.blocks[:half]).html(),
            "second_half": Story("", "", told.blocks[half:]).html(),
        }

    def __getitem__(self, name: str) -> str:
        kind, *rest = name.split("_")
        if name in self._said:
            return self._said[name]
        if kind == "noise":
            return self._dice.choice(NOISE)
        if kind == "sentence":
            return sentence(self._dice)
        count = range(int(rest[0]))
        make = {"links": self._link, "cards": self._card, "comments": self._comment}[kind]
        return "".join(make(place, "-".join(rest[1:])) for place in count)

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def _link(self, place: int, words: str) -> str:
        said = " ".join(sentence(self._dice).split()[: int(words)])
        return f'<li><a href="/n/{place}">{escape(said)}</a></li>'

    def _card(self, place: int, css: str) -> str:
        headline = " ".join(sentence(self._dice).split()[:7])
        return (
            f'<div class="{css}"><h3><a href="/c/{place}">{headline}</a></h3><p>{sentence(self._dice)}</p>'
            '<time datetime="2011-01-01">1 January 2011</time></div>'
        )

    def _comment(self, place: int, _: str) -> str:
        return f'<div class="post-reply"><b>user{place}</b><p>{NOISE[3]}</p></div>'


KEPT_BACK = ("application", "council", "forum", "magazine")
"""Kinds of page that were written after the rules had been tuned on the others."""
KINDS = tuple(sorted(path.stem for path in TEMPLATES.glob("*.html")))


def pages(stories: int = 4, seed: int = 7) -> Iterator[tuple[str, Story, str]]:
    """Kind, story and page: `stories` of each kind, the same for the same seed."""
    for kind in KINDS:
        template = Template((TEMPLATES / f"{kind}.html").read_text("utf-8"))
        for number in range(stories):
            dice = random.Random(f"{seed} {kind} {number}")
            told = story(dice)
            yield kind, told, template.substitute(Words(told, dice))
