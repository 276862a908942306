"""The content region of a page, without the furniture in it and around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from parsers.furniture import CODE, FALLBACKS, MARKS, SINGULAR, TELLING, Kind, furniture_kind, is_footnote_mark
from parsers.lines import BLOCKS

SECTIONS = frozenset(("article", "section", "li", "details"))
BREAKS = BLOCKS | {"br"}
TELLING_TAGS = SINGULAR | FALLBACKS
"""Any other element without attributes is plain content."""
NEVER_PLAIN = TELLING_TAGS | CODE | {"sup"}
ATTRIBUTES = frozenset(TELLING)
CUT_WHOLE = (Kind.PAGE, Kind.LOOSE)
MAX_DEPTH = 1_000
COUNT: Any = etree.XPath("count(descendant::*)")
COUNT_IN_CODE: Any = etree.XPath(
    f"count(descendant::*[{' or '.join(f'self::{tag}' for tag in sorted(CODE))}]/descendant::*)"
)
WORDS_BEFORE = 40
"""How many characters before a footnote mark are looked at."""


class Piece(NamedTuple):
    """A piece of furniture, with where it begins and ends in the page's words."""

    element: Any
    kind: Kind
    start: int
    end: int


@dataclass(slots=True)
class Ground:
    """The survey of a page: where furniture, region and elements begin and end in its words, and the landmarks.

    `deepest` is how deep the page is, furniture apart that cannot be beyond MAX_DEPTH.
    """

    furniture: list[Piece] = field(default_factory=list)
    code: list[Any] = field(default_factory=list)
    region: tuple[int, int] = (0, 0)
    landmarks: list[int] = field(default_factory=list)
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    elements: int = 0
    deepest: int = 0

    def marked(self, start: int, end: int) -> bool:
        """Whether a landmark begins in this stretch of words."""
        return self.count(start, end) > 0

    def count(self, start: int, end: int) -> int:
        return bisect_left(self.landmarks, end) - bisect_left(self.landmarks, start)


def is_plain(body: Any) -> bool:
    """Whether the page has few elements, and none that could be furniture, code or a footnote: all of it is content."""
    for count, element in enumerate(body.iter()):
        if count == MAX_DEPTH or element.tag in NEVER_PLAIN or not ATTRIBUTES.isdisjoint(element.keys()):
            return False
    return True


def survey(body: Any, region: Any, landmark: re.Pattern[str] | None) -> Ground:
    """Walk the page once; landmarks are the places where the pattern begins in the words outside code.

    Where there are no landmarks, furniture outside entries goes whole: what is inside it is only counted.
    """
    ground, kinds, around = Ground(), _Kinds(), {region, *region.iterancestors()}
    spans = ground.spans
    words: list[str] = []
    opened: list[tuple[int, Kind | None]] = []
    length = elements = depth = deepest = inside = 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            elements += 1
            depth += 1
            if depth > deepest:
                deepest = depth
            if inside:
                inside += 1
                if tag in CODE:
                    walk.skip_subtree()
                continue
            said = element.text
            if tag in CODE or (tag in MARKS and is_footnote_mark(element, _before(tag, words))):
                kind, said = None, None
                ground.code.append(element)
                walk.skip_subtree()
            else:
                kind = kinds.of(element, tag) if tag in TELLING_TAGS or element.keys() else None
            opened.append((length, kind))
            if kind is not None and landmark is None and kind in CUT_WHOLE and element not in around:
                if (within := _countable(element, depth)) is None:
                    inside = 1
                else:
                    elements += within
                    walk.skip_subtree()
        else:
            depth -= 1
            if inside > 1:
                inside -= 1
                continue
            inside = 0
            start, kind = opened.pop()
            if element is region:
                ground.region = start, length
            elif kind:
                ground.furniture.append(Piece(element, kind, start, length))
            if landmark is not None:
                spans.append((start, length, tag))
            said = None if element is body else element.tail
        said = f"\n{said or ''}" if tag in BREAKS else said or ""
        words.append(said)
        length += len(said)
    ground.elements, ground.deepest = elements, deepest
    if landmark:
        ground.landmarks = [found.start() for found in landmark.finditer("".join(words))]
    return ground


