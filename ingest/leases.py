"""The leases of a run over what it works on, renewed while it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from archive.leases import LEASE_SECONDS, claim
from archive.store import Archive


class Lease:
    """The leases of a run, renewed in time: a run that lost one to another process has to stop."""

    def __init__(self, archive: Archive, target_ids: Sequence[int], owner: str, clock: Callable[[], datetime]) -> None:
        self._archive, self._ids, self._owner, self._clock = archive, sorted(target_ids), owner, clock
        self._renewed_at = clock()

    def holds(self) -> bool:
        """Whether all leases are still ours; renewed when a third of their time has passed."""
        now = self._clock()
        if abs((now - self._renewed_at).total_seconds()) < LEASE_SECONDS / 3:
            return True
        self._renewed_at = now
        with self._archive.writing() as session:
            return claim(session, self._ids, self._owner, now, LEASE_SECONDS) == self._ids
