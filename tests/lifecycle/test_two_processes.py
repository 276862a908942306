"""Several processes on one archive: nothing twice, no hole in the feed, no row that a reader misses."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

import ingest.settling
from archive.changes import list_changes
from archive.derived import Change
from ingest.settling import arrive
from replica.page import page_of
from tests.lifecycle.dumps import counts, dump, feed
from tests.lifecycle.notes import Note
from tests.lifecycle.notes_world import World
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, arrival, bsia, opened, run, shown

ROOT = Path(__file__).parents[2]
WRITERS, ROUNDS = 3, 6

POLL = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from replica.sites import BsiaSite
from tests.lifecycle.world import Clock, Upstream, opened, run
url, folder = sys.argv[1:3]
with opened(url, Path(folder)) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    clock = Clock()
    for step in range(4):
        clock.at = Clock().at
        clock.forward(20 * step)
        print(run(archive, Upstream(BsiaSite(), step=step), clock).state, flush=True)
"""
READ_NOTES = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from ingest.run import run_source
from tests.lifecycle.notes import Note, Notes, NotesSite
from tests.lifecycle.world import Clock, Upstream, opened, tools
url, folder = sys.argv[1:3]
with opened(url, Path(folder)) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    clock = Clock()
    for step in range(4):
        clock.at = Clock().at
        clock.forward(20 * step)
        notes = [Note(number, f"Note {{number}}", updated=f"2018-07-0{{step + 1}}") for number in range(12)]
        site = NotesSite(notes[step:step + 8], known={{note.path: note for note in notes}})
        print(run_source(archive, Notes(), tools(Upstream(site), clock)).state, flush=True)
"""
WRITE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from datetime import timedelta
from ingest.settling import arrive
from replica.messages import messages
from replica.page import page_of
from tests.lifecycle.world import START, arrival, bsia, opened
url, folder, slug = sys.argv[1:4]
known = list(messages().values())
with opened(url, Path(folder)) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range({rounds}):
        at = START + timedelta(minutes=20 * number)
        body = page_of(known[:6 + number], serial=number)
        arrive(archive, bsia(slug), [arrival(body, at, slug)], at)
"""


@contextmanager
def processes(program: str, *arguments: list[str]) -> Iterator[list[subprocess.Popen[str]]]:
    """A process for each list of arguments, all let go at the same moment, all ended at the end."""
    text = program.format(root=str(ROOT), rounds=ROUNDS)
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([sys.executable, "-c", text, *each], stdin=pipe, stdout=pipe, text=True) for each in arguments
    ]
    for process in started:
        assert (process.stdout or sys.stdin).readline() == "ready\n"
    for process in started:
        (process.stdin or sys.stdout).write("go\n")
        (process.stdin or sys.stdout).flush()
    try:
        yield started
    finally:
        for process in started:
            process.communicate()


