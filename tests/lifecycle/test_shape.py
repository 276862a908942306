"""The shape of the database: made by migrations, the same as the tables say, refused when it is newer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import archive.derived
import archive.migrate
from archive.changes import list_changes
from archive.derived import Sighting, Target
from archive.facet_values import labels_of
from archive.facets import FACETS, token_of
from archive.migrate import SHAPE, open_archive, upgrade
from archive.search import find
from archive.store import ArchiveUnusable
from archive.tables import Table
from archive.targets import ensure_target
from tests.lifecycle.dumps import counts, differences, dump
from tests.lifecycle.notes import Note
from tests.lifecycle.notes_world import World
from tests.lifecycle.test_full_disk import SITE, bulletins
from tests.lifecycle.test_listed import FOUR, InForce
from tests.lifecycle.world import START, Clock, Upstream, opened, run

JOURNAL = {
    *("captures", "checks", "deltas", "identities", "assignments", "decisions", "runs"),
    *("history", "history_searches"),
}


def test_the_migrations_make_what_the_tables_say(empty_database_url: str, tmp_path: Path) -> None:
    with open_archive(empty_database_url, str(tmp_path / "blobs")) as store, store.reading() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={"include_name": lambda name, kind, parents: kind != "table" or name in Table.metadata.tables},
        )
        assert compare_metadata(context, Table.metadata) == []


def test_every_table_says_whether_it_is_journal_or_derived() -> None:
    kinds = {name: table.info.get("kind") for name, table in Table.metadata.tables.items()}
    assert {name for name, kind in kinds.items() if kind == "primary"} == JOURNAL
    assert {name for name, kind in kinds.items() if kind != "primary"} == set(kinds) - JOURNAL
    assert all(kinds[name] == "derived" for name in set(kinds) - JOURNAL)


def set_shape(store: archive.store.Archive, shape: str) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :shape"), {"shape": shape})


def test_a_newer_database_is_refused_and_left_as_it_is(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as store:
        run(store, Upstream(SITE), Clock())
        before = dump(store)
        set_shape(store, "0999")
        with pytest.raises(ArchiveUnusable, match="its shape is 0999, expected 0009 or older; use newer code"):
            open_archive(database_url, str(tmp_path / "blobs"))
        assert differences(before, dump(store)) == []


def test_the_command_line_refuses_a_newer_database(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as store:
        set_shape(store, "9999")
    done = bulletins(tmp_path, "status")
    assert (done.returncode, done.stdout) == (3, "")
    assert "its shape is 9999, expected 0009 or older" in done.stderr


def test_a_copy_is_made_before_an_older_database_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as store:
        run(store, Upstream(SITE), Clock())
        held = counts(store)["notifications"]
        copies_at_upgrade: list[Path] = []

        def note_copies(_connection: object) -> None:
            copies_at_upgrade.extend(tmp_path.glob(f"archive.sqlite.shape-{SHAPE}.*"))

        monkeypatch.setattr(archive.migrate, "SHAPE", "0999")
        monkeypatch.setattr(archive.migrate, "_upgrade_alone", note_copies)
        assert upgrade(store) == SHAPE
    (copy,) = copies_at_upgrade
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM notifications").fetchone() == (held,)
    connection.close()


HELD_AT_0001 = (
    "INSERT INTO captures"
    " (id, source, role, target_url, url, fetched_at, archived_at, via, cause, headers, facts, state)"
    " VALUES (1, 's', 'detail', 'u', 'u', :at, :at, 'live', 'capture', '[]', '{}', 'done')",
    "INSERT INTO targets (id, source, role, url, facts, state, first_seen_at, failures)"
    " VALUES (7, 's', 'older', 'u', '{}', 'read', :at, 0)",
    "INSERT INTO identities (notification_id, public_id, source, ref, capture_id) VALUES (1, 'p', 's', 'r', 1)",
    "INSERT INTO notifications (id, source, state, revision, target_id, issued_sort, issued_stated, absences)"
    " VALUES (1, 's', 'current', 1, 7, :at, :is_stated, 0)",
    "INSERT INTO sightings (id, notification_id, target_id, first_at) VALUES (1, 1, 7, :at)",
)


def test_an_archive_of_the_first_shape_is_brought_up_to_date_with_all_that_it_holds(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = (empty_database_url, str(tmp_path / "blobs"))
    monkeypatch.setattr(archive.migrate, "SHAPE", "0001")
    at = "2018-07-02 09:00:00.000000" + ("" if empty_database_url.startswith("sqlite") else "+00")
    with open_archive(*place) as store, store.writing() as session:
        for statement in HELD_AT_0001:
            session.execute(text(statement), {"at": at, "is_stated": True})
    monkeypatch.undo()
    with open_archive(*place) as store:
        with store.writing() as session:
            ensure_target(session, "s", "detail", "u", START)
        with store.reading() as session:
            assert [row.target_id for row in session.scalars(select(Sighting))] == [7]
            assert sorted(row.role for row in session.scalars(select(Target))) == ["detail", "older"]


def undo_shape_0009(session: Session) -> None:
    session.execute(text("DROP INDEX ix_changes_notification_id"))
    session.execute(text("ALTER TABLE changes DROP COLUMN state"))
    session.execute(text("DROP INDEX ix_targets_source_role_sha256_next_check_at_last_tried_at"))
    if session.get_bind().dialect.name == "sqlite":
        for statement in (
            "CREATE TABLE keys_before (notification_id BIGINT NOT NULL PRIMARY KEY, search_key BIGINT NOT NULL UNIQUE)",
            "INSERT INTO keys_before SELECT notification_id, search_key FROM search_keys",
            "DROP TABLE search_keys",
            "ALTER TABLE keys_before RENAME TO search_keys",
        ):
            session.execute(text(statement))
    else:
        session.execute(text("ALTER TABLE search_keys DROP COLUMN tokens"))


def undo_shape_0008(session: Session) -> None:
    undo_shape_0009(session)
    for table in ("identities", "aliases"):
        session.execute(text(f"DROP INDEX ix_{table}_ref"))
    session.execute(text("DROP INDEX ix_targets_role_source_state"))
    session.execute(text("CREATE INDEX ix_targets_role_source ON targets (role, source)"))
    for name in ("links_wait", "forbidden"):
        session.execute(text(f"ALTER TABLE targets DROP COLUMN {name}"))


FORGET = {
    "sqlite": "UPDATE search_entries SET tokens = replace(tokens, :token, '')",
    "postgresql": "UPDATE search_entries SET tsv = ts_delete(tsv, :token)",
}


def test_an_archive_of_the_sixth_shape_is_found_by_year_and_attachment(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as store:
        run(store, Upstream(SITE), Clock())
        asked = ("year:2018", "has:attachment", "-has:attachment year:2018", "year:2017")
        with store.reading() as session:
            expected = [[hit.notification_id for hit in find(session, query)] for query in asked]
            values, tokens = labels_of(session, FACETS), tokens_held(session)
        assert [len(found) for found in expected] == [6, 1, 5, 0]
        with store.writing() as session:
            dialect = session.get_bind().dialect.name
            for token in (token_of("year", "2018"), token_of("has", "attachment")):
                word = token if dialect == "sqlite" else f"={token}"
                session.execute(text(FORGET[dialect]), {"token": word})
            assert [find(session, query) for query in asked] == [[], [], [], []]
            session.execute(text("DROP TABLE facet_values"))
            undo_shape_0008(session)
        set_shape(store, "0006")
        assert upgrade(store) == "0006"
        with store.reading() as session:
            assert [[hit.notification_id for hit in find(session, query)] for query in asked] == expected
            assert labels_of(session, FACETS) == values
            assert tokens_held(session) == tokens


def tokens_held(session: Session) -> dict[int, list[str]]:
    held = session.execute(text("SELECT search_key, tokens FROM search_keys"))
    return {key: sorted(tokens.split()) for key, tokens in held}


def test_an_archive_of_the_seventh_shape_still_knows_whose_links_wait(database_url: str, tmp_path: Path) -> None:
    said = {
        "waits itself": (0, "h is to be asked at 9, expected that time"),
        "links wait": (0, "what it points to waits: h is to be asked at 9, expected that time"),
        "fails": (2, "what it points to waits: no, this is an error of theirs"),
        "is well": (0, None),
    }
    with opened(database_url, tmp_path) as store:
        with store.writing() as session:
            for url, (failures, words) in said.items():
                target, _ = ensure_target(session, "s", "listing", url, START)
                target.failures, target.last_error = failures, words
        with store.writing() as session:
            undo_shape_0008(session)
        set_shape(store, "0007")
        assert upgrade(store) == "0007"
        with store.reading() as session:
            found = {
                each.url: (each.failures, each.last_error, each.links_wait) for each in session.scalars(select(Target))
            }
    moved = {"links wait": (0, None, "h is to be asked at 9, expected that time")}
    assert found == {url: (*was, None) for url, was in said.items()} | moved


def test_the_changes_of_an_archive_of_the_eighth_shape_name_the_states_that_can_be_told(
    database_url: str, tmp_path: Path
) -> None:
    with opened(database_url, tmp_path) as store:
        world = World(store, *FOUR[:2], source=InForce())
        for shown in (FOUR[1:2], FOUR[:2], FOUR[1:2], FOUR[1:2]):
            for _ in range(2):
                world.run()
            world.site.shown = list(shown)
        world.site.shown = [
            *FOUR[:2],
            Note(8, "Other fences", action="update", about=(2,)),
            Note(9, "No more doors", action="cancel", about=(1,)),
        ]
        world.run()
        with store.writing() as session:
            before = [(row["kind"], row["title"], row["state"]) for row in list_changes(session)]
            undo_shape_0009(session)
        set_shape(store, "0008")
        assert upgrade(store) == "0008"
        with store.reading() as session:
            after = [(row["kind"], row["title"], row["state"]) for row in list_changes(session)]
    ended, came_back = ("state", "Doors", "ended"), ("reinstated", "Doors", "current")
    assert [row for row in before if row[0] != "created"] == [
        *(ended, came_back, ended, came_back),
        *(("state", "Windows", "superseded"), ("state", "Doors", "cancelled")),
    ]
    unknown = ("state", "Doors", None)
    assert after == [unknown if row == ended else row for row in before]


def test_an_archive_that_is_up_to_date_is_left_alone(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as store:
        assert upgrade(store) is None
    assert list(tmp_path.glob("archive.sqlite.shape-*")) == []


def test_reading_commands_make_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="there is none, expected one made by"):
        open_archive(f"sqlite:///{tmp_path / 'deep' / 'archive.sqlite'}", str(tmp_path / "blobs"), create=False)
    assert list(tmp_path.iterdir()) == []
