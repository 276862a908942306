"""A document's words as lines: broken at block elements and `<br>`, white space folded, bullets gone, NFC."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

from lxml import etree

_BLOCKS = """
address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption
figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li listing main menu
nav object ol optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul
xmp
"""
BLOCKS = frozenset(_BLOCKS.split())
EMPHASIS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "dt", "th", "summary", "caption", "legend"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
AS_TYPED = frozenset(("pre", "listing", "plaintext", "xmp"))
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Soft hyphens, zero-width spaces and direction marks: never seen by a reader, so never part of the words."""
BULLET = re.compile(r"\s*(?:[•·▪●○◦∙‣⁃■□►➢\uf0a7\uf0b7\uf0d8\uf076\uf0fc]|§(?=\s\s)|o(?=[\s\u00a0]{2})|[*–—-](?=\s))")
DIVIDER = re.compile(r"(?:[.…]\s?){5,}|(?:_\s?){5,}|(?:[-–—]\s?){6,}")
"""A dotted, dashed or underscored line: no words, but the publisher's mark for what is older below it."""
BULLETS = frozenset("•·▪●○◦∙‣⁃■□►➢\uf0a7\uf0b7\uf0d8\uf076\uf0fc§o*–—-")
"""What a bullet may be: words that start with none of these have none."""
NO_NAMES: frozenset[str] = frozenset()
PRINTABLE = bytes(range(ord(" "), ord("~") + 1))
PRINTED_END = re.compile(r"\r\n|[\r\n\f\v\u2028\u2029]")
ADDRESS = re.compile(r"\bhttps?://[^\s<>\"]{1,2000}", re.IGNORECASE)


class Anchor(NamedTuple):
    """A link as it stands in a line: the address as written and the words that are linked."""

    href: str
    text: str


class Line(NamedTuple):
    """One line of words with its links. The numbers are identities within the document, 0 where there is none.

    `emphasis`: the heading, bold or term element that holds all of the line's words; `heading`: that element is h1 to
    h6; `block`: the innermost block element; `row`, `column`, `columns`: the table row, the place in it and its width;
    `bullet`: the debris that was cut off the front; `names`: class and id tokens of the block; `lead`: the emphasised
    words that a line starts with whose other words are not emphasised.
    """

    text: str
    anchors: tuple[Anchor, ...] = ()
    emphasis: int = 0
    heading: bool = False
    block: int = 0
    row: int = 0
    column: int = 0
    columns: int = 0
    bullet: str = ""
    names: frozenset[str] = frozenset()
    lead: str = ""


def is_printable(words: str) -> bool:
    """What `str.isprintable` says, several times as fast where all is ASCII."""
    return not words.encode().translate(None, PRINTABLE) if words.isascii() else words.isprintable()


def fold(words: str) -> str:
    """The words with every run of white space (non-breaking too) as one space, invisible characters gone, NFC."""
    if "  " not in words and is_printable(words) and (words.isascii() or unicodedata.is_normalized("NFC", words)):
        return words.strip(" ")
    if words.isascii():
        return " ".join(words.split())
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", words)).split())


def unbullet(words: str) -> tuple[str, str]:
    """The bullet debris at the front (`·`, `§`, `o  `, `- `), and the folded words after it."""
    folded = fold(words)
    if not folded or folded[0] not in BULLETS:
        return "", folded
    words = words if words.isascii() else INVISIBLE.sub("", words)
    start = 0
    while found := BULLET.match(words, start):
        start = found.end()
    rest = fold(words[start:]) if start else folded
    if not rest or rest[-1] in "-–—":
        return "", folded
    return words[:start].strip(), rest


def says_something(words: str) -> bool:
    """Whether folded words are more than decoration: a letter or digit, or a divider."""
    return words[:1].isalnum() or any(map(str.isalnum, words)) or bool(DIVIDER.fullmatch(words))


@dataclass(slots=True)
class _Link:
    href: str
    alt: str = ""
    words: list[str] = field(default_factory=list)
    placed: bool = False


@dataclass(slots=True)
class _Open:
    """An element on the way down from the root, with what its text inherits from the one above."""

    block: int = 0
    names: frozenset[str] = NO_NAMES
    emphasis: int = 0
    heading: bool = False
    row: int = 0
    column: int = 0
    columns: int = 0
    as_typed: bool = False


def _names(classes: str | None, identity: str | None) -> frozenset[str]:
    return frozenset(f"{classes or ''} {identity or ''}".lower().split()) if classes or identity else NO_NAMES


INHERITED = BLOCKS | EMPHASIS
TELLING = INHERITED | {"a", "img", "br"}
"""Elements that are more than a stretch of their line."""


