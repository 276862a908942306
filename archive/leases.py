"""Who is asking an address now: leases, claimed in one UPDATE, free again when their owner or their time has ended."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import bindparam, or_, select, update

from archive.derived import Target
from archive.statements import Statements
from archive.tables import plain

LEASE_SECONDS = 900.0
"""A run that is alive renews its lease before each fetch; a dead run's lease on this host is free at once."""

_TARGETS = plain(Target)
_AMONG = _TARGETS.c.id.in_(bindparam("ids", expanding=True))
_FREE = or_(
    _TARGETS.c.lease_owner.is_(None),
    _TARGETS.c.lease_until <= bindparam("now"),
    _TARGETS.c.lease_owner.in_(bindparam("gone", expanding=True)),
)
_LEASE = (
    update(_TARGETS)
    .where(_AMONG, _FREE)
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
    .returning(_TARGETS.c.id)
)
_OWNERS = select(_TARGETS.c.lease_owner).where(_AMONG, _TARGETS.c.lease_owner.is_not(None)).distinct()
_RELEASE = (
    update(_TARGETS)
    .where(_AMONG, _TARGETS.c.lease_owner == bindparam("owner"))
    .values(lease_owner=None, lease_until=None)
)

_owners_made = itertools.count(1)
_retired: set[str] = set()


def owner_here() -> str:
    """A new lease owner of this process: host, process id, the process's start, a number of its own."""
    return f"{_process_here(os.getpid())}:{next(_owners_made)}"


@cache
def _process_here(pid: int) -> str:
    """This process, told from every other one of this host and of other hosts; asked anew after a fork."""
    return f"{os.uname().nodename}:{pid}:{_started(pid)}"


def retire(owner: str) -> None:
    """An owner of this process has ended its work: what it could not give back is free from now on."""
    _retired.add(owner)


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; `ended` for one that waits to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "?"
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[0] in ("Z", "X") else fields[19]


def is_gone(owner: str) -> bool:
    """Whether a lease owner has retired or is a process of this host that no longer runs; one elsewhere never is."""
    if owner in _retired:
        return True
    parts = owner.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != os.uname().nodename or not parts[1].isdigit():
        return False
    pid, started = int(parts[1]), parts[2]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return started not in ("?", _started(pid))


def claim(within: Statements, target_ids: Sequence[int], owner: str, now: datetime, seconds: float) -> list[int]:
    """Lease the targets that nobody holds, and return which were got; a dead owner's lease is free."""
    got = _lease(within, target_ids, owner, now, seconds)
    if len(got) < len(target_ids):
        held_by = within.scalars(_OWNERS, {"ids": list(target_ids)}).all()
        gone = [held for held in held_by if held and is_gone(held)]
        got += _lease(within, target_ids, owner, now, seconds, gone) if gone else []
    return sorted(set(got))


def _lease(
    within: Statements, target_ids: Sequence[int], owner: str, now: datetime, seconds: float, gone: Sequence[str] = ()
) -> list[int]:
    """One UPDATE of those that are free: without an owner or with an expired lease, ours already, or a gone owner's."""
    until = now + timedelta(seconds=seconds)
    lease = {"ids": list(target_ids), "now": now, "gone": [owner, *gone], "owner": owner, "until": until}
    return list(within.scalars(_LEASE, lease))


def release(within: Statements, target_ids: Sequence[int], owner: str) -> None:
    """Give up the leases that `owner` still holds."""
    within.execute(_RELEASE, {"ids": list(target_ids), "owner": owner})
