"""A source that is renamed keeps what archives list of it, what its details were listed as, and its bulletins' ids."""

from __future__ import annotations

import copy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import Alias, Listed, Target
from archive.history import Plan, count_rows
from archive.reading import number_of
from archive.renaming import rename_sources
from archive.store import Archive, ArchiveUnusable
from archive.tables import History, HistorySearch, Identity, Table
from ingest.cdx_server import CdxServer
from parsers.source import Source
from tests.history.recorded import paced, said, timeline, walked
from tests.history.scripted import ARCHIVE, Kept, ScriptedArchive, Watch, asker
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import Clock, opened

STEPS = 16


def renamed(source: Source, slug: str = "met") -> Source:
    other = copy.copy(source)
    vars(other).update(slug=slug, formerly=(source.slug,))
    return other


def held() -> list[Kept]:
    return [
        Kept(each.url, each.at.strftime("%Y%m%d%H%M%S"), each.body, each.status, each.headers)
        for each in timeline("met-police", STEPS).exchanges
    ]


def walk(archive: Archive, source: Source, rows: list[Kept], later: int = 0) -> ScriptedArchive:
    clock = Clock(timeline("met-police", STEPS).clock() + timedelta(days=later))
    server = ScriptedArchive(rows)
    assert walked(archive, source, CdxServer(asker(server, Watch())), clock).state == "done"
    return server


def add_alias(archive: Archive) -> None:
    """One bulletin is known by a second id of its publisher."""
    with archive.writing() as session:
        first = session.scalars(select(Identity).order_by(Identity.notification_id)).first()
        assert first is not None
        number, capture_id = first.notification_id, first.capture_id
        session.add(Alias(source="met-police", ref="other-id", notification_id=number, capture_id=capture_id))


def test_what_waits_and_what_was_taken_goes_on_under_the_new_slug(database_url: str, tmp_path: Path) -> None:
    rows, source = held(), paced("met-police")
    half = sorted(rows, key=lambda row: row.stamp)[: len(rows) // 2]
    with opened(database_url, tmp_path) as archive:
        walk(archive, source, half)
        add_alias(archive)
        before = dump(archive, [Identity, Listed, Alias])
        assert all(before.values())
        rename_sources(archive, {"met-police": "met"}, Clock()())
        with archive.reading() as session:
            for table in Table.metadata.sorted_tables:
                if "source" in table.c:
                    assert set(session.scalars(select(table.c.source))) <= {"met"}, table.name
            assert count_rows(session, Plan("met", ARCHIVE))["done"] == len(half)
        moved = {
            name: [{**row, "source": "met"} if "source" in row else row for row in kept]
            for name, kept in before.items()
        }
        assert differences(moved, dump(archive, [Identity, Listed, Alias])) == []
        again = walk(archive, renamed(source), half)
        assert again.asked == []
        server = walk(archive, renamed(source), rows, later=2)
        assert not any(f"{row.stamp}id_/{row.url}" in url for row in half for url in server.asked)
        with archive.reading() as session:
            assert all(number_of(session, each) for each in session.scalars(select(Identity.public_id)))


def test_renamed_half_way_it_is_as_if_it_always_had_its_name(database_url: str, tmp_path: Path) -> None:
    rows, source = held(), paced("met-police")
    half = sorted(rows, key=lambda row: row.stamp)[: len(rows) // 2]
    with opened(database_url, tmp_path) as archive:
        walk(archive, source, half)
        rename_sources(archive, {"met-police": "met"}, Clock()())
        walk(archive, renamed(source), rows, later=2)
        found = said(archive)
    with opened(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other") as other:
        walk(other, renamed(source), half)
        walk(other, renamed(source), rows, later=2)
        expected = said(other)
    for each in (found, expected):
        for name, kept in each.items():
            each[name] = [
                {key: value for key, value in row.items() if "public_id" not in key and key != "notification_id"}
                for row in kept
            ]
    assert {name: len(kept) for name, kept in found.items()} == {name: len(kept) for name, kept in expected.items()}
    assert sorted(map(repr, found["revisions"])) == sorted(map(repr, expected["revisions"]))


def test_both_slugs_walked_the_same_archive_and_the_one_with_bulletins_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    rows, source = held(), paced("met-police")
    with opened(database_url, tmp_path) as archive:
        walk(archive, renamed(source), [])
        walk(archive, source, rows)
        rename_sources(archive, {"met-police": "met"}, Clock()())
        with archive.reading() as session:
            slugs = [set(session.scalars(select(each.source))) for each in (History, HistorySearch, Target)]
            listings = session.scalars(select(Target.url).where(Target.role == "listing")).all()
        assert slugs == [{"met"}] * 3 and len(listings) == len(set(listings))
        assert walk(archive, renamed(source), rows).asked == []


def test_two_slugs_with_bulletins_are_never_mixed(database_url: str, tmp_path: Path) -> None:
    rows, source = held(), paced("met-police")
    with opened(database_url, tmp_path) as archive:
        walk(archive, source, rows)
        walk(archive, renamed(source), rows)
        before = dump(archive)
        with pytest.raises(ArchiveUnusable, match="expected one slug"):
            rename_sources(archive, {"met-police": "met"}, Clock()())
        assert differences(before, dump(archive)) == []
