"""A page made fit to be kept in the repository: without secrets, and without the publisher's prose."""

from __future__ import annotations

import re

from kit.filler import Filler
from kit.json_text import filled_json
from kit.markup import refilled
from kit.secrets_removed import without_secrets
from parsers.decoding import BYTE_ORDER_MARKS, declared_codec, decode
from parsers.page import MARKUP

XML = re.compile(r"\s*(?:<\?xml\b(?!.{0,200}<!doctype html)|<(?:rss|feed|rdf:rdf|alert|[\w.-]+:alert)\b)", re.I | re.S)


def kind_of(body: bytes, media_type: str | None) -> str:
    """What a body is: html, xml, json or txt."""
    characters = decode(body, media_type)
    start = characters.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return "json"
    if XML.match(start) and "<html" not in start[:2000].lower():
        return "xml"
    return "html" if MARKUP.search(characters) else "txt"


def redacted(body: bytes, media_type: str | None, filler: Filler | None) -> bytes:
    """The body without cookies, tokens and scripts; with a filler, with its words in place of the prose."""
    kind, characters = kind_of(body, media_type), decode(body, media_type)
    if kind == "json":
        changed = filled_json(characters, filler)
    elif kind in ("html", "xml"):
        changed = refilled(characters, filler, lambda inner: filled_json(inner, filler), is_xml=kind == "xml")
    else:
        changed = characters if filler is None else "".join(_lines(characters, filler))
    return _encoded(without_secrets(changed), body, media_type)


def _lines(characters: str, filler: Filler) -> list[str]:
    return [filler.fill([line])[0] for line in characters.splitlines(keepends=True)]


def _encoded(characters: str, body: bytes, media_type: str | None) -> bytes:
    """In the encoding that the page was in; what that cannot say is written as a reference."""
    for mark, marked_codec in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return mark + characters.encode(marked_codec, "replace")
    codec = declared_codec(body, media_type)
    if codec is None or decode(body, media_type) != body.decode(codec, "replace"):
        try:
            body.decode("utf-8")
            codec = "utf-8"
        except UnicodeDecodeError:
            codec = codec or "cp1252"
    return characters.encode(codec, "xmlcharrefreplace")
