"""A source under another slug keeps its bulletins, their ids and its history, on both databases and through replay."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.finding import Asked, search
from archive.journal import pending, record
from archive.reading import number_of
from archive.renaming import rename_sources
from archive.store import Archive, ArchiveUnusable
from archive.tables import Capture, Decision, Identity, Table
from ingest.replay import replay_into
from parsers.source import Source
from tests.lifecycle.dumps import DERIVED_FROM_JOURNAL, differences, dump
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, arrival, bsia, opened, run, shown

FORMER = {"bsia-cssc": "cascade"}
LATER = datetime(2018, 7, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as made:
        yield made


def renamed() -> Source:
    source = copy.copy(bsia("cascade"))
    vars(source).update(formerly=("bsia-cssc",))
    return source


def some_messages(count: int) -> list[str]:
    from replica.messages import messages

    return [key for key, message in messages().items() if message.level.lower() in ("green", "amber")][:count]


def lived(archive: Archive) -> tuple[Upstream, Clock]:
    """An archive that read a page of nine messages twice, the second time with one more."""
    keys = some_messages(10)
    upstream, clock = Upstream(SmallSite([shown(*keys[:9]), shown(*keys)])), Clock()
    run(archive, upstream, clock)
    upstream.step = 1
    clock.forward(60)
    run(archive, upstream, clock)
    return upstream, clock


def ids(archive: Archive) -> dict[str, str]:
    with archive.reading() as session:
        return {row.ref: row.public_id for row in session.scalars(select(Identity))}


def test_what_was_kept_goes_on_under_the_present_slug(archive: Archive) -> None:
    upstream, clock = lived(archive)
    before = ids(archive)
    assert rename_sources(archive, FORMER, LATER) == [("bsia-cssc", "cascade")]
    assert rename_sources(archive, FORMER, LATER) == []
    clock.forward(60)
    report = run(archive, upstream, clock, renamed())
    assert (report.accounts.new, report.accounts.revised) == (0, 0)
    assert ids(archive) == before
    with archive.reading() as session:
        for table in Table.metadata.sorted_tables:
            if "source" in table.c:
                assert set(session.scalars(select(table.c.source))) <= {"cascade"}, table.name
        found = list(search(session, Asked(facets={"source": ["cascade"]})))
        assert len(found) == 10
        assert {row["source"] for row in found} == {"cascade"}
        assert list(search(session, Asked(facets={"source": ["bsia-cssc"]}))) == []
        assert all(number_of(session, cited) for cited in before.values())
        (decision,) = session.scalars(select(Decision))
        assert (decision.kind, decision.source, decision.detail) == ("renamed", "cascade", {"from": "bsia-cssc"})


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_replaying_a_renamed_archive_is_exact(
    archive: Archive, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    upstream, clock = lived(archive)
    rename_sources(archive, FORMER, LATER)
    upstream.site = SmallSite([shown(*some_messages(11))])
    clock.forward(60)
    assert run(archive, upstream, clock, renamed()).accounts.new == 1
    with ExitStack() as stack:
        from tests.lifecycle.test_replay_exact import new_archive

        again = new_archive(kind, tmp_path, "again", request, stack)
        replay_into(archive, again, {"cascade": renamed()}, Clock(START)())
        tables: list[type[Table]] = [*DERIVED_FROM_JOURNAL, Capture, Decision]
        assert differences(dump(archive, tables), dump(again, tables)) == []


def test_a_capture_that_arrives_late_under_the_former_slug_is_taken_over(archive: Archive) -> None:
    """A process of the older code may still have been running."""
    lived(archive)
    rename_sources(archive, FORMER, LATER)
    with archive.writing() as session:
        record(session, archive.blobs, [arrival(b"<html></html>", LATER)], LATER)
    assert rename_sources(archive, FORMER, LATER) == [("bsia-cssc", "cascade")]
    with archive.reading() as session:
        assert len(pending(session, "cascade")) == 1


def test_asked_under_the_new_slug_before_it_was_said_so(archive: Archive) -> None:
    """What a run that failed has left under the new slug gives way to what has bulletins."""
    upstream, clock = lived(archive)
    silent = Upstream(SmallSite([[]]))
    clock.forward(60)
    run(archive, silent, clock, bsia("cascade"))
    assert rename_sources(archive, FORMER, LATER) == [("bsia-cssc", "cascade")]
    clock.forward(60)
    assert run(archive, upstream, clock, renamed()).accounts.new == 0


def test_bulletins_under_both_slugs_are_never_mixed(archive: Archive) -> None:
    upstream, clock = lived(archive)
    run(archive, upstream, clock, bsia("cascade"))
    with pytest.raises(ArchiveUnusable, match="source cascade: bulletins are kept as 'cascade' and as 'bsia-cssc'"):
        rename_sources(archive, FORMER, LATER)
