"""The normalised record of one bulletin, and what a parser hands over for one document."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

HASH_VERSION = 1
LONDON = ZoneInfo("Europe/London")
PRECISIONS = ("year", "month", "day", "minute", "second")
UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What no text of a record may hold: NUL, which PostgreSQL keeps nowhere, and halves of characters."""
UNUSED = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for the first capture of records that state when they were issued."""

ADDRESS_FIELDS = ("source", "ref", "url")
CLASSIFICATION_FIELDS = ("issuers", "topics", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One bulletin as its publisher states it. What the publisher does not state is None or empty.

    `issued` and `expires` are ISO 8601 in the publisher's own terms: a bare date where only a date is
    stated, otherwise with the offset of the stated zone (Europe/London where none is stated).
    Stated fields other than `source`, `ref` and `url` make the content hash; `issuers`, `topics` and
    `handling` are our classification; `evidence` says how each field was obtained.
    """

    source: str
    url: str
    text: str
    ref: str | None = None
    title: str | None = None
    level: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    issued: str | None = None
    issued_precision: str | None = None
    expires: str | None = None
    region: str | None = None
    threat_levels: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    language: str | None = None
    issuers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    handling: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict, compare=False)

    def as_row(self) -> dict[str, Any]:
        """The record with its public field names, pairs spelled out as objects, as `parse` prints it."""
        return {name: _plain(name, getattr(self, name)) for name in FIELDS}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Notification:
        """The record that `as_row` printed; fields that a later version added are ignored."""
        return cls(**{name: _typed(name, row[name]) for name in FIELDS if name in row})

    def stated(self) -> dict[str, Any]:
        """The stated fields that the content hash covers."""
        return {name: _plain(name, getattr(self, name)) for name in STATED}

    def content_hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON (RFC 8785, NFC) of the stated fields: hash version 1."""
        return hashlib.sha256(canonical(_nfc(self.stated()))).hexdigest()


def canonical(stated: Mapping[str, Any]) -> bytes:
    """The canonical JSON (RFC 8785) of texts, lists and objects whose names are plain ASCII, or null.

    Of those, and of nothing else, json writes what the standard asks for. Raises ValueError for halves of characters.
    """
    try:
        return json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return rfc8785.dumps(dict(stated))


def issued_sort(record: Notification, first_seen: datetime) -> tuple[datetime, bool]:
    """Where a record stands in time (UTC) and whether that is stated; an undated one stands at its first capture.

    A date alone is 00:00 in London; a year or month alone is its first day.
    """
    if record.issued is None:
        return first_seen, False
    printed = record.issued
    if record.issued_precision in ("year", "month", "day"):
        padded = (printed + "-01-01")[:10] if len(printed) < 10 else printed
        day = datetime.fromisoformat(padded).date()
        return datetime.combine(day, time.min, LONDON).astimezone(UTC), True
    moment = datetime.fromisoformat(printed)
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC), True


def check_issued(record: Notification) -> None:
    """Raises ValueError or OverflowError where what is stated of its date is no date of the years 2 to 9998."""
    if record.issued_precision == "month":
        date.fromisoformat(f"{str(record.issued)[:7]}-01")
    if record.issued is not None and not 2 <= issued_sort(record, UNUSED)[0].year <= 9998:
        raise ValueError("year")


PAIR_NAMES: dict[str, tuple[str, str]] = {
    "codes": ("scheme", "value"),
    "threat_levels": ("scope", "level"),
    "links": ("url", "text"),
    "attachments": ("url", "title"),
}


FIELDS = tuple(each.name for each in fields(Notification))
STATED = tuple(name for name in FIELDS if name not in {*ADDRESS_FIELDS, *CLASSIFICATION_FIELDS, "evidence"})


def _plain(name: str, value: Any) -> Any:
    """A field's value as a row has it: tuples as lists, pairs as objects, mappings copied."""
    if value is None or isinstance(value, str):
        return value
    names = PAIR_NAMES.get(name)
    if names:
        return [dict(zip(names, pair, strict=True)) for pair in value]
    if name == "evidence":
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, value: Any) -> Any:
    """A field's value as the record has it, from a row."""
    names = PAIR_NAMES.get(name)
    if names:
        return tuple((pair[names[0]], pair[names[1]]) for pair in value)
    return tuple(value) if isinstance(value, list) else value


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_nfc(item) for item in value]
    if isinstance(value, dict):
        return {key: _nfc(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry that was parsed. `position` counts the page's candidates from 0; `raw` is the entry's own text."""

    position: int
    raw: str
    notification: Notification

    @property
    def entry_hash(self) -> str:
        """The name (SHA-256, hex) of the entry as the page has it, whatever the parser makes of it."""
        return hashlib.sha256(self.raw.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that could not be parsed, with the reason as `where: what, expected what`."""

    position: int
    raw: str
    reason: str

    @property
    def entry_hash(self) -> str:
        """The name (SHA-256, hex) of the entry as the page has it."""
        return hashlib.sha256(self.raw.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """A document that a page points to. `facts` (date, title, id that the page stated) go to its parser."""

    url: str
    role: str
    ref: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a parser took from one document: every candidate is in `read` or in `refused`."""

    read: tuple[ReadEntry, ...]
    refused: tuple[RefusedEntry, ...]
    links: tuple[Link, ...] = ()
    states_links: bool = True
    """Whether the document could state addresses at all: plain text cannot, so their absence in it says nothing."""
    recognised: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By address, the attachments known by sight: their `series`, `issuer`, `edition`, `issued` and the `evidence`."""
    nothing: str | None = None
    """Why a document without entries and links rightly has none, as it says itself (a CAP acknowledgement)."""

    @property
    def seen(self) -> int:
        return len(self.read) + len(self.refused)

    @property
    def shown(self) -> int:
        """How much the document shows: its entries, and the details that it points to."""
        return self.seen + sum(link.role == "detail" for link in self.links)
