"""The whole timeline: the feed says what happened and no more, and replaying the journal gives it all again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.store import Archive
from archive.tables import Capture, Gap, Quarantined
from ingest.replay import CannotReplay, replay_into
from parsers.source import sources
from replica.timeline import TIMELINE
from tests.databases import fresh_postgres_database
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, counts, differences, dump
from tests.lifecycle.history import Told, end_in_confusion, live_through, told_by
from tests.lifecycle.world import START, Clock, opened


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
        lived = Life(archive, dict(live_through(archive)))
        end_in_confusion(archive)
        yield lived


def test_the_feed_says_what_happened_and_nothing_more(life: Life) -> None:
    replaced = [step.expected_of_attachments for step in TIMELINE if step.expected_of_attachments]
    told = {number: sorted(changes) for number, changes in life.told.items()}
    expected = {number: sorted(told_by(step, number)) for number, step in enumerate(TIMELINE)}
    late = {number: [each for each in told[number] if each not in expected[number]] for number in told}
    assert [each for changes in late.values() for each in changes] == [("revised", "NFIB Alert")] * len(replaced)
    assert {number: [each for each in told[number] if each not in late[number]] for number in told} == expected


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
    if life.archive.engine.dialect.name == "postgresql" and kind == "sqlite":
        pytest.skip("the way back is the same code")
    with ExitStack() as stack:
        again = new_archive(kind, tmp_path, "again", request, stack)
        replay_into(life.archive, again, sources(), Clock(START)())
        tables = (*DERIVED_FROM_JOURNAL, Capture)
        assert differences(dump(life.archive, tables), dump(again, tables)) == []


def test_an_archive_that_holds_something_is_not_replayed_into(life: Life) -> None:
    with pytest.raises(CannotReplay, match="holds captures, expected an empty one"):
        replay_into(life.archive, life.archive, sources(), Clock(START)())
