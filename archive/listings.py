"""A page that is about to be asked, and the capture whose validators may go with the request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from archive.derived import SourceRow, Target
from archive.statements import Statements
from archive.tables import Capture, plain

_TARGETS, _CAPTURES, _SOURCES = plain(Target), plain(Capture), plain(SourceRow)
_OLDER = _CAPTURES.alias("valid")
_NEWEST_VALID = (
    select(_OLDER.c.id)
    .where(
        _OLDER.c.source == _TARGETS.c.source,
        _OLDER.c.target_url == _TARGETS.c.url,
        _OLDER.c.role == _TARGETS.c.role,
        _OLDER.c.state == "done",
        _OLDER.c.healthy.is_(True),
        _OLDER.c.parser_version == bindparam("parser_version"),
    )
    .order_by(_OLDER.c.fetched_at.desc(), _OLDER.c.id.desc())
    .limit(1)
    .correlate(_TARGETS)
    .scalar_subquery()
)
_LISTINGS = (
    select(
        *(_TARGETS.c[name] for name in ("id", "role", "url", "moved_to", "facts", "first_seen_at")),
        *(_TARGETS.c[name] for name in ("confirmed_polls", "stated_minutes", "links_wait")),
        _SOURCES.c.published,
        _CAPTURES.c.id.label("capture_id"),
        *(_CAPTURES.c[name] for name in ("headers", "sha256")),
        _CAPTURES.c.facts.label("then"),
    )
    .join(_SOURCES, _SOURCES.c.slug == _TARGETS.c.source, isouter=True)
    .join(_CAPTURES, _CAPTURES.c.id == _NEWEST_VALID, isouter=True)
    .order_by(_TARGETS.c.id)
)
_THESE = _LISTINGS.where(_TARGETS.c.id.in_(bindparam("ids", expanding=True)))
_START = _LISTINGS.where(
    _TARGETS.c.source == bindparam("source"),
    _TARGETS.c.url.in_(bindparam("urls", expanding=True)),
    _TARGETS.c.role == "listing",
    _TARGETS.c.next_check_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Validated:
    """A capture whose validators may be sent: its headers and the name of its body."""

    capture_id: int
    headers: Sequence[Sequence[str]]
    sha256: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that is about to be asked.

    `links_wait` says that what it points to waits for its host's turn, and goes before it. `validated` is the last
    healthy capture of it that the very same parser read. `published` is when something new of its source was seen
    (`archive.publications`).
    """

    id: int
    role: str
    url: str
    moved_to: str | None
    facts: Mapping[str, str]
    first_seen_at: datetime
    confirmed_polls: int
    stated_minutes: int | None
    published: str
    links_wait: bool
    validated: Validated | None


def get_listings(session: Session, target_ids: Collection[int], parser_version: str) -> list[Listing]:
    """The pages with these ids, in their order."""
    rows = session.execute(_THESE, {"ids": list(target_ids), "parser_version": parser_version})
    return [_listing(row) for row in rows]


def start_listings(within: Statements, source: str, urls: Collection[str], parser_version: str) -> list[Listing]:
    """The pages that a source starts from, as far as they are known and ever asked, in the order of their ids."""
    asked = {"source": source, "urls": list(urls), "parser_version": parser_version}
    return [_listing(row) for row in within.execute(_START, asked)]


def _listing(row: Any) -> Listing:
    is_valid = row.capture_id is not None and row.then == row.facts
    return Listing(
        row.id,
        row.role,
        row.url,
        row.moved_to,
        row.facts,
        row.first_seen_at,
        row.confirmed_polls,
        row.stated_minutes,
        row.published or "",
        row.links_wait is not None,
        Validated(row.capture_id, row.headers, row.sha256) if is_valid else None,
    )
