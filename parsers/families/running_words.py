"""Where words run on: the characters of paragraphs and blocks that are long enough and not mostly links."""

from __future__ import annotations

from typing import Any

from lxml import etree

from parsers.lines import BLOCKS

MIN_PARAGRAPH = 25


def running_words(root: Any) -> dict[Any, int]:
    """The running characters of each block's own words, of blocks in it not counted; 0 where its words do not run."""
    own: dict[Any, int] = {}
    opened: list[list[int]] = [[0, 0]]
    links = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_link, is_block = element.tag == "a", element.tag in BLOCKS
        if event == "start":
            links += is_link
            if is_block:
                opened.append([0, 0])
            opened[-1][links > 0] += _size(element.text)
            continue
        links -= is_link
        if is_block:
            own[element] = _running(*opened.pop())
        if element is not root:
            opened[-1][links > 0] += _size(element.tail)
    return own


def _running(free: int, linked: int) -> int:
    return free if free >= MIN_PARAGRAPH and free >= linked else 0


def _size(words: str | None) -> int:
    return len(words.strip()) if words else 0
