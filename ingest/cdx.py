"""The dialects in which archives list captures: CDX text, CDXJ, JSON lines, and arrays of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.holdings import BadIndex, Row, Unusable, moment_in
from ingest.warc import plain_digest

LETTERS = {
    "N": "urlkey",
    "b": "timestamp",
    "a": "original",
    "m": "mimetype",
    "s": "statuscode",
    "k": "digest",
    "S": "length",
    "V": "offset",
    "g": "filename",
}
"""What the letters in the head of a CDX file stand for; others are passed over."""
SEVEN = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
ELEVEN = (*SEVEN[:6], "redirect", "robotflags", "length", "offset", "filename")
MOST_CHARACTERS = 2_000
LARGEST = 2**62


def rows_in(body: bytes) -> Iterator[Row | Unusable]:
    """The rows of one answer of an index, in its order. Raises BadIndex for what is no list of captures."""
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff \r\n")
    if text.startswith("["):
        yield from _rows_in_array(text)
        return
    names: Sequence[str] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip("\r")
        if not line:
            yield from _behind(text.split("\n")[number:], number)
            return
        if line.lstrip().startswith("CDX "):
            names = tuple(LETTERS.get(letter, letter) for letter in line.split()[1:])
        else:
            yield _row_in_line(line, names, number)


def _rows_in_array(text: str) -> Iterator[Row | Unusable]:
    """An array of arrays whose first one holds the names, as the Internet Archive's server gives it."""
    found = _json(text)
    if not isinstance(found, list) or not all(isinstance(each, list) for each in found):
        raise BadIndex("the index answers with other JSON, expected an array of arrays")
    names = [str(name) for name in found[0]] if found else []
    for number, each in enumerate(found[1:], start=2):
        if not each:
            yield from _behind(found[number:], number)
            return
        yield _row_of(dict(zip(names, map(str, each), strict=False)), number)


def _behind(rest: Sequence[object], number: int) -> Iterator[Unusable]:
    """What stands behind an empty line, which ends a list: the key to resume it may, further captures may not."""
    count = sum(bool(each) for each in rest)
    if count > 1:
        yield Unusable(f"{count} lines behind the end of the list in line {number} of the index, expected none")


def _row_in_line(line: str, names: Sequence[str], number: int) -> Row | Unusable:
    if line.startswith("{"):
        return _row_in_json(line, {}, number)
    fields = line.split(" ")
    if len(fields) > 2 and fields[2].startswith("{"):
        return _row_in_json(line.split(" ", 2)[2], {"timestamp": fields[1]}, number)
    if line.startswith("<"):
        raise BadIndex(f"the index answers with {line[:60]!r}, expected a list of captures")
    names = names or (SEVEN if len(fields) == len(SEVEN) else ELEVEN)
    if len(fields) != len(names):
        return Unusable(f"line {number} of the index has {len(fields)} fields, expected {len(names)}: {line[:100]!r}")
    return _row_of(dict(zip(names, fields, strict=True)), number)


def _row_in_json(text: str, before: Mapping[str, str], number: int) -> Row | Unusable:
    try:
        found = _json(text)
    except BadIndex as problem:
        return Unusable(f"line {number}: {problem}")
    if not isinstance(found, dict):
        return Unusable(f"line {number} of the index is other JSON, expected an object")
    return _row_of({**before, **{str(name): str(value) for name, value in found.items()}}, number)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadIndex(f"the index answers with JSON that cannot be read: {problem}") from problem


def _row_of(fields: Mapping[str, str], number: int) -> Row | Unusable:
    url = fields.get("original") or fields.get("url") or ""
    try:
        at, problem = moment_in(fields.get("timestamp", ""))
    except ValueError as unreadable:
        return Unusable(f"line {number} of the index: {url[:200]}: {unreadable}")
    if not url or len(url) > MOST_CHARACTERS:
        return Unusable(f"line {number} of the index: an address of {len(url)} characters, expected one that can be")
    return Row(
        url=url,
        at=at,
        digest=plain_digest(fields.get("digest")),
        status=_status(fields.get("statuscode") or fields.get("status") or ""),
        media_type=fields.get("mimetype") or fields.get("mime") or "",
        file=fields.get("filename"),
        position=_number(fields.get("offset", "")),
        length=_number(fields.get("length", "")),
        problem=problem,
    )


def _status(printed: str) -> int | None:
    number = _number(printed)
    return number if number is not None and 100 <= number <= 599 else None


def _number(printed: str) -> int | None:
    is_number = printed.isascii() and printed.isdigit() and len(printed) < 19
    return int(printed) if is_number and int(printed) <= LARGEST else None
