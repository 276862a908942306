"""Killed at any point and started again, the archive is the one that an undisturbed run makes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from archive.migrate import open_archive
from replica.faults import redirect
from replica.messages import Message
from tests.databases import EMPTY, fresh_postgres_database
from tests.kill_points import KILLED, KillPoints, exit_code_of, sampled, watched
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, opened, run, shown, with_document

MINUTES_APART = 70
"""More than an hour, so that documents are read again at the next poll."""
LONG = os.environ.get("BULLETINS_TEST_PROFILE") == "long"
MOST = {"sqlite": None, "postgres": None} if LONG else {"sqlite": 10, "postgres": 5}
"""How many of the points are tried: all of them where time does not matter."""
MEMORY = Path("/dev/shm")
"""A killed process loses nothing that the system already has, so these archives need no disk."""
TEXT, NOTE = "/Portals/4/CSSC/text.pdf", "/Portals/4/CSSC/note.pdf"


def pages() -> list[list[Message]]:
    """Four pages: six messages; one edited, one new, one gone; the same again; one comes back."""
    first = shown("phone-system", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
    first[0] = with_document(first[0], TEXT)
    edited = replace(first[2], paragraphs=(*first[2].paragraphs, "Further advice follows on Monday."))
    new = with_document(shown("snow")[0], NOTE)
    second = [new, first[0], edited, *first[4:]]
    return [first, second, second, [new, *first[:2], edited, *first[4:]]]


def upstream_at(poll: int) -> Upstream:
    """The site as each poll meets it: once without validators, once behind a redirect, its document replaced."""
    documents = {(TEXT, 0): b"%PDF-1.4 first", (NOTE, 1): b"%PDF-1.4 note", (TEXT, 1): b"%PDF-1.4 second"}
    upstream = Upstream(SmallSite(pages(), documents), step=poll, validators=poll != 2)
    if poll == 2:
        upstream.faults[NOTE] = redirect(TEXT)
    return upstream


def poll_all(database_url: str, folder: Path, first: int = 0) -> None:
    """All four polls, each at its own time, whatever was done before; the first makes the database."""
    with open_archive(database_url, str(folder / "blobs")) as archive:
        for poll in range(first, len(pages())):
            clock = Clock(START)
            clock.forward(poll * MINUTES_APART)
            run(archive, upstream_at(poll), clock)
            (folder / "polled").write_text(str(poll + 1))


def resume(database_url: str, folder: Path) -> None:
    """Go on with the poll that was killed."""
    polled = folder / "polled"
    poll_all(database_url, folder, int(polled.read_text()) if polled.exists() else 0)


def killed_at(number: int, database_url: str, folder: Path) -> None:
    with watched(KillPoints(number), Upstream):
        poll_all(database_url, folder)


@contextmanager
def fresh(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """The address of an empty database and an empty folder, both gone afterwards."""
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else folder, prefix="bulletins-killed-"))
    if kind == "sqlite":
        yield f"sqlite:///{place / 'archive.sqlite'}", place
    else:
        with fresh_postgres_database(request.getfixturevalue("postgres_port"), EMPTY) as url:
            yield url, place
    shutil.rmtree(place)


def whole(database_url: str, folder: Path) -> dict[str, Any]:
    with opened(database_url, folder) as archive:
        return dump(archive)


def bodies(folder: Path) -> list[str]:
    """The files of the blob store, temporary ones left behind by a kill included."""
    return sorted(place.name for place in (folder / "blobs").rglob("*") if place.is_file())


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_anywhere_and_resumed_nothing_is_missing_or_twice(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    points = KillPoints()
    with fresh(kind, tmp_path, request) as (url, folder), watched(points, Upstream):
        poll_all(url, folder)
        expected, kept = whole(url, folder), bodies(folder)
    wrong: dict[str, list[str]] = {}
    for number in sampled(len(points.passed), MOST[kind]):
        with fresh(kind, tmp_path, request) as (url, folder):
            assert exit_code_of(partial(killed_at, number, url, folder)) == KILLED
            resume(url, folder)
            found = differences(expected, whole(url, folder)) or sorted(set(kept) - set(bodies(folder)))
            if found:
                wrong[f"{number}: {points.passed[number - 1]}"] = found
    assert not wrong, wrong


def test_the_scenario_has_every_kind_of_point_and_of_change(tmp_path: Path) -> None:
    points = KillPoints()
    with watched(points, Upstream):
        poll_all(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path)
    assert set(points.passed) == {"fsync", "rename", "send", "commit", "committed"}
    found = whole(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path)
    causes = {(row["kind"], row["revision"]) for row in found["changes"]}
    assert {"created", "revised", "withdrawn", "reinstated"} == {kind for kind, _revision in causes}
    assert any(row["method"] == "attachment" for row in found["revisions"])
    assert any(row["status"] == 302 for row in found["captures"])
