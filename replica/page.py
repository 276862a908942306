"""The CSSC page as the publisher's site prints it, in three templates with the same words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import groupby

from replica.messages import BULLET, LINK, Message

TEMPLATES = ("strong", "headings", "breaks")
VIEW_STATE_BYTES = 9_000
FIRST_STAMP = datetime(2018, 7, 2, 9, 0, tzinfo=UTC)

TOP = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>CSSC London - BSIA</title>
<script nonce="{nonce}">document.documentElement.className = "js";</script></head>
<body><form method="post" action="./cssc-london.aspx" id="Form">
<div class="aspNetHidden"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{view_state}" />
<input type="hidden" name="__VIEWSTATEGENERATOR" id="__VIEWSTATEGENERATOR" value="CA0B0334" /></div>
<div id="nav"><a href="/contact">Contact us</a> | 01632 960 020 <a href="#" class="menu">menu</a>
<ul><li><a href="/about-us">About us</a></li><li><a href="/news">News of 02/07/2018</a></li>
<li><a href="/Portals/4/membership.pdf">Membership pack</a></li></ul></div>
<div id="main"><h1>CSSC London</h1>
<p>This is a replica: the page has the shape of a page that the association once kept, and every message below
is invented.</p>
<p>Cross-sector Safety and Security Communications passes one message from the police to many industries. Members
of the association find the messages here in reverse chronological order.</p>
<h2>Latest CSSC notifications</h2>
"""
BOTTOM = """</div>
<div id="footer"><p>&copy; 2018 The replica. Last updated {stamp:%d/%m/%Y %H:%M} - all rights reserved.</p>
<a href="/Portals/4/privacy.pdf">Privacy policy</a></div></form></body></html>
"""


def page_of(shown: Iterable[Message], *, template: str = "strong", serial: int = 0) -> bytes:
    """The page that shows these messages in this order; `serial` moves the volatile parts and nothing else.

    Volatile are the view-state, the nonce and the "Last updated" stamp. Raises ValueError for an unknown template.
    """
    if template not in TEMPLATES:
        raise ValueError(f"template {template!r}: unknown, expected one of {', '.join(TEMPLATES)}")
    top = TOP.format(nonce=_noise(f"nonce {serial}", 16), view_state=_noise(f"view-state {serial}", VIEW_STATE_BYTES))
    bottom = BOTTOM.format(stamp=FIRST_STAMP + timedelta(minutes=serial))
    return f"{top}{entries_of(shown, template)}{bottom}".encode()


def entries_of(shown: Iterable[Message], template: str) -> str:
    """The part of the page that holds the messages: all of it that is not volatile."""
    entry = {"strong": _strong_entry, "headings": _heading_entry, "breaks": _break_entry}[template]
    return '<div class="Normal">' + "\n".join(entry(message) for message in shown) + "</div>\n"


def _noise(seed: str, byte_count: int) -> str:
    return base64.b64encode(hashlib.shake_256(seed.encode()).digest(byte_count)).decode("ascii")


def _strong_entry(message: Message) -> str:
    heading = (
        f'<p><strong><span style="font-size: 12pt;">{escape(message.heading, quote=False)}&nbsp;</span></strong></p>'
    )
    bullet = "<li>·&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; {}</li>"
    return "\n".join([heading, *_body(message, "<p>{}</p>", bullet)]) + "<p>&nbsp;</p>"


def _heading_entry(message: Message) -> str:
    heading = f"<h3>{escape(message.heading, quote=False)}</h3>"
    return "\n".join([heading, *_body(message, "<p>{}</p>", "<li>{}</li>")])


def _break_entry(message: Message) -> str:
    heading = f"<b>{escape(message.heading, quote=False)}</b><br>"
    return "\n".join([heading, *_body(message, "{}<br>", "<li>{}</li>")]) + "<br>"


def _body(message: Message, paragraph: str, item: str) -> Iterator[str]:
    for is_list, lines in groupby(message.paragraphs, key=lambda line: line.startswith(BULLET)):
        if is_list:
            yield "<ul>\n" + "\n".join(item.format(_inline(line.removeprefix(BULLET))) for line in lines) + "\n</ul>"
        else:
            yield "\n".join(paragraph.format(_inline(line)) for line in lines)


def _inline(line: str) -> str:
    return LINK.sub(r'<a href="\2" target="_blank">\1</a>', escape(line, quote=False))