def _countable(element: Any, depth: int) -> int | None:
    """How many elements are in this one, those in code left out; None where some may be too deep."""
    within = int(COUNT(element))
    if depth + within > MAX_DEPTH:
        return None
    holds_code = next(element.iter(*CODE), None) is not None
    return within - int(COUNT_IN_CODE(element)) if holds_code else within


class _Kinds:
    """The kinds of a page's elements. Names and attributes recur on it: what they say is looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, ...], Kind | None] = {}

    def of(self, element: Any, tag: str) -> Kind | None:
        if tag in SINGULAR:
            return furniture_kind(element)
        said = (tag, *map(element.get, TELLING))
        if said not in self._known:
            self._known[said] = furniture_kind(element)
        return self._known[said]


def _before(tag: str, words: list[str]) -> str:
    """The last of these words, where a footnote mark needs them."""
    return "".join(said[-WORDS_BEFORE:] for said in words[-3:])[-WORDS_BEFORE:] if tag == "sup" else ""


def clear_region(body: Any, region: Any, ground: Ground) -> Any:
    """Cut code and furniture out of the page and return the region, or the body where the region leaves content out.

    Furniture that holds a landmark is content, unless it stands outside a region that leaves out nothing else; so is
    loose furniture that stands in an entry, and what is unseen in the region.
    """
    around = set(region.iterancestors())
    furniture = [piece for piece in ground.furniture if piece.element not in around]
    start, end = ground.region
    beside = {piece for piece in furniture if not start <= piece.start <= piece.end <= end}
    outside = len(ground.landmarks) - ground.count(start, end)
    whole = not ground.marked(start, end) or outside > _landmarks_in(beside, ground)
    marks = [mark for mark in ground.landmarks if whole or start <= mark < end]
    in_entries = set(_in_entries(furniture, marks, ground.spans))
    for element in ground.code:
        _empty(element)
    for piece in furniture:
        seen = ground.marked(piece.start, piece.end) and (whole or piece not in beside)
        collapsed = piece.kind is Kind.UNSEEN and piece not in beside
        if not (seen or collapsed or piece in in_entries):
            _empty(piece.element)
    return body if whole and outside else region


def _landmarks_in(furniture: set[Piece], ground: Ground) -> int:
    """How many landmarks stand in these pieces, those in pieces within pieces counted once."""
    count = reached = 0
    for piece in sorted(furniture, key=lambda piece: (piece.start, -piece.end)):
        if piece.end > reached:
            count += ground.count(max(piece.start, reached), piece.end)
            reached = piece.end
    return count


def _in_entries(furniture: list[Piece], marks: Sequence[int], spans: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    """The loose pieces between two landmarks, or in an element that holds one entry, or after the last like others."""
    holders = list(_holders(marks, spans))
    alike: set[tuple[Any, ...]] = set()
    for piece in sorted(furniture, key=lambda piece: (piece.start, -piece.end)) if marks else ():
        if piece.kind is Kind.PAGE:
            continue
        if marks[0] < piece.start and piece.end <= marks[-1]:
            alike.add(_look(piece.element))
            yield piece
        elif any(start <= piece.start and piece.end <= end for start, end in holders):
            yield piece
        elif piece.start > marks[-1] and _look(piece.element) in alike:
            alike.clear()
            holders.append((piece.start, piece.end))
            yield piece


def _look(element: Any) -> tuple[Any, ...]:
    return element.getparent(), element.tag, element.get("class"), element.get("role")


def _holders(marks: Sequence[int], spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """Where the outermost elements begin and end that hold the first landmark only, and the last only."""
    if not marks:
        return
    first, last = marks[0], marks[-1]
    if first == last:
        yield from _widest((start, end) for start, end, tag in spans if tag in SECTIONS and start <= first < end)
        return
    yield from _widest((start, end) for start, end, _ in spans if start <= first < end <= marks[1])
    yield from _widest((start, end) for start, end, _ in spans if marks[-2] < start <= last < end)


def _widest(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    widest = max(spans, key=lambda span: span[1] - span[0], default=None)
    if widest:
        yield widest


def _empty(element: Any) -> None:
    """Leave a mark without words in the place of an element: `<hr>` where it broke the line, else `<wbr>`."""
    element.clear(keep_tail=True)
    element.tag = "hr" if element.tag in BLOCKS else "wbr"
