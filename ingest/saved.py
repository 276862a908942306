"""Saved pages, and what a `meta.json` beside one states of it: address, time, media type, role and facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.addresses import address_at
from ingest.files import STANDARD_INPUT, read_file
from parsers.source import Source

META = "meta.json"
STEMS = ("page", "feed", "doc")
"""Names of the file that a `meta.json` speaks of, whatever their ending."""
ROLES = ("listing", "detail", "attachment")


@dataclass(frozen=True, slots=True)
class Saved:
    """A page in a file, with what is stated of it; None and empty where nothing is."""

    file: Path
    url: str | None = None
    at: datetime | None = None
    media_type: str | None = None
    role: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def but(self, url: str | None, at: datetime | None) -> Saved:
        """The same with the address and the time that an operator states, where he does."""
        return replace(self, url=url or self.url, at=at or self.at)


def stated_beside(source: Source, file: Path) -> Saved:
    """A saved page with what the `meta.json` beside it states; raises OSError and ValueError where that is unreadable.

    `fetched_at` is ISO 8601, UTC where it states no zone.
    """
    meta = file.parent / META
    if file == STANDARD_INPUT or file.stem not in STEMS or not meta.is_file():
        return Saved(file)
    try:
        stated = json.loads(read_file(meta))
        if not isinstance(stated, dict):
            raise ValueError("no object, expected one")
        return _saved(source, file, stated)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{meta}: {problem}") from problem


def _saved(source: Source, file: Path, stated: Mapping[str, Any]) -> Saved:
    url, at, role = _words(stated, "url"), _words(stated, "fetched_at"), _words(stated, "role")
    if role is not None and role not in ROLES:
        raise ValueError(f"role {role!r}, expected {', '.join(ROLES)}")
    facts = stated.get("facts", {})
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise ValueError("facts that are no words, expected an object of words")
    return Saved(
        file,
        url=None if url is None else address_at(source, url),
        at=None if at is None else _moment(at),
        media_type=_words(stated, "media_type"),
        role=role,
        facts=facts,
    )


def _words(stated: Mapping[str, Any], name: str) -> str | None:
    value = stated.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} {value!r}, expected words")
    return value


def _moment(printed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(printed)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"fetched_at {printed!r}, expected a time like 2017-04-24T10:00:00Z") from problem
