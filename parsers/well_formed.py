"""What a record must be for an archive to keep it and for a reader to read it; parsers of others may make anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.records import FIELDS, PAIR_NAMES, PRECISIONS, UNKEPT, Notification, check_issued

REQUIRED = ("source", "url", "text")
LISTS = ("references", "issuers", "topics")


def fault_of(record: Notification) -> str | None:
    """What is wrong with a record, as `field: what, expected what`; None for one that can be kept."""
    if not isinstance(record, Notification):
        return f"{_brief(record)}, expected a Notification"
    for name in FIELDS:
        value = getattr(record, name)
        if value is None and name not in (*REQUIRED, *PAIR_NAMES, *LISTS, "evidence"):
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
        if UNKEPT.search(text):
            return f"{_brief(text)}, expected a text without NUL and halves of characters"
    return None


def mended(text: object) -> str:
    """A text that can be kept of whatever this is: U+FFFD stands where something cannot."""
    return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text if isinstance(text, str) else repr(text))


def _texts(name: str, value: Any) -> Iterator[object]:
    """Every text of a field; raises ValueError or TypeError with what was expected of the whole."""
    if name == "evidence":
        if not isinstance(value, Mapping):
            raise ValueError("texts by field")
        return iter([*value.keys(), *value.values()])
    if name in LISTS or name in PAIR_NAMES:
        if not isinstance(value, tuple):
            raise ValueError("a tuple")
        if name in LISTS:
            return iter(value)
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
            raise ValueError("a tuple of pairs")
        return (text for pair in value for text in pair)
    return iter((value,))


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
