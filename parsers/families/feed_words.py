"""The words of a feed's titles, summaries and contents: text, HTML, or what its format leaves open."""

from __future__ import annotations

import base64
import binascii
import re
from copy import deepcopy
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from parsers.lines import fold
from parsers.page import MARKUP, Page

if TYPE_CHECKING:
    from lxml.etree import _Element

TEXT, MARKED_UP = ("text", "text/plain"), ("html", "xhtml", "text/html", "application/xhtml+xml")
INLINE = re.compile(r"</?(b|i|em|strong|span|br|a|p|u|sub|sup|font)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """Words as a feed carries them. `form`: `text`, `html`, or `either` where the format leaves it open (RSS)."""

    value: str = ""
    form: str = "either"

    @property
    def line(self) -> str:
        """As one line: references resolved and inline markup gone where it may be HTML."""
        if self.form == "text":
            return fold(self.value)
        return fold(unescape(INLINE.sub(lambda tag: " " if tag.group(1).lower() in ("br", "p") else "", self.value)))

    def page(self, page: Page, base: str | None) -> Page:
        """As a page of its own, whose relative links are relative to `base` where the feed states one."""
        if self.form == "html" or (self.form == "either" and MARKUP.search(self.value)):
            return page.fragment((f'<base href="{escape(base)}">' if base else "") + self.value)
        plain = self.value if self.form == "text" else unescape(self.value)
        whole = plain.encode("utf-8", "replace").decode().removeprefix("\ufeff")
        return Page(whole, page.url, media_type="text/plain")


def text_of(element: _Element) -> str:
    """All words inside an element, without white space at the ends."""
    if not len(element):
        return (element.text or "").strip()
    return "".join(map(str, element.itertext())).strip()


def lasting(base: str | None, url: str) -> str | None:
    """The base of relative addresses where `xml:base` states another than the document's own."""
    return None if base == url else base


def words_of(element: _Element, is_atom: bool) -> Words:
    """What a title, summary or content element says: markup written out (XHTML, or forgotten escapes) stays markup.

    Atom states the type (RFC 4287 section 3.1; version 0.3 by media type and mode), RSS leaves it open. What is neither
    text nor HTML has no words.
    """
    if len(element):
        return Words(_markup(element), "html")
    value, kind = element.text or "", element.get("type", "text").lower() if is_atom else ""
    if is_atom and element.get("mode") == "base64":
        value = _from_base64(value)
    if not is_atom:
        return Words(value)
    return Words(value, "text") if kind in TEXT else Words(value, "html") if kind in MARKED_UP else Words()


def _from_base64(value: str) -> str:
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _markup(element: _Element) -> str:
    from lxml import etree

    copy = deepcopy(element)
    for each in copy.iter():
        each.tag = each.tag.rpartition("}")[2].rpartition(":")[2]
    etree.cleanup_namespaces(copy)
    return escape(copy.text or "") + "".join(etree.tostring(each, encoding="unicode", method="html") for each in copy)
