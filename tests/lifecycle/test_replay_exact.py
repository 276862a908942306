"""The whole timeline: the feed says what happened and no more, and replaying the journal gives it all again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.derived import Gap, Quarantined
from archive.store import Archive
from archive.tables import Capture, Table
from ingest.replay import CannotReplay, replay_into
from parsers.source import sources
from replica.timeline import TIMELINE
from tests.databases import fresh_postgres_database
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, counts, differences, dump
from tests.lifecycle.history import Told, end_in_confusion, live_through, told_by
from tests.lifecycle.world import START, Clock, opened

LONG = os.environ.get("BULLETINS_TEST_PROFILE") == "long"
STEPS = {"sqlite": len(TIMELINE), "postgres": len(TIMELINE) if LONG else 15}
"""How much of the timeline is lived through: all of it on PostgreSQL only where time does not matter."""


@dataclass
class Life:
    """An archive that lived through the timeline, and what its feed got at each step."""

    archive: Archive
    told: dict[int, list[Told]] = field(default_factory=dict)


def new_archive(kind: str, folder: Path, name: str, request: pytest.FixtureRequest, stack: ExitStack) -> Archive:
    """An empty archive on that kind of database."""
    place = folder / name
    place.mkdir()
    url = f"sqlite:///{place / 'archive.sqlite'}"
    if kind == "postgres":
        url = stack.enter_context(fresh_postgres_database(request.getfixturevalue("postgres_port")))
    return stack.enter_context(opened(url, place))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with ExitStack() as stack:
        archive = new_archive(request.param, tmp_path_factory.mktemp("life"), "first", request, stack)
        lived = Life(archive, dict(live_through(archive, STEPS[request.param])))
        end_in_confusion(archive, STEPS[request.param] - 1)
        yield lived


def test_the_feed_says_what_happened_and_nothing_more(life: Life) -> None:
    """A replaced document is told when it is read again, which is later than its step."""
    steps = [TIMELINE[number] for number in life.told]
    replaced = sum(len(step.expected_of_attachments) for step in steps)
    expected = {number: sorted(told_by(step, number)) for number, step in enumerate(steps)}
    late = [(number, each) for number, told in life.told.items() for each in told if each not in expected[number]]
    assert [each for _number, each in late] == [("revised", "NFIB Alert")] * replaced
    for number, each in late:
        life.told[number].remove(each)
    assert {number: sorted(told) for number, told in life.told.items()} == expected


def test_the_life_had_everything_in_it(life: Life) -> None:
    found = counts(life.archive)
    for table in ("checks", "decisions", "quarantine", "gaps", "sightings", "documents", "deltas"):
        assert found[table], table
    kinds = {row["kind"] for row in dump(life.archive)["changes"]}
    assert kinds == {"created", "revised", "withdrawn", "reinstated"}
    rows = dump(life.archive, (Capture, Quarantined, Gap))
    assert {row["state"] for row in rows["captures"]} == {"done", "failed"}
    assert {row["what"] for row in rows["quarantine"]} == {"entry", "document"}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_replaying_the_journal_gives_the_same_archive(
    life: Life, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if life.archive.engine.dialect.name == "sqlite" and kind == "postgres" and not LONG:
        pytest.skip("the other way round is tried on a shorter life")
    with ExitStack() as stack:
        again = new_archive(kind, tmp_path, "again", request, stack)
        replay_into(life.archive, again, sources(), Clock(START)())
        tables: Sequence[type[Table]] = [*DERIVED_FROM_JOURNAL, Capture]
        assert differences(dump(life.archive, tables), dump(again, tables)) == []


def test_an_archive_that_holds_something_is_not_replayed_into(life: Life) -> None:
    with pytest.raises(CannotReplay, match="holds captures, expected an empty one"):
        replay_into(life.archive, life.archive, sources(), Clock(START)())
