"""The same messages in many markups: what a maintainer of such a page might plausibly have written."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NAVIGATION = (
    '<div id="nav"><a href="/contact">Contact</a><ul><li>Updated 02/05/2018</li>'
    '<li><a href="/Portals/4/pack.pdf">Membership pack</a></li></ul></div>'
)
FOOTER = (
    '<div id="footer"><p>&copy; 2018 Example Association. Last updated 03/05/2018</p>'
    '<a href="/Portals/4/privacy.pdf">Privacy</a></div>'
)


@dataclass(frozen=True)
class Message:
    """One message in its words; a paragraph that starts with `* ` is a list item, `[words](address)` a link."""

    date: str
    label: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def heading(self) -> str:
        return " - ".join(part for part in (self.date, self.label, self.title) if part)


def inline(words: str) -> str:
    """The words as HTML, with their links."""
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2" target="_blank">\1</a>', html.escape(words, quote=False))


def paragraphs(message: Message) -> str:
    parts: list[str] = []
    for paragraph in message.paragraphs:
        item = paragraph.startswith("* ")
        if item and (not parts or not parts[-1].endswith("</ul>")):
            parts.append("<ul></ul>")
        if item:
            parts[-1] = parts[-1].removesuffix("</ul>") + f"<li>{inline(paragraph[2:])}</li></ul>"
        else:
            parts.append(f"<p>{inline(paragraph)}</p>")
    return "\n".join(parts)


def run(message: Message) -> str:
    """The body as lines with `<br>` after each and Word's bullets."""
    bullet = "·&nbsp;&nbsp;&nbsp; "
    return "\n".join(
        (bullet + inline(p[2:]) if p.startswith("* ") else inline(p)) + "<br />" for p in message.paragraphs
    )


def page(content: str, *, head: str = '<meta charset="utf-8">') -> str:
    return (
        f"<!DOCTYPE html>\n<html><head>{head}<title>Messages</title></head><body>{NAVIGATION}"
        f'<div id="main"><h1>Messages</h1><p>Since 01/01/2016 we post CSSC messages here.</p>{content}</div>'
        f"{FOOTER}</body></html>"
    )


def each(render: Callable[[Message], str]) -> Callable[[Sequence[Message]], str]:
    return lambda messages: page("\n".join(render(message) for message in messages))


def _h(message: Message) -> str:
    return html.escape(message.heading, quote=False)


def _strict(message: Message) -> tuple[str, str, str]:
    return message.date, message.label, html.escape(message.title, quote=False)


def _split_inline(message: Message) -> str:
    title = f" - <u>{_strict(message)[2]}</u>" if message.title else ""
    first, _, rest = message.label.partition(" ")
    return f"<p><b>{message.date}</b> - <i>{first}</i> <span>{rest}</span>{title}</p>{paragraphs(message)}"


def _table_heading_row(message: Message) -> str:
    return f"<tr><th colspan=2>{_h(message)}</th></tr><tr><td colspan=2>{paragraphs(message)}</td></tr>"


def _cells(message: Message, *bodies: str) -> str:
    cells = "".join(f"<td>{cell}</td>" for cell in bodies)
    return f"<tr>{cells}</tr>"


def _table(rows: str) -> str:
    return page(f"<table>{rows}</table>")


def _label_and_title(message: Message) -> str:
    return html.escape(" - ".join(part for part in (message.label, message.title) if part), quote=False)


def _without_closing_tags(messages: Sequence[Message]) -> str:
    content = "\n".join(f"<h3>{_h(m)}{paragraphs(m)}" for m in messages)
    return re.sub(r"</(?:p|h3|h1|li|ul|div|span|strong)>", "", page(content))


def _run_in(message: Message, heading: str) -> str:
    rest = Message("", "", "", message.paragraphs[1:])
    return f"<p>{heading}{inline(message.paragraphs[0])}</p>{paragraphs(rest)}"


