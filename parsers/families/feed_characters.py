"""The characters of a feed: what encoding its bytes are in, and its references as XML knows them."""

from __future__ import annotations

import re
from html.entities import html5

from parsers.decoding import BYTE_ORDER_MARKS, declared_codec, decode
from parsers.families.feed_references import with_known_references
from parsers.page import PageChanged

UTF_16 = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}
"""How a document in UTF-16 without a byte order mark begins (XML 1.0, appendix F)."""
PROLOGUE = re.compile(r"[^<]{1,1000}|<\?[^>]{0,2000}>|<!DOCTYPE[^\[>]{0,500}(?:\[([^\]]{0,20000})\]\s{0,99})?>", re.I)
ENTITY_NAMES = re.compile(r"<!ENTITY\s{1,9}([^\s>]{1,60})")
SECTION = re.compile(r"<!\[CDATA\[|<!--")


def characters_of(body: bytes, media_type: str | None) -> str:
    """The characters of a feed's body: as UTF-8 wherever the bytes are that, else as declared.

    Bytes that happen to be UTF-8 in another encoding are next to impossible, wrong declarations common. The feed's own
    declaration goes before the header's (against RFC 7303): a server states one for all its files.
    """
    if any(body.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        return decode(body, media_type)
    codecs = (UTF_16.get(body[:4], "utf-8"), declared_codec(body, None), declared_codec(body, media_type))
    for codec in filter(None, codecs):
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    return decode(body, None)


def end_of_prologue(characters: str, url: str) -> int:
    """Where the root element begins: after declarations, comments, the document type, and words that are none of it.

    The document type is read past: the entities that it may declare are HTML's. Raises PageChanged for others.
    """
    place = 0
    while True:
        if characters.startswith("<!--", place):
            place = _after(characters, "-->", place, url)
            continue
        found = PROLOGUE.match(characters, place)
        if not found:
            return place
        for name in ENTITY_NAMES.findall(found.group(1) or ""):
            if f"{name};" not in html5:
                raise PageChanged(f"{url}: declares an entity {name!r} of its own, expected those of HTML at most")
        place = found.end()


def mended(characters: str, root: str, url: str) -> str:
    """The root element without comments; references that XML does not know are characters, a lone `&` is `&amp;`.

    What follows the root's end is left out. Raises PageChanged where the root, a CDATA section or a comment has no
    end: the document was cut off, and what is left of it would look like a shorter feed.
    """
    parts: list[str] = []
    end = 0
    closing = re.compile(rf"</{re.escape(root)}\s{{0,99}}>")
    place = 0
    while True:
        section = SECTION.search(characters, place)
        outside = characters[place : section.start() if section else len(characters)]
        parts.append(with_known_references(outside))
        for found in closing.finditer(outside):
            end, last = len(parts), found
        if section is None:
            break
        is_comment = section.group() == "<!--"
        if is_comment and end and characters.find("-->", section.end()) < 0:
            break
        place = _after(characters, "-->" if is_comment else "]]>", section.end(), url)
        parts.append("" if is_comment else characters[section.start() : place])
    if not end:
        raise PageChanged(f"{url}: no </{root}>, expected a whole document: it was cut off")
    return "".join((*parts[: end - 1], with_known_references(last.string[: last.end()]))).replace("\x0c", " ")


def _after(characters: str, terminator: str, start: int, url: str) -> int:
    found = characters.find(terminator, start)
    if found < 0:
        raise PageChanged(f"{url}: no {terminator!r}, expected a whole document: it was cut off")
    return found + len(terminator)
