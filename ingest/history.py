"""The walk through a source's past as a holding has it: always the earliest capture next, as if it had been polled.

Settling a capture may reveal details, older pages and documents; their own captures join the walk before it goes on.
What is listed and cannot be had is a capture without a body, which makes a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from archive.history import (
    Plan,
    RowTaken,
    Wanted,
    add_rows,
    begin_search,
    is_searched,
    next_row,
    note_search,
    wanted_after,
)
from archive.journal import pending
from archive.store import Archive
from archive.targets import find_target
from ingest.holdings import Away, BadIndex, Holding, Row, Unusable, usable
from ingest.plan import columns, url_key
from ingest.progress import Progress, Surroundings
from ingest.report import Report
from ingest.settling import settle
from ingest.turn import Turn
from parsers.source import Source


class Walk:
    """One walk of one source through one holding, from `since` until `until`. It can be killed and begun again."""

    def __init__(
        self,
        archive: Archive,
        source: Source,
        holding: Holding,
        tools: Surroundings,
        report: Report,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        holds: Callable[[], bool] = lambda: True,
    ) -> None:
        """`holds` says whether no other process has begun to work on the source."""
        self._holds = holds
        self._archive, self._source, self._holding, self._tools = archive, source, holding, tools
        self._report, self._since, self._until = report, since, until or tools.clock()
        self._plan = Plan(source.slug, holding.name)
        self._progress = Progress(archive, self._plan, tools, tells_searches=holding.cause == "backfill")
        self._turn = Turn(archive, source, holding, tools, self._plan)
        self._searched_to = -1
        """The last target whose history was searched for; -1 before the start pages were."""

    def go(self) -> None:
        """Walk to the end, or until told to stop, or until the archive answers no more, which the report then says."""
        with self._archive.reading() as session:
            waiting = pending(session, self._source.slug)
        for capture_id in waiting:
            self._report.take(settle(self._archive, self._source, capture_id, self._tools.clock()))
        try:
            while self._goes_on() and self._step():
                pass
        except Away as problem:
            self._report.state = "stopped"
            self._report.fail(f"{problem}; what waits goes on with the same command")
        if self._tools.stop.is_set():
            self._report.state = "stopped"

    def _goes_on(self) -> bool:
        """Whether nobody has said stop. Raises Away where another process has taken the source over."""
        if not self._holds():
            raise Away("another process reads this source by now, expected our lease to hold")
        return not self._tools.stop.is_set()

    def _step(self) -> bool:
        """Search what has become wanted, then take the earliest rows; whether there was one."""
        self._search_wanted()
        if self._goes_on() and self._confirm():
            return True
        with self._archive.reading() as session:
            kept = next_row(session, self._plan)
        if kept is None or not self._goes_on():
            return False
        try:
            for settled in self._turn.take(kept):
                self._report.take(settled)
        except RowTaken as problem:
            self._tools.say(f"{self._source.slug}: {problem}")
        self._progress.taken()
        return True

    def _confirm(self) -> bool:
        """Take the rows that only confirm what is held; whether there was one."""
        try:
            confirmed = self._turn.confirm()
        except RowTaken as problem:
            self._tools.say(f"{self._source.slug}: {problem}")
            return True
        for settled in confirmed:
            self._report.take(settled)
        self._progress.taken(len(confirmed))
        return bool(confirmed)

    def _search_wanted(self) -> None:
        """Search the start pages first, then all targets that are known or have been revealed, until none is new."""
        if self._searched_to < 0:
            self._search_all([Wanted(0, "listing", url) for url in self._source.start])
        while self._goes_on():
            with self._archive.reading() as session:
                wanted = wanted_after(session, self._plan, self._searched_to)
            if not wanted:
                self._searched_to = max(self._searched_to, 0)
                return
            self._search_all([each for each in wanted if each.url not in self._source.start])
            self._searched_to = wanted[-1].id

    def _search_all(self, wanted: Sequence[Wanted]) -> None:
        for each in wanted:
            if self._goes_on():
                self._search(each)

    def _search(self, wanted: Wanted) -> None:
        """List an address in the plan, a page of the index at a time; what was searched already is not asked again."""
        with self._archive.writing() as session:
            search = begin_search(session, self._plan, wanted.url, self._since, self._until)
            number, state, found = search.id, search.state, search.found
            since, until = search.through or search.since, search.until
        if state != "asking":
            return
        refused: list[str] = []
        try:
            for page in self._holding.pages(wanted.url, since, until):
                found = self._keep(number, wanted, page, refused, found)
        except BadIndex as problem:
            self._refuse_no_index(problem)
            refused.append(str(problem))
            self._note_unlisted(wanted, until, str(problem))
        if not found and not refused and wanted.role == "older":
            self._note_unlisted(wanted, until, "no capture of it is listed")
        with self._archive.writing() as session:
            note_search(session, number, state="done", reason=refused[0] if refused else None)
        if refused:
            more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
            self._report.fail(f"{refused[0]}{more}")
        self._progress.searched(wanted.url, found)

    def _refuse_no_index(self, problem: BadIndex) -> None:
        """What has never listed anything is no index: that is told, and is no gap. Raises Away."""
        with self._archive.reading() as session:
            has_listed = is_searched(session, self._plan)
        if not problem.is_final and not has_listed:
            raise Away(str(problem)) from problem

    def _keep(self, number: int, wanted: Wanted, page: Sequence[Row | Unusable], refused: list[str], found: int) -> int:
        """Write one page of an index into the plan; returns how many rows there are by now."""
        key, now, kept = url_key(wanted.url) or "", self._tools.clock(), []
        for each in page:
            row = usable(each, wanted.url, now) if isinstance(each, Row) else each
            if isinstance(row, Unusable):
                refused.append(row.reason)
            elif (self._since is None or row.at >= self._since) and row.at <= self._until:
                kept.append(row)
        with self._archive.writing() as session:
            add_rows(session, self._plan, wanted, [columns(row, key) for row in kept])
            if kept:
                found += len(kept)
                note_search(session, number, through=max(row.at for row in kept), found=found)
        return found

    def _note_unlisted(self, wanted: Wanted, until: datetime, reason: str) -> None:
        """An address whose captures cannot be listed is one row that cannot be had: an older page's when it was met."""
        with self._archive.reading() as session:
            target = find_target(session, self._source.slug, wanted.role, wanted.url)
        at = target.first_seen_at if target is not None and wanted.role == "older" else until
        row = Row(wanted.url, min(at, self._tools.clock()), digest="-", problem=reason)
        with self._archive.writing() as session:
            add_rows(session, self._plan, wanted, [columns(row, url_key(wanted.url) or "")])
