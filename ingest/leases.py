"""The leases of a run over what it works on, renewed while it lives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from archive.leases import LEASE_SECONDS, claim
from archive.store import Archive

RENEWED_EVERY_SECONDS = 60.0
"""How often a long wait looks whether its leases need to be renewed."""


class Lease:
    """The leases of a run, renewed in time: a run that lost one to another process has to stop."""

    def __init__(self, archive: Archive, target_ids: Sequence[int], owner: str, clock: Callable[[], datetime]) -> None:
        self._archive, self._ids, self._owner, self._clock = archive, sorted(target_ids), owner, clock
        self._renewed_at = clock()
        self._is_lost = False

    def holds(self) -> bool:
        """Whether all leases are still ours; renewed when a third of their time has passed. What is lost stays so."""
        now = self._clock()
        if self._is_lost or abs((now - self._renewed_at).total_seconds()) < LEASE_SECONDS / 3:
            return not self._is_lost
        self._renewed_at = now
        with self._archive.writing() as session:
            self._is_lost = claim(session, self._ids, self._owner, now, LEASE_SECONDS) != self._ids
        return not self._is_lost

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait as long, renewing the leases on the way, but not beyond `stop` or the loss of one."""
        while seconds > 0 and not stop.is_set() and self.holds():
            stop.wait(min(seconds, RENEWED_EVERY_SECONDS))
            seconds -= RENEWED_EVERY_SECONDS
