"""The log of runs, and which sources have work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, union, update
from sqlalchemy.orm import Session

from archive.derived import SourceRow, Target
from archive.journal import pending
from archive.leases import LEASE_SECONDS, claim, release
from archive.listings import Listing, start_listings
from archive.statements import Statements
from archive.tables import Capture, Run, plain
from archive.targets import add_start_targets, lock_known_source, lock_source, reasons_due

_RUNS, _TARGETS, _SOURCES, _CAPTURES = plain(Run), plain(Target), plain(SourceRow), plain(Capture)
_BEGIN = insert(_RUNS).returning(_RUNS.c.id)
_END = (
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("number"))
    .values(ended_at=bindparam("at"), state=bindparam("how"), reason=bindparam("why"), accounts=bindparam("books"))
)
_WITH_WORK = union(
    *(select(_TARGETS.c.source).where(each) for each in reasons_due(bindparam("now"))),
    select(_SOURCES.c.slug).where(
        exists().where(_CAPTURES.c.source == _SOURCES.c.slug, _CAPTURES.c.state == "pending")
    ),
)
"""One part for each index: an OR over them would read every target that there is."""


BACKFILL = "backfill"
"""What in the accounts of a run names the web archive that it reads."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that holds its leases: its number, its listings, and the captures that wait to be settled first."""

    run_id: int
    listings: list[Listing]
    waiting: list[int]

    @property
    def target_ids(self) -> list[int]:
        return [listing.id for listing in self.listings]


def begin_run(
    within: Statements,
    slug: str,
    start: Collection[str],
    owner: str,
    now: datetime,
    parser_version: str,
    work: Mapping[str, Any] = MappingProxyType({}),
) -> Begun | None:
    """Lease a source's listing targets and log the run; None where another run has them.

    `work` says in its accounts what it does, where that is not to ask the live pages.
    """
    lock_known_source(within, slug)
    listings = start_listings(within, slug, start, parser_version)
    if len(listings) < len(set(start)):
        lock_source(within, slug)
        add_start_targets(within, slug, start, now)
        listings = start_listings(within, slug, start, parser_version)
    wanted = [listing.id for listing in listings]
    got = claim(within, wanted, owner, now, LEASE_SECONDS)
    if got != wanted:
        release(within, got, owner)
        return None
    begun = {"source": slug, "started_at": now, "state": "running", "accounts": dict(work)}
    run_id = within.scalars(_BEGIN, begun).one()
    return Begun(run_id, listings, pending(within, slug))


def end_run(
    within: Statements, run_id: int, state: str, reason: str | None, accounts: Mapping[str, Any], now: datetime
) -> None:
    """Log how a run ended."""
    within.execute(_END, {"number": run_id, "at": now, "how": state, "why": reason, "books": dict(accounts)})


def sources_with_work(session: Session, now: datetime) -> set[str]:
    """The sources that have a due target or a capture that waits to be settled."""
    return set(session.scalars(_WITH_WORK, {"now": now}))


def sources_met(session: Session) -> set[str]:
    """The sources that have a listing which is asked in its time."""
    asked = (Target.role == "listing", Target.next_check_at.is_not(None))
    return set(session.scalars(select(Target.source).where(*asked).distinct()))
