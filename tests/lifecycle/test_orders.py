"""Bulletins that cancel or update others: their states depend on what is known, not on the order it was learnt in."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.derived import NotificationRow
from archive.journal import Arrival
from archive.records import Notification
from archive.store import Archive
from archive.tables import Identity
from ingest.replay import replay
from ingest.settling import arrive
from parsers.page import PageChanged
from tests.lifecycle.notes import HOST, Candidate, Note, Notes
from tests.lifecycle.world import START, opened

DOORS = Note(1, "Doors")
UPDATE = Note(2, "Other doors", action="update", about=(1,))
CANCEL = Note(3, "No doors", action="cancel", about=(1, 2))


def without_action(note: Note) -> Note:
    return replace(note, action="", about=(), text="This no longer says what it did.")


SCENES = {
    "a cancellation that is revised later": [[DOORS], [UPDATE, without_action(UPDATE)]],
    "a cancelled one that is revised": [
        [DOORS, replace(DOORS, text="Take more care.")],
        [replace(UPDATE, action="cancel")],
    ],
    "an update and a cancellation": [[DOORS], [UPDATE], [CANCEL]],
    "an update that is cancelled and revised": [
        [DOORS],
        [UPDATE, without_action(UPDATE)],
        [CANCEL, without_action(CANCEL)],
    ],
    "one that withdrew itself and came back": [[replace(DOORS, state="withdrawn"), DOORS], [UPDATE]],
    "two that cancel each other": [[replace(DOORS, action="cancel", about=(2,))], [replace(UPDATE, action="cancel")]],
    "one that names another later": [
        [DOORS],
        [Note(4, "Gates")],
        [replace(UPDATE, about=(1,)), replace(UPDATE, about=(4,))],
    ],
}


def orders(histories: Sequence[Sequence[Note]]) -> Iterator[list[Note]]:
    """Every order in which the wordings may be met, each bulletin's own in theirs."""
    if not any(histories):
        yield []
    for place, history in enumerate(histories):
        if history:
            left = [*histories[:place], history[1:], *histories[place + 1 :]]
            yield from ([history[0], *rest] for rest in orders(left))


class Learning:
    """An archive in which each order is learnt by a source of its own."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.sources = archive, 0

    def states(
        self, notes: Sequence[Note], first_read_by: Notes | None = None, minutes: Sequence[int] = range(20)
    ) -> dict[str, str]:
        """The states by ref when these wordings were met in this order; by another parser first, then replayed.

        `minutes` says when each was fetched.
        """
        self.sources += 1
        source, first = copy.copy(Notes()), copy.copy(first_read_by or Notes())
        vars(source)["slug"] = vars(first)["slug"] = f"notes-{self.sources}"
        for minute, note in zip(minutes, notes, strict=False):
            at = START + timedelta(minutes=minute)
            arrive(self.archive, first, [arrival(source.slug, note, minute)], at)
        if first_read_by:
            replay(self.archive, source)
        query = select(Identity.ref, NotificationRow.state).join(
            NotificationRow, NotificationRow.id == Identity.notification_id
        )
        with self.archive.reading() as session:
            return {ref: state for ref, state in session.execute(query.where(Identity.source == source.slug))}  # noqa: C416


def arrival(slug: str, note: Note, minute: int) -> Arrival:
    url = f"https://{HOST}{note.path}"
    return Arrival(
        source=slug,
        role="detail",
        target_url=url,
        url=url,
        fetched_at=START + timedelta(minutes=minute),
        via="file",
        cause="import",
        status=200,
        headers=(("Content-Type", "application/json"),),
        body=json.dumps(note.document()).encode(),
        facts={"title": note.title},
    )


@pytest.fixture
def learning(database_url: str, tmp_path: Path) -> Iterator[Learning]:
    with opened(database_url, tmp_path) as archive:
        yield Learning(archive)


@pytest.mark.parametrize("scene", SCENES)
def test_the_order_does_not_matter(learning: Learning, scene: str) -> None:
    found = {tuple(sorted(learning.states(order).items())) for order in orders(SCENES[scene])}
    assert len(found) == 1


class Deaf(Notes):
    """The same source, read by a parser that does not know what notes say of themselves and of others."""

    def notification(self, entry: Candidate) -> Notification:
        return replace(super().notification(entry), codes=(), references=())


class Refusing(Notes):
    """The same source, read by a parser that cannot read notes that say something of themselves or of others."""

    def notification(self, entry: Candidate) -> Notification:
        if entry.note["state"] or entry.note["action"]:
            raise PageChanged(f"{entry.page.url}: a state or an action, expected none")
        return super().notification(entry)


CLOSED = {"one that closes itself": [[replace(DOORS, state="closed")], [Note(4, "Gates")]]}


@pytest.mark.parametrize("first_read_by", [Deaf(), Refusing()], ids=["not understood", "refused"])
@pytest.mark.parametrize("scene", SCENES | CLOSED)
def test_a_replay_by_a_parser_that_understands_gives_the_same_states(
    learning: Learning, scene: str, first_read_by: Notes
) -> None:
    every = list(orders((SCENES | CLOSED)[scene]))
    for order in every[:: 1 + len(every) // 3]:
        worded = [replace(note, text=f"Wording {place}.") for place, note in enumerate(order)]
        assert learning.states(worded, first_read_by) == learning.states(worded)


def test_what_came_late_acts_on_no_other_in_a_replay_either(learning: Learning) -> None:
    notes, minutes = [DOORS, without_action(UPDATE), UPDATE], (0, 2, 1)
    states = learning.states(notes, minutes=minutes)
    assert states == learning.states(notes, Deaf(), minutes) == {"1": "current", "2": "current"}


def test_one_that_is_open_after_all_is_current_again_by_a_replay(learning: Learning) -> None:
    class Hasty(Notes):
        """The same source, read by a parser that takes every note for closed."""

        def notification(self, entry: Candidate) -> Notification:
            return replace(super().notification(entry), codes=(("state", "closed"),))

    assert learning.states([DOORS], Hasty()) == {"1": "current"}
    assert learning.states([DOORS, CANCEL], Hasty()) == {"1": "cancelled", "3": "current"}


def test_a_cancellation_outweighs_an_update(learning: Learning) -> None:
    assert learning.states([DOORS, UPDATE, CANCEL]) == {"1": "cancelled", "2": "cancelled", "3": "current"}


WORDINGS = st.builds(
    lambda action, about, state: ("" if not about else action, tuple(sorted(about)), state),
    st.sampled_from(("", "update", "cancel")),
    st.frozensets(st.integers(1, 3), max_size=2),
    st.sampled_from(("", "", "closed", "withdrawn")),
)
HISTORIES = st.lists(st.lists(WORDINGS, min_size=1, max_size=2), min_size=2, max_size=3)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Learning]:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        yield Learning(archive)


@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=HISTORIES, seed=st.randoms(use_true_random=False))
def test_any_two_orders_give_the_same_states(
    on_sqlite: Learning, histories: list[list[tuple[str, tuple[int, ...], str]]], seed: object
) -> None:
    notes = [
        [
            Note(number, f"Note {number}", text=f"Wording {place}.", action=action, about=about, state=state)
            for place, (action, about, state) in enumerate(history)
        ]
        for number, history in enumerate(histories, start=1)
    ]
    known = list(orders(notes))
    first, other = known[0], known[seed.randrange(len(known))]  # type: ignore[attr-defined]
    assert on_sqlite.states(first) == on_sqlite.states(other)
