"""What on a page is not its content: scripts, navigation, header, footer, forms, hidden parts."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from parsers.lines import BLOCKS

_CODE = """
script style template head title meta link base object embed applet svg canvas audio video map input
select textarea datalist xml math
"""
CODE = frozenset(_CODE.split())
FURNITURE = frozenset(("noscript", "iframe", "nav", "aside", "dialog", "button", "option"))
_TOKENS = """
footer nav navigation navbar menu breadcrumb breadcrumbs sidebar cookie cookies cookie-banner
cookie-notice cookie-consent site-footer page-footer main-footer site-header page-header site-nav
main-nav skip-link skiplink contentinfo banner complementary
"""
TOKENS = frozenset(_TOKENS.split())
ROLES = frozenset(
    ("navigation", "contentinfo", "banner", "complementary", "search", "dialog", "alertdialog", "menu", "menubar")
)
UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)


def is_furniture(element: Any) -> bool:
    """Whether tag, role, or a whole id or class token says that this element is not content.

    A `header` or `footer` inside an article is that article's, not the page's (HTML Living Standard 4.3.8).
    """
    tag = element.tag
    if tag in ("header", "footer"):
        return next(element.iterancestors("article"), None) is None
    if tag in ("html", "body"):
        return False
    return tag in FURNITURE or _named_as_furniture(element) or _unseen(element)


def _named_as_furniture(element: Any) -> bool:
    if not element.attrib:
        return False
    names = f"{element.get('id') or ''} {element.get('class') or ''}".lower().split()
    return not TOKENS.isdisjoint(names) or element.get("role", "").lower() in ROLES


def _unseen(element: Any) -> bool:
    return "hidden" in element.attrib or bool(UNSEEN.search(element.get("style", "")[:400]))


@dataclass(slots=True)
class Ground:
    """The survey of a page: where each piece of furniture and the region begin and end in its words."""

    furniture: list[tuple[Any, int, int]] = field(default_factory=list)
    code: list[Any] = field(default_factory=list)
    region: tuple[int, int] = (0, 0)
    landmarks: list[int] = field(default_factory=list)
    elements: int = 0
    deepest: int = 0

    def marked(self, start: int, end: int) -> bool:
        """Whether a landmark begins in this stretch of words."""
        return self.count(start, end) > 0

    def count(self, start: int, end: int) -> int:
        return bisect_left(self.landmarks, end) - bisect_left(self.landmarks, start)


def survey(body: Any, region: Any, landmark: re.Pattern[str] | None) -> Ground:
    """Walk the page once; landmarks are the places where the pattern begins in the words outside code."""
    ground = Ground()
    words: list[str] = []
    length = depth = 0
    starts: dict[Any, int] = {}
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        gap = "\n" if element.tag in BLOCKS or element.tag == "br" else ""
        if event == "start":
            ground.elements += 1
            depth += 1
            ground.deepest = max(ground.deepest, depth)
            if element.tag in CODE:
                ground.code.append(element)
                walk.skip_subtree()
                text = gap
            else:
                if element is region or is_furniture(element):
                    starts[element] = length
                text = gap + (element.text or "")
        else:
            depth -= 1
            if element in starts:
                span = starts.pop(element), length
                if element is region:
                    ground.region = span
                else:
                    ground.furniture.append((element, *span))
            text = gap + ((element.tail or "") if element is not body else "")
        words.append(text)
        length += len(text)
    if landmark:
        ground.landmarks = [found.start() for found in landmark.finditer("".join(words))]
    return ground


def clear_region(body: Any, region: Any, ground: Ground) -> Any:
    """Cut code and furniture out of the page and return the region, or the body where the region leaves content out.

    Furniture that holds a landmark is content, unless it stands outside a region that leaves out nothing else.
    """
    around = set(region.iterancestors())
    furniture = [(element, start, end) for element, start, end in ground.furniture if element not in around]
    start, end = ground.region
    beside = [piece for piece in furniture if not start <= piece[1] <= piece[2] <= end]
    aside = {piece[0] for piece in beside}
    outside = len(ground.landmarks) - ground.count(start, end)
    whole = not ground.marked(start, end) or outside > _landmarks_in(beside, ground)
    for element in ground.code:
        _empty(element)
    for piece in furniture:
        if not ground.marked(*piece[1:]) or (piece[0] in aside and not whole):
            _empty(piece[0])
    return body if whole and outside else region


def _landmarks_in(furniture: list[tuple[Any, int, int]], ground: Ground) -> int:
    """How many landmarks stand in these pieces, those in pieces within pieces counted once."""
    count = reached = 0
    for _, start, end in sorted(furniture, key=lambda piece: (piece[1], -piece[2])):
        if end > reached:
            count += ground.count(max(start, reached), end)
            reached = end
    return count


def _empty(element: Any) -> None:
    """Leave a mark without words in the place of an element: `<hr>` where it broke the line, else `<wbr>`."""
    element.clear(keep_tail=True)
    element.tag = "hr" if element.tag in BLOCKS else "wbr"
