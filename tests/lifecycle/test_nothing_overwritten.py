"""Blobs are immutable, revisions append, and a fetch that says nothing takes nothing away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.blobs import FolderBlobs
from archive.derived import NotificationRow, Revision
from archive.store import Archive
from replica.answers import Answer
from replica.faults import (
    Fault,
    challenge,
    empty,
    half,
    html_as_pdf,
    redirect,
    redirect_loop,
    reset,
    status,
    too_many,
    truncated,
    wrong_type,
)
from replica.messages import messages
from replica.page import page_of
from tests.lifecycle.dumps import dump, feed
from tests.lifecycle.world import PAGE, Clock, SmallSite, Upstream, opened, run, shown

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
MANY = sorted(list(messages().values())[:15], key=lambda message: message.issued, reverse=True)
EDITED = [replace(SIX[0], paragraphs=(*SIX[0].paragraphs, "An update follows at noon.")), *SIX[1:]]
TEMPLATE_GONE = Fault("no entries", lambda answer: replace(answer, body=b"<html><div id='main'><p>Hello</p></div>"))
THINNED = Fault("thinned", lambda answer: replace(answer.without_validators(), body=page_of(MANY[::3], serial=4)))
DAMAGED = Fault("damaged", lambda answer: replace(answer.without_validators(), body=_damaged(answer.body)))
FEW = Fault("too few", lambda answer: replace(answer.without_validators(), body=page_of(MANY[-1:], serial=5)))
TROUBLE = (
    *(challenge(), challenge(403), status(500), status(404), status(410), too_many(), empty(), reset(), truncated()),
    *(redirect("/elsewhere"), redirect_loop(PAGE), half(), html_as_pdf(), TEMPLATE_GONE, THINNED, DAMAGED, FEW),
)


def _damaged(body: bytes) -> bytes:
    return body.replace(b"/2018 - CSSC", b"/20?? - CSSC", 2)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def states(archive: Archive) -> dict[int, tuple[str, int]]:
    with archive.reading() as session:
        return {row.id: (row.state, row.revision) for row in session.scalars(select(NotificationRow))}


def files(archive: Archive) -> dict[str, tuple[int, int, bytes]]:
    """Every file of the blob store with its inode, time of last change and bytes."""
    if not isinstance(archive.blobs, FolderBlobs):
        raise TypeError(f"blobs {type(archive.blobs)}, expected a folder")
    found = [place for place in archive.blobs.root.rglob("*") if place.is_file()]
    return {place.name: (place.stat().st_ino, place.stat().st_mtime_ns, place.read_bytes()) for place in found}


def revisions(archive: Archive) -> list[dict[str, Any]]:
    return dump(archive, (Revision,))["revisions"]


def test_fetches_that_say_nothing_take_nothing_away(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([MANY])), Clock()
    run(archive, upstream, clock)
    before, told = states(archive), feed(archive)
    for fault in TROUBLE:
        for serial in (1, 2):
            clock.forward(20)
            upstream.step, upstream.faults = serial, {PAGE: fault}
            report = run(archive, upstream, clock)
            assert states(archive) == before or fault.halved, fault.name
            assert feed(archive) == told, fault.name
        said = report.accounts.errors or report.told or report.accounts.quarantined
        assert said or fault.halved, f"{fault.name} said nothing"
        clock.forward(20)
        upstream.faults = {}
        assert run(archive, upstream, clock).accounts.unchanged == len(MANY), fault.name
        assert (states(archive), feed(archive)) == (before, told), fault.name


def test_a_wrong_content_type_changes_nothing_that_is_stored(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX])), Clock()
    run(archive, upstream, clock)
    before = states(archive)
    upstream.faults = {PAGE: wrong_type()}
    clock.forward(20)
    run(archive, upstream, clock)
    assert states(archive) == before


def test_blobs_never_change_and_revisions_only_append(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX, EDITED, SIX, EDITED[:5], EDITED])), Clock()
    kept: dict[str, tuple[int, int, bytes]] = {}
    said: list[dict[str, Any]] = []
    for step in range(5):
        upstream.step = step
        for _ in range(2):
            run(archive, upstream, clock)
            clock.forward(20)
        now, says = files(archive), revisions(archive)
        assert {name: now[name] for name in kept} == kept
        assert [row for row in said if row not in says] == []
        kept, said = now, says
    assert len(said) > len(SIX)


def test_a_blob_that_is_there_is_left_alone(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(b"as it came")
    (place,) = [each for each in tmp_path.rglob("*") if each.is_file()]
    before = (place.stat().st_ino, place.stat().st_mtime_ns)
    assert blobs.put(b"as it came") == name
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == before


def test_a_withdrawn_bulletin_keeps_all_it_said(archive: Archive) -> None:
    upstream, clock = Upstream(SmallSite([SIX, SIX[1:]])), Clock()
    for step in (0, 0, 1, 1):
        upstream.step = step
        run(archive, upstream, clock)
        clock.forward(20)
    assert feed(archive)[-1][0] == "withdrawn"
    (row,) = [row for row in revisions(archive) if row["record"]["title"] == messages()["snow"].title]
    assert row["record"]["text"].startswith("Snow is forecast for outer London")


def test_an_answer_that_is_the_page_is_not_trouble() -> None:
    answer = Answer(200, "text/html", page_of(SIX))
    assert all(fault.change(answer) != answer or fault.halved or fault.delivery.ending != "whole" for fault in TROUBLE)