def _word(message: Message) -> str:
    parts = [f'<p class=MsoNormal><b><span lang=EN-GB style="font-size:12.0pt">{_h(message)}<o:p></o:p></span></b></p>']
    for paragraph in message.paragraphs:
        if paragraph.startswith("* "):
            parts.append(
                "<p class=MsoListParagraph style='text-indent:-18.0pt'><![if !supportLists]>"
                "<span style='font-family:Symbol'><span style='mso-list:Ignore'>·"
                "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span>"
                f"</span></span><![endif]>{inline(paragraph[2:])}<o:p></o:p></p>"
            )
        else:
            parts.append(
                "<p class=MsoNormal><!--[if gte mso 9]><xml>02/02/2002</xml><![endif]-->"
                f"{inline(paragraph)}<o:p></o:p></p>"
            )
    return "\n".join(parts)


MARKUPS: dict[str, Callable[[Sequence[Message]], str]] = {
    "h2": each(lambda m: f"<h2>{_h(m)}</h2>{paragraphs(m)}"),
    "h3": each(lambda m: f"<h3>{_h(m)}</h3>\n{paragraphs(m)}"),
    "h4 in sections": each(lambda m: f"<section><h4>{_h(m)}</h4><div>{paragraphs(m)}</div></section>"),
    "articles with header": each(lambda m: f"<article><header><h3>{_h(m)}</h3></header>{paragraphs(m)}</article>"),
    "strong paragraphs": each(
        lambda m: (
            f'<p><strong><span style="font-size: 12pt;">{_h(m)}&nbsp;</span></strong></p>\n{paragraphs(m)}<p>&nbsp;</p>'
        )
    ),
    "one run": lambda ms: page("<p>" + "<br>\n".join(f"{_h(m)}<br>\n{run(m)}" for m in ms) + "</p>"),
    "bold run": lambda ms: page("<p>" + "<br>".join(f"<b>{_h(m)}</b><br>{run(m)}" for m in ms) + "</p>"),
    "split inline": each(_split_inline),
    "en dashes and nbsp": each(
        lambda m: (
            "<h3>"
            + _h(m).replace(" - CSSC", "&nbsp;–&nbsp;CSSC").replace("Message - ", "Message&nbsp;— ", 1)
            + f"</h3>{paragraphs(m)}"
        )
    ),
    "br in heading": each(
        lambda m: (
            "<h3>"
            + _h(m).replace(" - CSSC", " -<br>CSSC").replace("Message - ", "Message<br>- ", 1)
            + f"</h3>{paragraphs(m)}"
        )
    ),
    "br in strong": each(
        lambda m: (
            "<p><strong>"
            + _h(m).replace(" - CSSC", "<br/>CSSC").replace("Message - ", "Message -<br/>", 1)
            + f"</strong></p>{paragraphs(m)}"
        )
    ),
    "heading row, body row": lambda ms: _table("".join(_table_heading_row(m) for m in ms)),
    "date cell, heading cell, body cell": lambda ms: _table(
        "<tr><th>Date</th><th>Message</th><th>Text</th></tr>"
        + "".join(_cells(m, m.date, _label_and_title(m), paragraphs(m)) for m in ms)
    ),
    "four cells": lambda ms: _table("".join(_cells(m, *_strict(m), paragraphs(m)) for m in ms)),
    "three cells, then a body row": lambda ms: _table(
        "".join(_cells(m, *_strict(m)) + f"<tr><td colspan=3>{paragraphs(m)}</td></tr>" for m in ms)
    ),
    "heading cell, body cell": lambda ms: _table("".join(_cells(m, _h(m), run(m)) for m in ms)),
    "dt heading, dd body": lambda ms: page(
        "<dl>" + "".join(f"<dt>{_h(m)}</dt><dd>{paragraphs(m)}</dd>" for m in ms) + "</dl>"
    ),
    "dt date, dd heading and body": lambda ms: page(
        "<dl>" + "".join(f"<dt>{m.date}<dd><b>{_label_and_title(m)}</b><br>{run(m)}" for m in ms) + "</dl>"
    ),
    "divs": each(
        lambda m: (
            f'<div class="item"><div class="date">{m.date}</div><div class="kind">{m.label}</div>'
            + (f'<div class="title">{_strict(m)[2]}</div>' if m.title else "")
            + f'<div class="body">{paragraphs(m)}</div></div>'
        )
    ),
    "divs only": each(
        lambda m: f"<div>{_h(m)}</div>" + "".join(f"<div>{inline(p.removeprefix('* '))}</div>" for p in m.paragraphs)
    ),
    "nested lists": lambda ms: page(
        "<ul>" + "".join(f"<li>{_h(m)}<ul><li>{paragraphs(m)}</li></ul></li>" for m in ms) + "</ul>"
    ),
    "details": each(lambda m: f"<details><summary>{_h(m)}</summary>{paragraphs(m)}</details>"),
    "run-in headings": each(lambda m: _run_in(m, f"<b>{_h(m)}</b> ")),
    "run-in headings with a dash": each(lambda m: _run_in(m, f"<b>{_h(m)}</b> - ")),
    "run-in headings with a colon": each(lambda m: _run_in(m, f"<b>{_h(m)}:</b> ")),
    "collapsed until found": each(lambda m: f'<h3>{_h(m)}</h3><div hidden="until-found">{paragraphs(m)}</div>'),
    "collapsed under buttons": each(lambda m: f"<h3><button>{_h(m)}</button></h3><div hidden>{paragraphs(m)}</div>"),
    "collapsed by style": each(
        lambda m: f'<h3><a href="#" onclick="t()">{_h(m)}</a></h3><div style="display: none">{paragraphs(m)}</div>'
    ),
    "footers in sections": each(
        lambda m: f"<section><header><h3>{_h(m)}</h3></header><footer>{paragraphs(m)}</footer></section>"
    ),
    "footers by class in divs": each(
        lambda m: f'<div class="item"><h3>{_h(m)}</h3><div class="footer">{paragraphs(m)}</div></div>'
    ),
    "flat footers": each(lambda m: f"<h3>{_h(m)}</h3><footer>{paragraphs(m)}</footer>"),
    "asides and dialogs": each(lambda m: f"<div><h3>{_h(m)}</h3><dialog><aside>{paragraphs(m)}</aside></dialog></div>"),
    "footnotes": each(lambda m: f'<h3>{_h(m)}<sup><a href="#fn1">1</a></sup></h3>{paragraphs(m)}'),
    "no closing tags": _without_closing_tags,
    "font and p in span": each(
        lambda m: f'<span><font size=4><p><font color="red">{_h(m)}</p></font>{paragraphs(m)}</span>'
    ),
    "upper case": each(
        lambda m: f"<H3 ALIGN=LEFT>{_h(m)}</H3>{paragraphs(m)}".replace("<p>", "<P>").replace("</p>", "</P>")
    ),
    "word": each(_word),
    "no main": lambda ms: MARKUPS["h3"](ms).replace('<div id="main">', "<div>"),
    "unclosed nav and main": lambda ms: (
        MARKUPS["h3"](ms).replace("</ul></div>", "</ul>", 1).replace(f"</div>{FOOTER}", FOOTER)
    ),
    "main closed early": lambda ms: MARKUPS["strong paragraphs"](ms).replace("</p>\n<p>", "</p></div>\n<p>", 1),
    "xhtml": lambda ms: (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        + MARKUPS["h3"](ms)
        .replace("<html>", '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en">')
        .replace("</head>", '<script type="text/javascript" src="/x.js" /></head>')
    ),
    "preformatted": lambda ms: page(
        "<pre>"
        + "\n\n".join("\n".join([_h(m), *(inline(p).replace("* ", "  · ") for p in m.paragraphs)]) for m in ms)
        + "</pre>"
    ),
    "heading links": each(lambda m: f'<h3 id="x"><a name="{m.date}"></a>{_h(m)}</h3>{paragraphs(m)}'),
    "table of contents": lambda ms: page(
        "<ul>"
        + "".join(f'<li><a href="#m{n}">{_h(m)}</a></li>' for n, m in enumerate(ms))
        + "</ul>"
        + "".join(f'<h3 id="m{n}">{_h(m)}</h3>{paragraphs(m)}' for n, m in enumerate(ms))
    ),
    "aspx form": lambda ms: (
        MARKUPS["h3"](ms)
        .replace("<body>", '<body><form action="./x.aspx"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUK" />')
        .replace("</body>", "</form></body>")
    ),
}
