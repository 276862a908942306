"""What a run is not to ask yet: its host is left alone or has its pause, or robots.txt keeps us from it."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.store import Session
from archive.waiting import note_waiting, put_off
from ingest.fetch import FetchFailed, Refused
from ingest.politeness import LONGEST_CLOSED, NotNow
from ingest.report import Report
from ingest.robots import Disallowed


class NotAsked(Exception):
    """The reason why something was not asked, which is no failure of it; `seconds` until it may be.

    `waits` says that its turn will come; else an operator must know of it.
    """

    def __init__(self, reason: str, seconds: float, *, waits: bool) -> None:
        super().__init__(reason)
        self.seconds = min(seconds, LONGEST_CLOSED.total_seconds())
        self.waits = waits


def not_asked(problem: FetchFailed | Refused) -> NotAsked | None:
    """That something was not asked, if that is what became of it."""
    if isinstance(problem.__cause__, NotNow):
        return NotAsked(problem.reason, problem.__cause__.seconds, waits=True)
    if isinstance(problem, Disallowed):
        return NotAsked(problem.reason, problem.seconds, waits=False)
    return None


class Unasked:
    """What of one kind (`pages`, `documents`) a run did not ask, put off all at once."""

    def __init__(self, what: str, report: Report) -> None:
        self._what, self._report = what, report
        self._seconds: dict[int, float] = {}
        self._reason = ""

    def add(self, target_id: int, problem: NotAsked) -> None:
        """Count it, and remember to put it off."""
        self._seconds[target_id], self._reason = problem.seconds, str(problem)
        self._report.unasked[self._what, self._reason] += 1
        if problem.waits and self._what != "listings":
            self._report.links_wait = self._reason

    def note(self, session: Session, now: datetime) -> None:
        """Put off what was added; pages and listings say why."""
        until = {number: now + timedelta(seconds=seconds) for number, seconds in self._seconds.items()}
        put_off(session, until)
        if self._what != "documents":
            links_had_a_turn = bool(self._report.links_read or self._report.links_failed)
            note_waiting(session, list(until), self._reason, links_had_a_turn=links_had_a_turn)
