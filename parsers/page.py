"""A document, and the only ways to take things out of it. Every way states what it expected."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from parsers.addresses import absolute
from parsers.decoding import decode, printable
from parsers.lines import Flattener, Line, fold, typed_lines
from parsers.region import BREAKS, MAX_DEPTH, clear_region, is_plain, survey

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MAX_BYTES = 16 * 1024 * 1024
MAX_ELEMENTS = 100_000
MAX_TAGS = 3 * MAX_ELEMENTS
MAX_ATTRIBUTES = 10_000
MAX_SOUP_DEPTH = 240
"""Below the 256 levels at which the parser under BeautifulSoup silently stops reading."""

MARKUP = re.compile(
    r"<(?:!doctype\s|/?(?:html|head|body|title|meta|link|script|style|div|p|br|hr|h[1-6]|table|t[rdh]|[uod]l|li|d[dt]|"
    r"pre|span|a|b|i|em|strong|font|center|img|form|input|iframe|main|section|article|nav|header|footer|noscript)[\s/>])",
    re.IGNORECASE,
)
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>]*+)"""
TAG_PARTS = rf"{_VALUE}|([^\s/>=]++)|[\s/=]"
OPENING_TAG = re.compile(rf"<[a-zA-Z](?:{_VALUE}|[^\s/>=]++|[\s/=])*+")
TAG_START = re.compile("<[a-zA-Z]")
QUOTED_END = re.compile(r"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")
"""A `>` inside the value of an attribute, which does not end its tag."""
DOCUMENT = re.compile(r"\s*(?:<\?xml|<!doctype\s+html|<html)", re.IGNORECASE)
XHTML = re.compile(r"<html[^>]{0,500}xmlns|application/xhtml\+xml", re.IGNORECASE)
SELF_CLOSED = re.compile(
    r"<(script|style|title|textarea|iframe|a|b|i|em|strong|span|div|p|td|th|li|ul|ol|h[1-6])\b([^<>]*)/>", re.IGNORECASE
)
END_OF_DOCUMENT = re.compile(r"</(?:body|html)\s{0,99}>", re.IGNORECASE)
"""What comes after these is content all the same (HTML Living Standard 13.2.6.4.19), but libxml2 drops it."""
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")


class PageChanged(ValueError):
    """A document or an entry is not what it was; reads `where: what, expected what`."""


class PageGone(PageChanged):
    """The document says itself that what stood here is gone for good, whatever its status."""


