"""A page that is about to be asked, and the capture whose validators may go with the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from archive.derived import SourceRow, Target
from archive.tables import Capture, plain
from archive.waiting import LINKS_WAIT

_TARGETS, _CAPTURES, _SOURCES = plain(Target), plain(Capture), plain(SourceRow)
_IS_VALID = and_(
    _CAPTURES.c.source == _TARGETS.c.source,
    _CAPTURES.c.target_url == _TARGETS.c.url,
    _CAPTURES.c.role == _TARGETS.c.role,
    _CAPTURES.c.state == "done",
    _CAPTURES.c.healthy.is_(True),
    _CAPTURES.c.parser_version == bindparam("parser_version"),
)
_LISTING = (
    select(
        *(
            _TARGETS.c[name]
            for name in ("id", "role", "url", "moved_to", "facts", "first_seen_at", "lease_owner", "lease_until")
        ),
        *(_TARGETS.c[name] for name in ("confirmed_polls", "stated_minutes", "failures", "last_error")),
        _SOURCES.c.published,
        *(_CAPTURES.c[name] for name in ("id", "headers", "sha256")),
        _CAPTURES.c.facts.label("then"),
    )
    .join(_SOURCES, _SOURCES.c.slug == _TARGETS.c.source, isouter=True)
    .join(_CAPTURES, _IS_VALID, isouter=True)
    .where(_TARGETS.c.id == bindparam("number"))
    .order_by(_CAPTURES.c.fetched_at.desc(), _CAPTURES.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Validated:
    """A capture whose validators may be sent: its headers and the name of its body."""

    capture_id: int
    headers: Sequence[Sequence[str]]
    sha256: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that is about to be asked, and who has the lease of it.

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
    lease_owner: str | None
    lease_until: datetime | None
    confirmed_polls: int
    stated_minutes: int | None
    published: str
    links_wait: bool
    validated: Validated | None


def get_listing(session: Session, target_id: int, parser_version: str) -> Listing:
    """The page with that id."""
    row = session.execute(_LISTING, {"number": target_id, "parser_version": parser_version}).one()
    *_, capture_id, headers, sha256, then = row
    return Listing(
        row[0],
        row.role,
        row.url,
        row.moved_to,
        row.facts,
        row.first_seen_at,
        row.lease_owner,
        row.lease_until,
        row.confirmed_polls,
        row.stated_minutes,
        row.published or "",
        not row.failures and (row.last_error or "").startswith(LINKS_WAIT),
        Validated(capture_id, headers, sha256) if capture_id is not None and then == row.facts else None,
    )
