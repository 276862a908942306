"""What a record must be for an archive to keep it and for a reader to read it; parsers of others may make anything."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from archive.records import FIELDS, PAIR_NAMES, PRECISIONS, UNKEPT, Notification, check_issued

LISTS = ("references", "issuers", "topics")
EMPTY = {each.name: each.default for each in fields(Notification) if each.default is not MISSING}
"""What says of a field that nothing is stated."""


def fault_of(record: Notification) -> str | None:
    """What is wrong with a record, as `field: what, expected what`; None for one that can be kept."""
    if not isinstance(record, Notification):
        return f"{_brief(record)}, expected a Notification"
    for name in FIELDS:
        value = getattr(record, name)
        if value == EMPTY.get(name, MISSING):
            continue
        try:
            fault = fault_of_texts(_texts(name, value))
        except (TypeError, ValueError) as problem:
            fault = f"{_brief(value)}, expected {problem}"
        if fault:
            return f"{name}: {fault}"
    return _fault_of_dates(record)


def fault_of_texts(texts: Iterable[object]) -> str | None:
    """What is wrong with the first of these that is no text which can be kept; None where all are."""
    for text in texts:
        if not isinstance(text, str):
            return f"{_brief(text)}, expected a text"
        if not _can_be_kept(text):
            return f"{_brief(text)}, expected a text without NUL and halves of characters"
    return None


def _can_be_kept(text: str) -> bool:
    """Whether nothing of it is UNKEPT, told by what strings do at once."""
    if text.isascii():
        return "\0" not in text
    return UNKEPT.search(text) is None


def mended(text: object) -> str:
    """A text that can be kept of whatever this is: U+FFFD stands where something cannot."""
    return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text if isinstance(text, str) else repr(text))


def _texts(name: str, value: Any) -> Iterator[object]:
    """Every text of a field; raises ValueError or TypeError with what was expected of the whole."""
    if name == "evidence":
        if not isinstance(value, Mapping):
            raise ValueError("texts by field")
        return itertools.chain(value, value.values())
    if name not in LISTS and name not in PAIR_NAMES:
        return iter((value,))
    if not isinstance(value, tuple):
        raise ValueError("a tuple")
    if name in LISTS:
        return iter(value)
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        raise ValueError("a tuple of pairs")
    return itertools.chain(*value)


def _fault_of_dates(record: Notification) -> str | None:
    if record.issued_precision not in (None, *PRECISIONS):
        return f"issued_precision: {_brief(record.issued_precision)}, expected one of {', '.join(PRECISIONS)}"
    try:
        check_issued(record)
    except (ValueError, OverflowError):
        return f"issued: {_brief(record.issued)}, expected an ISO 8601 date of the years 2 to 9998"
    return None


def _brief(value: object) -> str:
    return ascii(value)[:80]
