"""The shape of a database: made when it is missing, brought up to date, refused when it is newer than this code."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from archive.store import Archive, ArchiveUnusable, open_blobs

SHAPE = "0009"
"""The revision that this code needs; the newest file in `archive/migrations/versions`."""

LOCK_NUMBER = 7_122_001
"""The advisory lock under which PostgreSQL databases are upgraded."""


def open_archive(database_url: str, blobs_at: str, *, create: bool = True) -> Archive:
    """The archive at these places, its database made or upgraded first; with `create` off, a missing one is refused.

    Raises ArchiveUnusable where it is missing, newer than this code, or cannot be opened.
    """
    _make_folder(database_url, create=create)
    archive = Archive(database_url, open_blobs(blobs_at))
    try:
        upgrade(archive, create=create)
    except BaseException:
        archive.close()
        raise
    return archive


def _make_folder(database_url: str, *, create: bool) -> None:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    place = Path(url.database)
    if not create and not place.exists():
        raise ArchiveUnusable(f"archive {place}: there is none, expected one made by `run`, `import` or `serve`")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ArchiveUnusable(f"archive {place}: {problem.strerror}, expected a folder that can be made") from problem


def upgrade(archive: Archive, *, create: bool = True) -> str | None:
    """Bring the database to SHAPE; returns the shape it had, or None where nothing was to do."""
    with archive.reading() as session:
        found = shape_of(session.connection())
    if found == SHAPE:
        return None
    _refuse_newer(archive, found)
    if found is None and not create:
        raise ArchiveUnusable(
            f"archive {_place(archive)}: it is empty, expected one made by `run`, `import` or `serve`"
        )
    if found is not None and not create:
        shapes = f"its shape is {found}, expected {SHAPE}"
        raise ArchiveUnusable(f"archive {_place(archive)}: {shapes}; `bulletins migrate` brings it there")
    if found is not None:
        _back_up(archive, found)
    with archive.writing() as session:
        _upgrade_alone(session.connection())
    return found or ""


def shape_of(connection: Connection) -> str | None:
    """The revision of a database's shape; None where it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _refuse_newer(archive: Archive, found: str | None) -> None:
    if found is not None and found > SHAPE:
        raise ArchiveUnusable(
            f"archive {_place(archive)}: its shape is {found}, expected {SHAPE} or older; use newer code"
        )


def _place(archive: Archive) -> str:
    return make_url(archive.database_url).render_as_string(hide_password=True)


def _upgrade_alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
    if shape_of(connection) == SHAPE:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, SHAPE)


def _back_up(archive: Archive, found: str) -> None:
    """Copy a SQLite database beside itself before its shape changes; PostgreSQL's own tools do that there."""
    url = make_url(archive.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = Path(url.database).with_name(f"{Path(url.database).name}.shape-{found}.{stamp}")
    with sqlite3.connect(url.database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
