"""The words of a message: which of its parts they are taken from, and as which lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from parsers.furniture import CODE, Kind, furniture_kind
from parsers.lines import BLOCKS, Line
from parsers.mail_characters import characters
from parsers.mail_parts import Part
from parsers.page import MAX_ELEMENTS, Page, PageChanged
from parsers.region import MAX_DEPTH

BODY_KINDS = ("text/plain", "text/html", "application/xhtml+xml")
SIGNATURES = (
    *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"),
    *("application/pgp-encrypted", "application/pgp-keys"),
)
FULL_SHARE = 2
"""A richer part that has fewer words than one in so many of the plain one's is taken for cut off."""
QUOTED = re.compile(r"(?:>\s?)*")


@dataclass(frozen=True)
class Body:
    """One part that words are taken from."""

    part: Part
    url: str

    @property
    def is_html(self) -> bool:
        return self.part.kind != "text/plain"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Its words as lines, with their links. Raises PageChanged where it is beyond a page's limits."""
        kind = "text/html" if self.is_html else "text/plain"
        said = characters(self.part.content[0], self.part.parameters.get("charset"), kind)
        if not self.is_html and self.part.parameters.get("format", "").lower() == "flowed":
            said = unflowed(said, is_deleting=self.part.parameters.get("delsp", "").lower() == "yes")
        page = (MailHtml if self.is_html else Page)(
            said.encode("utf-8", "replace"), self.url, media_type=f"{kind}; charset=utf-8"
        )
        page.is_markup = self.is_html
        return page.lines()

    @property
    def is_whole(self) -> bool:
        return self.part.content[1]

    @property
    def size(self) -> int:
        return sum(len(line.text.split()) for line in self.lines)


class MailHtml(Page):
    """The HTML of a message: all of it is content, but code and what no reader sees."""

    @cached_property
    def root(self) -> Any:
        _ = self.base
        body = self._tree.find("body")
        body = self._tree if body is None else body
        unseen = []
        for count, (depth, element) in enumerate(_elements(body)):
            if count > MAX_ELEMENTS or depth > MAX_DEPTH:
                raise PageChanged(f"{self.url}: more than {MAX_ELEMENTS} elements, or {MAX_DEPTH} deep, expected fewer")
            if element is not body and (element.tag in CODE or furniture_kind(element) is Kind.UNSEEN):
                unseen.append(element)
        for element in unseen:
            element.clear(keep_tail=True)
            element.tag = "hr" if element.tag in BLOCKS else "wbr"
        return body


def _elements(body: Any) -> Iterator[tuple[int, Any]]:
    """The elements with their depth, in their order."""
    depth = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            yield depth, element


Said = Sequence[Body | Part]
"""Bodies and messages within the message, in their order."""


def bodies(part: Part, url: str) -> list[Body | Part]:
    """What a message says, in its order: of alternatives the richest that is whole, messages within it as parts."""
    if part.is_message:
        return [part]
    if part.kind == "multipart/alternative" and part.parts:
        return _best([bodies(each, url) for each in part.parts])
    if part.parts:
        return [said for each in part.parts for said in bodies(each, url)]
    return [Body(part, url)] if is_body(part) else []


def is_body(part: Part) -> bool:
    """Whether a leaf is words of the message itself, neither attached to it nor a file."""
    return part.kind in BODY_KINDS and not _is_file(part)


def _best(choices: list[list[Body | Part]]) -> list[Body | Part]:
    """The last of the alternatives, which is the richest (RFC 2046, 5.1.4), among those that are whole and say most."""
    saying = [choice for choice in choices if _size(choice)] or choices[-1:]
    whole = [choice for choice in saying if all(not isinstance(each, Body) or each.is_whole for each in choice)]
    most = max((_size(choice) for choice in whole or saying), default=0)
    full = [choice for choice in whole or saying if _size(choice) * FULL_SHARE >= most]
    return full[-1] if full else []


def _size(choice: Said) -> int:
    return sum(each.size if isinstance(each, Body) else 1 for each in choice)


def attachments(part: Part) -> Iterator[Part]:
    """The leaves that are files of the message: neither words, nor signatures, nor pictures that stand in the words."""
    for leaf, is_choice in _leaves(part):
        is_picture = leaf.kind.startswith("image/") and leaf.disposition != "attachment"
        is_alternative = is_body(leaf) or (is_choice and leaf.kind.startswith("text/") and not _is_file(leaf))
        if not (is_picture or is_alternative or leaf.kind in SIGNATURES or leaf.kind.startswith("multipart/")):
            yield leaf


def _is_file(leaf: Part) -> bool:
    return leaf.disposition == "attachment" or bool(leaf.filename)


def _leaves(part: Part, *, is_choice: bool = False) -> Iterator[tuple[Part, bool]]:
    """The parts that hold no others, each with whether it is one of several alternatives."""
    for each in part.parts:
        yield from _leaves(each, is_choice=part.kind == "multipart/alternative")
    if not part.parts:
        yield part, is_choice


def unflowed(text: str, *, is_deleting: bool) -> str:
    """Text of `format=flowed` with its soft line breaks undone (RFC 3676)."""
    lines: list[str] = []
    open_mark: str | None = None
    for printed in text.splitlines():
        mark = QUOTED.match(printed)
        depth = ">" * (mark.group().count(">") if mark else 0)
        words = printed[mark.end() if mark and depth else 0 :]
        words = words[1:] if words.startswith(" ") and not depth else words
        is_soft = words.endswith(" ") and words != "-- "
        if open_mark == depth:
            lines[-1] += words
        else:
            lines.append(f"{depth} {words}" if depth else words)
        if is_soft and is_deleting:
            lines[-1] = lines[-1][:-1]
        open_mark = depth if is_soft else None
    return "\n".join(lines)
