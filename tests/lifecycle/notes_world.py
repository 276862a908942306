"""A small world of notes for whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.changes import list_changes
from archive.derived import NotificationRow
from archive.quarantine import list_quarantine
from archive.store import Archive
from archive.tables import Identity
from ingest.replay import replay_into
from ingest.report import Report
from ingest.run import run_source
from parsers.source import Source
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, differences, dump
from tests.lifecycle.notes import Note, Notes, NotesSite
from tests.lifecycle.world import Clock, Upstream, opened, tools

DAY = 24 * 60


def changes_after(session: Session, cursor: int) -> list[dict[str, Any]]:
    """The changes after that one; of all that there are, the last that names a state names the present one."""
    told = {row["notification"]: row["state"] for row in list_changes(session) if row["state"]}
    held = select(Identity.public_id, NotificationRow.state)
    rows = session.execute(held.join(Identity, Identity.notification_id == NotificationRow.id))
    present = {public_id: state for public_id, state in rows if state != "rolled-off"}
    assert {public_id: told.get(public_id) for public_id in present} == present
    return list(list_changes(session, cursor))


class World:
    """A site, a clock and an archive."""

    def __init__(self, archive: Archive, *notes: Note, source: Source | None = None) -> None:
        self.archive, self.clock, self.site = archive, Clock(), NotesSite(list(notes))
        self.source = source or Notes()
        self.upstream = Upstream(self.site)
        self.max_pages = 120
        self._cursor = 0

    def run(self, minutes: float = 16) -> Report:
        self.clock.forward(minutes)
        equipment = tools(self.upstream, self.clock)
        equipment.max_pages = self.max_pages
        return run_source(self.archive, self.source, equipment)

    def changes(self) -> list[tuple[str, str]]:
        """The kinds and titles of the changes since the last call."""
        with self.archive.reading() as session:
            rows = changes_after(session, self._cursor)
        self._cursor = rows[-1]["cursor"] if rows else self._cursor
        return [(row["kind"], row["title"]) for row in rows]

    def states(self) -> list[str]:
        with self.archive.reading() as session:
            return list(session.scalars(select(NotificationRow.state).order_by(NotificationRow.id)))

    def asked(self) -> list[str]:
        """The paths asked since the last call."""
        paths = [path for path, _ in self.upstream.asked]
        self.upstream.asked.clear()
        return paths

    def quarantined(self) -> list[str]:
        """Why something waits in quarantine."""
        with self.archive.reading() as session:
            return [row["reason"] for row in list_quarantine(session)]

    def is_derived_again(self, folder: Path) -> bool:
        """Whether the journal alone gives an equal archive."""
        with opened(f"sqlite:///{folder / 'again.sqlite'}", folder / "again") as again:
            replay_into(self.archive, again, {self.source.slug: self.source}, self.clock())
            found = differences(dump(self.archive, DERIVED_FROM_JOURNAL), dump(again, DERIVED_FROM_JOURNAL))
        assert found == []
        return True
