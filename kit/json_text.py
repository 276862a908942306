"""JSON with other words in its strings: every member, number and bracket stays as it is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kit.filler import Filler
from kit.markup import TAG, refilled
from kit.secrets_removed import REMOVED, SECRET_NAME, without_secrets

STRING = re.compile(r'"(?:[^"\\]|\\.)*+"(\s*+:)?')


def filled_json(document: str, filler: Filler | None) -> str:
    """The document without secrets; with a filler, with its words in place of the prose."""
    return "".join(_pieces(document, filler))


def _pieces(document: str, filler: Filler | None) -> Iterator[str]:
    end, key = 0, ""
    for found in STRING.finditer(document):
        yield document[end : found.start()]
        end = found.end()
        if found[1] is not None:
            key = found[0].rstrip(": \t\r\n").strip('"')
            yield found[0]
        else:
            yield _string(found[0], key, filler)
    yield document[end:]


def _string(printed: str, key: str, filler: Filler | None) -> str:
    try:
        value = str(json.loads(printed, strict=False))
    except ValueError:
        return printed
    changed = _changed(value, key, filler)
    if changed == value:
        return printed
    written = json.dumps(changed, ensure_ascii=printed.isascii())
    return written.replace("</", r"<\/") if r"<\/" in printed else written


def _changed(value: str, key: str, filler: Filler | None) -> str:
    if SECRET_NAME.fullmatch(key):
        return REMOVED
    if TAG.search(value):
        return refilled(value, filler, lambda inner: filled_json(inner, filler))
    return without_secrets(value if filler is None else filler.fill([value])[0])