class Page:
    """One document: its address, its content region, and its words as lines.

    `region` is a CSS selector; a page without it is read from its whole body. `landmark` marks words that must not
    be missed: where they stand outside the region the region is the whole body, and furniture that holds them is
    content. A piece of another page comes as characters. Raises PageChanged where the document is beyond the limits on
    bytes, elements and depth.

    `role` is what the page was asked as (`listing` or `detail`), `facts` what the listing stated of a detail.
    """

    def __init__(
        self,
        body: bytes | str,
        url: str,
        *,
        media_type: str | None = None,
        region: str = "body",
        landmark: re.Pattern[str] | None = None,
    ) -> None:
        self.url = url
        self.role = "listing"
        self.facts: Mapping[str, str] = {}
        written = body.encode() if isinstance(body, str) else body
        if len(written) > MAX_BYTES:
            raise PageChanged(f"{url}: {len(written)} bytes, expected at most {MAX_BYTES}")
        self.characters = printable(body, written) if isinstance(body, str) else decode(body, media_type)
        self.is_markup = _is_markup(self.characters, media_type)
        self.states_links = self.is_markup
        """Whether the document could state addresses at all: plain text cannot."""
        self._region = region
        self._landmark = landmark

    def fragment(self, markup: str) -> Page:
        """A piece of HTML that this document carries (a feed's content, an API's body) as a page of its own."""
        piece = Page(f"<body>{markup}</body>", self.url)
        piece.role, piece.facts = self.role, self.facts
        return piece

    @cached_property
    def base(self) -> str:
        """The address that relative links are relative to: `<base href>` where the page has one, else its own."""
        if not self.is_markup:
            return self.url
        stated = next((href for each in self._tree.iter("base") if (href := each.get("href")) is not None), None)
        return self.url if stated is None else absolute(stated, self.url) or self.url

    @cached_property
    def _tree(self) -> Any:
        from lxml import etree

        self._refuse_floods()
        declared = XML_DECLARATION.match(self.characters)
        source = END_OF_DOCUMENT.sub("", self.characters[declared.end() :] if declared else self.characters)
        if "xhtml" in (start := source[:2000].lower()) or "xmlns" in start:
            source = _closed(source)
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        tree = etree.fromstring(f"<!doctype html>{source}".encode("utf-8", "replace"), parser)
        return etree.fromstring(b"<html><body></body></html>", parser) if tree is None else tree

    def _refuse_floods(self) -> None:
        """What would cost the parser beneath more than linear work: too many tags, too many attributes in one."""
        tags = self.characters.count("<")
        if tags > MAX_TAGS:
            raise PageChanged(f"{self.url}: {tags} tags, expected at most {MAX_TAGS}")
        for tag in OPENING_TAG.finditer(self.characters) if _has_long_tag(self.characters) else ():
            long = tag.end() - tag.start() > MAX_ATTRIBUTES
            if long and (names := sum(map(bool, re.findall(TAG_PARTS, tag[0])))) > MAX_ATTRIBUTES:
                raise PageChanged(f"{self.url}: a tag with {names} attributes, expected at most {MAX_ATTRIBUTES}")

    @cached_property
    def root(self) -> Any:
        """The content region as an lxml element, without furniture."""
        _ = self.base
        body = self._tree.find("body")
        body = self._tree if body is None else body
        found = [] if self._region == "body" else _selector(self._region)(body)
        region = found[0] if len(found) == 1 else body
        if region is body and is_plain(body):
            return body
        ground = survey(body, region, self._landmark)
        if ground.elements > MAX_ELEMENTS:
            raise PageChanged(f"{self.url}: {ground.elements} elements, expected at most {MAX_ELEMENTS}")
        if ground.deepest > MAX_DEPTH:
            raise PageChanged(f"{self.url}: elements {ground.deepest} deep, expected at most {MAX_DEPTH}")
        return clear_region(body, region, ground)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        if not self.is_markup:
            return tuple(typed_lines(self.characters))
        return tuple(Flattener().flatten(self.root))

    def lines(self) -> tuple[Line, ...]:
        """The region's words as lines, broken at block elements and `<br>`, each with its links."""
        return self._lines

    @property
    def text(self) -> str:
        """The region's words, a line break for each line."""
        return "\n".join(line.text for line in self._lines if line.text)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The region for BeautifulSoup; raises PageChanged where it is too deep for it."""
        from bs4 import BeautifulSoup
        from lxml import etree

        if not self.is_markup:
            return BeautifulSoup(f"<body><pre>{html.escape(self.characters)}</pre></body>", "lxml")
        deepest = _depth(self.root)
        if deepest > MAX_SOUP_DEPTH:
            raise PageChanged(f"{self.url}: region {deepest} elements deep, expected at most {MAX_SOUP_DEPTH}")
        return BeautifulSoup(etree.tostring(self.root, encoding="unicode", method="html", with_tail=False), "lxml")

    def one(self, css: str) -> Tag:
        """The only element that matches; raises PageChanged where there are none or more."""
        found = self.any(css)
        if len(found) != 1:
            raise PageChanged(f"{self.url}: {css!r} matched {len(found)} elements, expected 1")
        return found[0]

    def some(self, css: str) -> list[Tag]:
        """The elements that match, at least one; raises PageChanged where there are none."""
        found = self.any(css)
        if not found:
            raise PageChanged(f"{self.url}: {css!r} matched 0 elements, expected at least 1")
        return found

    def any(self, css: str) -> list[Tag]:
        """The elements that match, which may be none."""
        return list(self.soup.select(css))

    def absolute(self, href: str) -> str | None:
        """The absolute http(s) or mailto address of a link on this page; None for any other scheme."""
        return absolute(href, self.base)

    @cached_property
    def region_hash(self) -> str:
        """SHA-256 (hex) of what a parse of the region can see.

        Blind to attribute order, class names, nonces, scripts, comments, form controls and white space; sensitive to
        words, addresses, dates of `<time>` and the elements that words stand in.
        """
        if self.is_markup:
            seen = _skeleton(self.root, self.base)
        else:
            seen = "\n".join(fold(printed) for printed in self.characters.splitlines())
        return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=256)
def _selector(css: str) -> Any:
    """What finds the elements that a CSS selector matches in another."""
    from lxml.cssselect import CSSSelector

    return CSSSelector(css)


def _closed(source: str) -> str:
    """A document of XHTML with its empty elements closed as HTML has it; any other as it is."""
    return SELF_CLOSED.sub(r"<\1\2></\1>", source) if XHTML.search(source[:2000]) else source


def _has_long_tag(characters: str) -> bool:
    """Whether a tag may be longer than MAX_ATTRIBUTES: no `>` for so long, or one in the value of an attribute."""
    start = 0
    while start + MAX_ATTRIBUTES <= len(characters):
        end = characters.rfind(">", start, start + MAX_ATTRIBUTES)
        if end < 0:
            end = characters.find(">", start)
            end = len(characters) if end < 0 else end
            tag = TAG_START.search(characters, start, end)
            if tag and end - tag.start() >= MAX_ATTRIBUTES:
                return True
        start = end + 1
    return len(characters) > MAX_ATTRIBUTES and bool(QUOTED_END.search(characters))


def _is_markup(characters: str, media_type: str | None) -> bool:
    if media_type and media_type.lower().startswith("text/plain"):
        return bool(DOCUMENT.match(characters[:1000]))
    return bool(MARKUP.search(characters))


SKELETON_ATTRIBUTES = ("datetime", "content", "alt", "colspan", "rowspan")
SEEN_ATTRIBUTES = frozenset(("href", *SKELETON_ATTRIBUTES))
UNSEEN_ELEMENTS = frozenset(("span", "font", "wbr", "hr"))


def _skeleton(root: Any, base: str) -> str:
    from lxml import etree

    parts: list[str] = []
    add = parts.append
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag not in UNSEEN_ELEMENTS:
            edge = "\x01" if tag in BREAKS else "\x02"
            if event == "end":
                add(f"{edge}/{edge}")
            elif (attributes := element.keys()) and not SEEN_ATTRIBUTES.isdisjoint(attributes):
                add(f"{edge}{tag} {_kept_attributes(element, attributes, base)}{edge}")
            else:
                add(f"{edge}{tag} {edge}")
        if words := element.text if event == "start" else None if element is root else element.tail:
            add(words)
    pieces = " ".join("".join(parts).split()).split("\x01")
    pieces[::2] = [words.strip() for words in pieces[::2]]
    return "\x01".join(pieces)


def _kept_attributes(element: Any, stated: list[str], base: str) -> str:
    kept = [f"{name}={value}" for name in SKELETON_ATTRIBUTES if name in stated and (value := element.get(name))]
    href = element.get("href") if "href" in stated else None
    return " ".join([absolute(href, base) or href, *kept] if href else kept)


def _depth(root: Any) -> int:
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
