"""What all processes share of a host that they ask: its pause, its turns, its failures, its robots.txt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from archive.derived import Host, HostTurn, RobotsFile
from archive.leases import is_gone
from archive.tables import plain
from archive.upsert import insert_once

_HOSTS, _TURNS, _ROBOTS = plain(Host), plain(HostTurn), plain(RobotsFile)
_LOCK = select(_HOSTS).where(_HOSTS.c.name == bindparam("host")).with_for_update()
_TAKEN = select(_TURNS.c.slot, _TURNS.c.owner, _TURNS.c.until).where(_TURNS.c.host == bindparam("host"))
_FREE = delete(_TURNS).where(_TURNS.c.host == bindparam("host"), _TURNS.c.slot.in_(bindparam("slots", expanding=True)))
_TAKE = insert(_TURNS)
_SAVE = (
    update(_HOSTS)
    .where(_HOSTS.c.name == bindparam("host"))
    .values({name: bindparam(name) for name in ("free_at", "failures", "closed_until", "last_error")})
)
_RULES = select(_ROBOTS).where(_ROBOTS.c.origin == bindparam("of"))
_FORGET_RULES = delete(_ROBOTS).where(_ROBOTS.c.origin == bindparam("of"))
_TROUBLED = select(_HOSTS).where(or_(_HOSTS.c.failures > 0, _HOSTS.c.closed_until.is_not(None))).order_by(_HOSTS.c.name)


@dataclass(slots=True)
class HostState:
    """A host as it is known: free for the next request at `free_at`, left alone until `closed_until`.

    `turns` are the requests under way by slot: whose, and until when they may last. `failures` are those in a row.
    """

    free_at: datetime
    failures: int = 0
    closed_until: datetime | None = None
    last_error: str | None = None
    turns: dict[int, tuple[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt as it was last had: `had_at` is when it answered, `text` None where it is none or none was had."""

    asked_at: datetime
    good_until: datetime
    had_at: datetime | None
    status: int | None
    headers: Sequence[Sequence[str]]
    text: str | None


@contextmanager
def changing_host(session: Session, host: str, now: datetime) -> Iterator[HostState]:
    """The host's state, locked until the transaction ends; what is changed in it is written when the block ends.

    Turns whose time is over or whose owner's process has ended are left out, and removed.
    """
    row = session.execute(_LOCK, {"host": host}).one_or_none()
    if row is None:
        insert_once(session, Host, name=host, free_at=now, failures=0)
        row = session.execute(_LOCK, {"host": host}).one()
    found = {slot: (owner, until) for slot, owner, until in session.execute(_TAKEN, {"host": host})}
    turns = {slot: turn for slot, turn in found.items() if turn[1] > now and not is_gone(turn[0])}
    state = HostState(row.free_at, row.failures, row.closed_until, row.last_error, turns)
    before = (row.free_at, row.failures, row.closed_until, row.last_error)
    yield state
    after = (state.free_at, state.failures, state.closed_until, state.last_error)
    if after != before:
        values = dict(zip(("free_at", "failures", "closed_until", "last_error"), after, strict=True))
        session.execute(_SAVE, {"host": host, **values})
    _save_turns(session, host, found, state.turns)


def _save_turns(
    session: Session, host: str, found: dict[int, tuple[str, datetime]], kept: dict[int, tuple[str, datetime]]
) -> None:
    ended = [slot for slot, turn in found.items() if kept.get(slot) != turn]
    if ended:
        session.execute(_FREE, {"host": host, "slots": ended})
    begun = [(slot, turn) for slot, turn in kept.items() if found.get(slot) != turn]
    if begun:
        rows = [{"host": host, "slot": slot, "owner": owner, "until": until} for slot, (owner, until) in begun]
        session.execute(_TAKE, rows)


def robots_of(session: Session, origin: str) -> Robots | None:
    """The robots.txt of an origin (`https://host:port`) as it was last had; None where it never was asked for."""
    row = session.execute(_RULES, {"of": origin}).one_or_none()
    if row is None:
        return None
    return Robots(row.asked_at, row.good_until, row.had_at, row.status, row.headers, row.text)


def keep_robots(session: Session, origin: str, robots: Robots) -> None:
    """Keep a robots.txt in the place of the one that was known."""
    session.execute(_FORGET_RULES, {"of": origin})
    insert_once(
        session,
        RobotsFile,
        origin=origin,
        asked_at=robots.asked_at,
        good_until=robots.good_until,
        had_at=robots.had_at,
        status=robots.status,
        headers=[list(pair) for pair in robots.headers],
        text=robots.text,
    )


def known_hosts(session: Session, names: Collection[str]) -> set[str]:
    """Those of the hosts that were ever asked."""
    return set(session.scalars(select(_HOSTS.c.name).where(_HOSTS.c.name.in_(sorted(names)))))


def troubled_hosts(session: Session) -> dict[str, HostState]:
    """The hosts whose last requests failed, or that are left alone, by name."""
    return {
        row.name: HostState(row.free_at, row.failures, row.closed_until, row.last_error)
        for row in session.execute(_TROUBLED)
    }
