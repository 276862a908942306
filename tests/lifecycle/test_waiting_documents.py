"""Documents of hosts that are asked seldom have turns beside the pages of those hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import Target
from archive.records import Notification
from archive.store import Archive
from replica.answers import Answer
from replica.faults import Fault
from tests.lifecycle.notes import HOST, Candidate, Notes
from tests.lifecycle.test_waiting import MANY, SlowWorld
from tests.lifecycle.world import START, opened

PDF = Answer(200, "application/pdf", b"%PDF-1.4")


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


class CitingNotes(Notes):
    """Notes each of which cites a document of the same host."""

    def notification(self, entry: Candidate) -> Notification:
        stated = super().notification(entry)
        return replace(stated, attachments=((f"https://{HOST}/documents/{stated.ref}.pdf", "Form"),))


def citing(archive: Archive, notes: int, delay_seconds: float) -> SlowWorld:
    world = SlowWorld(archive, *MANY[:notes], delay_seconds=delay_seconds)
    world.source = CitingNotes()
    for note in MANY[:notes]:
        world.upstream.faults[f"/documents/{note.number}.pdf"] = Fault("a document", lambda _: PDF)
    return world


def kinds_of(paths: list[str]) -> list[str]:
    """What is asked beside the listing and robots.txt: `notes` or `documents`."""
    return [path.split("/")[1] for path in paths if path.count("/") == 2]


def test_documents_of_a_slow_host_have_turns_too_however_many_pages_wait(archive: Archive) -> None:
    world = citing(archive, 20, delay_seconds=3600)
    for _ in range(40):
        assert not world.tick().lossy
    turns = kinds_of(world.asked())
    assert abs(turns.count("documents") - turns.count("notes")) <= 2
    assert turns[:6] == ["notes", "documents"] * 3


def test_where_nothing_waits_pages_go_before_documents(archive: Archive) -> None:
    world = citing(archive, 3, delay_seconds=0)
    world.once()
    with archive.writing() as session:
        for target in session.scalars(select(Target).where(Target.role == "attachment")):
            target.last_tried_at = START - timedelta(hours=1)
    world.clock.forward(70)
    world.asked()
    world.once()
    assert kinds_of(world.asked()) == ["notes"] * 3 + ["documents"] * 3