def test_two_runs_of_one_source_at_once_store_nothing_twice(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        with processes(POLL, *[[database_url, str(tmp_path)]] * 2) as started:
            states = [process.communicate()[0].split() for process in started]
        assert [process.returncode for process in started] == [0, 0]
        assert "done" in states[0] + states[1]
        assert set(states[0] + states[1]) <= {"done", "busy"}
        found = dump(archive)
        created = [row["notification_id"] for row in found["changes"] if row["kind"] == "created"]
        assert len(created) == len(set(created)) == len(found["notifications"])
        assert [row["cursor"] for row in found["changes"]] == list(range(1, len(found["changes"]) + 1))
        captures = Counter((row["target_url"], row["sha256"], row["fetched_at"]) for row in found["captures"])
        listings = [row for row in found["captures"] if row["role"] == "listing"]
        assert max(captures[row["target_url"], row["sha256"], row["fetched_at"]] for row in listings) == 1
        assert all(row["state"] in ("done", "failed") for row in found["captures"])


def test_two_runs_of_a_source_with_details_at_once_store_nothing_twice(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        with processes(READ_NOTES, *[[database_url, str(tmp_path)]] * 2) as started:
            states = [process.communicate()[0].split() for process in started]
        assert [process.returncode for process in started] == [0, 0]
        assert "done" in states[0] + states[1]
        assert set(states[0] + states[1]) <= {"done", "busy"}
        notes = [Note(number, f"Note {number}", updated="2018-07-04") for number in range(12)]
        world = World(archive, *notes[3:11])
        world.site.known = {note.path: note for note in notes}
        world.run(minutes=100)
        found = dump(archive)
        created = [row["notification_id"] for row in found["changes"] if row["kind"] == "created"]
        assert len(created) == len(set(created)) == len(found["notifications"]) >= 8
        assert [row["cursor"] for row in found["changes"]] == list(range(1, len(found["changes"]) + 1))
        assert {row["kind"] for row in found["changes"]} == {"created"}
        assert set(Counter(row["notification_id"] for row in found["revisions"]).values()) == {1}
        captures = Counter((row["target_url"], row["sha256"], row["fetched_at"]) for row in found["captures"])
        assert max(captures.values()) == 1
        assert all(row["state"] in ("done", "failed") for row in found["captures"])
        assert len(found["targets"]) == 1 + len(found["notifications"]) == 1 + len(found["listed"])
        assert world.is_derived_again(tmp_path)


def test_a_reader_of_the_feed_misses_no_row_while_several_write(database_url: str, tmp_path: Path) -> None:
    slugs = [f"writer-{number}" for number in range(WRITERS)]
    read: list[int] = []
    with opened(database_url, tmp_path) as archive:
        with processes(WRITE, *[[database_url, str(tmp_path), slug] for slug in slugs]) as started:
            while any(process.poll() is None for process in started):
                with archive.reading() as session:
                    read += [row["cursor"] for row in list_changes(session, read[-1] if read else 0)]
        with archive.reading() as session:
            read += [row["cursor"] for row in list_changes(session, read[-1] if read else 0)]
            last = session.scalar(select(func.max(Change.cursor)))
        assert [process.returncode for process in started] == [0] * WRITERS
        assert last == WRITERS * (6 + ROUNDS - 1)
        assert read == list(range(1, last + 1))
        assert counts(archive)["notifications"] == last


def test_counters_are_taken_in_one_order_so_that_two_sources_cannot_wait_for_each_other(tmp_path: Path) -> None:
    """Journal places before cursors, in every transaction; a page that differs in its view-state alone included."""
    taken: list[list[str]] = []
    first = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:

        @event.listens_for(archive.engine, "begin")
        def begin(_connection: Connection) -> None:
            taken.append([])

        @event.listens_for(archive.engine, "before_cursor_execute")
        def execute(_c: Connection, _cursor: object, statement: str, values: tuple[str, ...], *_: object) -> None:
            if statement.startswith("INSERT INTO counters"):
                taken[-1].append(values[0])

        pages = [first, first[1:], first[1:], first, [*first[:2], *first[3:]]]
        upstream, clock = Upstream(SmallSite(pages), validators=False), Clock()
        for step in (0, 1, 2, 3, 4, 4):
            upstream.step = step
            run(archive, upstream, clock)
            clock.forward(20)
        kinds = [row["kind"] for row in dump(archive)["changes"]]
        assert kinds == ["created"] * 6 + ["withdrawn", "reinstated", "withdrawn"]
    assert ["journal", "changes"] in taken
    assert [order for order in taken if order not in ([], ["journal"], ["journal", "changes"])] == []


def test_a_page_that_is_compared_while_another_is_settled_is_compared_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are back to what they were, which only the capture that was settled meanwhile makes news."""
    before = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
    edited = [replace(before[0], paragraphs=(*before[0].paragraphs, "An update follows at noon.")), *before[1:]]
    first, second, third = (START + timedelta(minutes=20 * place) for place in range(3))
    with opened(database_url, tmp_path) as archive:
        arrive(archive, bsia(), [arrival(page_of(before, serial=1), first)], first)
        newest = ingest.settling._newest

        def overtaken(*arguments: Any) -> Any:
            found = newest(*arguments)
            monkeypatch.setattr(ingest.settling, "_newest", newest)
            arrive(archive, bsia(), [arrival(page_of(edited, serial=2), second)], second)
            return found

        monkeypatch.setattr(ingest.settling, "_newest", overtaken)
        arrive(archive, bsia(), [arrival(page_of(before, serial=3), third)], third)
        assert [kind for kind, _cause, _title in feed(archive)] == ["created"] * 6 + ["revised", "revised"]
