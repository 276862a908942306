"""What on a page is not its content: scripts, navigation, header, footer, controls."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

_CODE = """
script style template head title meta link base object embed applet svg canvas audio video map input
select textarea datalist xml math
"""
CODE = frozenset(_CODE.split())
MARKS = frozenset(("sup", "a"))
"""Elements that may be the mark of a footnote."""
FALLBACKS = frozenset(("noscript", "iframe", "option"))
LOOSE_TAGS = frozenset(("header", "footer", "nav", "aside", "dialog"))
_TOKENS = """
nav navigation navbar menu breadcrumb breadcrumbs sidebar cookie cookies cookie-banner
cookie-notice cookie-consent site-footer page-footer main-footer site-header page-header site-nav
main-nav skip-link skiplink contentinfo banner complementary
"""
TOKENS = frozenset(_TOKENS.split())
NAVIGATION_WORDS = frozenset("nav navigation navbar menu breadcrumb breadcrumbs pagination pager".split())
ROLES = frozenset(("navigation", "contentinfo", "banner", "search", "menu", "menubar"))
TELLING = ("id", "class", "role", "style", "hidden")
SINGULAR = LOOSE_TAGS | {"button"}
"""Tag and the attributes of TELLING say all there is to say of an element, but of these."""
LOOSE_ROLES = frozenset(("complementary", "dialog", "alertdialog"))
UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
FOOTNOTE = re.compile(r"\s*[\[(]?\s*(?:[0-9]{1,3}|[a-z]|[*†‡§]{1,3})\s*[\])]?\s*")
FOOTNOTE_NUMBER = re.compile(r"\s*(?:\[[0-9]{1,2}\]|[0-9]{1,2})\s*")
NOTED = re.compile(r"(?:[a-z]{3}|[.,;:!?'’\"”])$")
MEASURES = re.compile(r"\b(?:met(?:re|er)s?|feet|foot|inch(?:es)?|miles?|yards?)$", re.IGNORECASE)


class Kind(Enum):
    """What speaks against an element: it is the page's own, or so it is unless it stands in an entry, or it is unseen.

    An unseen element may be the collapsed body of an entry, which a reader opens.
    """

    PAGE = "page"
    LOOSE = "loose"
    UNSEEN = "unseen"


def furniture_kind(element: Any) -> Kind | None:
    """What tag, role, or a whole id or class token says of this element; None where it is plain content.

    A `header` or `footer` inside an article is that article's, not the page's (HTML Living Standard 4.3.8). An id
    stands once on a page, so it names the page's footer; a class may name that of each entry.
    """
    tag = element.tag
    if tag in ("html", "body"):
        return None
    if tag in ("header", "footer") and next(element.iterancestors("article"), None) is not None:
        return None
    if tag in FALLBACKS:
        return Kind.PAGE
    if tag == "button":
        return Kind.PAGE if next(element.iter("a"), None) is None else Kind.LOOSE
    named = _named(element) if element.attrib else None
    return named or (Kind.LOOSE if tag in LOOSE_TAGS else _unseen(element))


def _named(element: Any) -> Kind | None:
    identity, classes = (set((element.get(name) or "").lower().split()) for name in ("id", "class"))
    role = element.get("role", "").lower()
    if role in ROLES or "footer" in identity or not TOKENS.isdisjoint(identity | classes):
        return Kind.PAGE
    if element.tag in LOOSE_TAGS:
        label = f"{element.get('aria-label') or ''} {element.get('name') or ''}".lower().split()
        return Kind.LOOSE if NAVIGATION_WORDS.isdisjoint(label) else Kind.PAGE
    return Kind.LOOSE if role in LOOSE_ROLES or "footer" in classes else None


def _unseen(element: Any) -> Kind | None:
    unseen = "hidden" in element.attrib or UNSEEN.search(element.get("style", "")[:400])
    return Kind.UNSEEN if unseen else None


def is_footnote_mark(element: Any, before: str) -> bool:
    """Whether a `<sup>`, or a link to a place on the page around one, only points to a footnote.

    A number without a link is one where it hangs on a word or a stop (`before`): not in `10^6`, `km^2` or `feet^2`.
    """
    if element.tag not in MARKS:
        return False
    inner = element[0] if len(element) == 1 else None
    if inner is None:
        return element.tag == "sup" and len(element) == 0 and _is_note_number(element.text or "", before)
    if (element.tag, inner.tag) not in (("sup", "a"), ("a", "sup")) or len(inner):
        return False
    link = element if element.tag == "a" else inner
    if not link.get("href", "").strip().startswith("#"):
        return False
    outside = f"{element.text or ''}{inner.tail or ''}"
    return not outside.strip(" []()") and bool(FOOTNOTE.fullmatch(inner.text or ""))


def _is_note_number(mark: str, before: str) -> bool:
    return bool(FOOTNOTE_NUMBER.fullmatch(mark) and NOTED.search(before) and not MEASURES.search(before))