class Flattener:
    """Walks an element tree once, without recursion, and collects its lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[tuple[str, _Open]] = []
        self._placed: list[_Link] = []
        self._links: list[_Link] = []
        self._count = 0

    def flatten(self, root: Any) -> list[Line]:
        here = _Open()
        opened, words, links = [here], self._words, self._links
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if event == "start":
                self._count += 1
                if tag in TELLING:
                    here = self._start(element, tag, here)
                opened.append(here)
                said = element.text
            else:
                opened.pop()
                here = opened[-1]
                if tag in TELLING:
                    self._end(element, tag)
                said = None if element is root else element.tail
            if said:
                if links or here.as_typed:
                    self._say(said, here)
                elif words or not said.isspace():
                    words.append((said, here))
        self._break()
        return self.lines

    def _start(self, element: Any, tag: str, above: _Open) -> _Open:
        if (self._words or self._placed) and (tag in BLOCKS or tag == "br"):
            self._break()
        if tag == "a" and element.get("href"):
            self._links.append(_Link(element.get("href"), element.get("title") or ""))
        elif tag == "img" and self._links:
            self._links[-1].alt = self._links[-1].alt or element.get("alt") or ""
        return self._inherit(element, tag, above) if tag in INHERITED else above

    def _inherit(self, element: Any, tag: str, above: _Open) -> _Open:
        block, names, emphasis, heading = above.block, above.names, above.emphasis, above.heading
        row, column, columns, as_typed = above.row, above.column, above.columns, above.as_typed
        if tag in EMPHASIS:
            emphasis = emphasis or self._count
            heading = heading or tag in HEADINGS
        if tag in BLOCKS:
            block = self._count
            names = _names(element.get("class"), element.get("id"))
            as_typed = as_typed or tag in AS_TYPED
        if tag == "tr":
            row, column, columns = self._count, -1, sum(cell.tag in ("td", "th") for cell in element)
        elif tag in ("td", "th"):
            above.column = column = column + 1
        return _Open(block, names, emphasis, heading, row, column, columns, as_typed)

    def _end(self, element: Any, tag: str) -> None:
        if tag == "a" and element.get("href") and self._links:
            link = self._links.pop()
            if not link.placed:
                self._placed.append(link)
        if (self._words or self._placed) and tag in BLOCKS:
            self._break()

    def _say(self, words: str, here: _Open) -> None:
        """Add words to the line; white space at its start is none of it."""
        pieces = re.split(r"\r\n|\r|\n", words) if here.as_typed else (words,)
        for number, piece in enumerate(pieces):
            if number:
                self._break()
            is_blank = piece.isspace()
            if self._words or not is_blank:
                self._words.append((piece, here))
            if self._links and not is_blank:
                self._place(self._links[-1], piece)

    def _place(self, link: _Link, words: str) -> None:
        if not link.placed:
            link.placed = True
            self._placed.append(link)
        link.words.append(words)

    def _break(self) -> None:
        words, placed = self._words, self._placed
        if len(words) == 1 and not placed:
            said, here = words[0]
            bullet, text = unbullet(said)
            if text:
                self.lines.append(_plain_line(text, bullet, here))
        elif words or placed:
            bullet, text = unbullet("".join([said for said, _ in words]))
            if text or placed:
                self.lines.append(self._line(bullet, text))
            placed.clear()
        words.clear()

    def _line(self, bullet: str, text: str) -> Line:
        said = [here for words, here in self._words if not words.isspace()]
        here = said[0] if said else _Open()
        alike = len(said) < 2 or all(other.emphasis == here.emphasis for other in said)
        return Line(
            text if says_something(text) else "",
            tuple([Anchor(link.href, fold("".join(link.words)) or fold(link.alt)) for link in self._placed]),
            here.emphasis if alike else 0,
            here.heading and alike,
            here.block,
            here.row,
            here.column,
            here.columns,
            bullet,
            here.names,
            "" if alike or not here.emphasis else self._lead(here.emphasis),
        )

    def _lead(self, emphasis: int) -> str:
        alike = takewhile(lambda said: said[1].emphasis == emphasis or said[0].isspace(), self._words)
        return unbullet("".join([words for words, _ in alike]))[1]


def _plain_line(text: str, bullet: str, here: _Open) -> Line:
    """The line of a stretch of words without links."""
    text = text if says_something(text) else ""
    return Line(
        text, (), here.emphasis, here.heading, here.block, here.row, here.column, here.columns, bullet, here.names
    )


def typed_lines(characters: str) -> list[Line]:
    """The lines of a plain text, one per printed line that says anything; bare http(s) addresses are its links."""
    return [line for printed in PRINTED_END.split(characters) for line in _typed(printed)]


def _typed(printed: str) -> Iterator[Line]:
    bullet, text = unbullet(printed)
    if says_something(text):
        yield Line(text, tuple(_addresses(text)), bullet=bullet)


def _addresses(text: str) -> Iterable[Anchor]:
    for found in ADDRESS.finditer(text) if "://" in text else ():
        address = found.group().rstrip(".,;:!?'*")
        if address.endswith(")") and "(" not in address:
            address = address.rstrip(").,")
        yield Anchor(address, address)
