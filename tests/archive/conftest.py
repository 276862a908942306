"""An empty archive on each database, and a publisher whose page it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archive.store import Archive
from tests.archive.pages import Publisher, make_archive


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with make_archive(database_url, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive on SQLite that runs filled: revisions, a withdrawal, a document, quarantine. No test changes it."""
    from tests.lifecycle.world import opened
    from tests.web.conftest import fill

    place = tmp_path_factory.mktemp("polled")
    with opened(f"sqlite:///{place / 'archive.sqlite'}", place) as made:
        fill(made)
        yield made


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Callable[[str], Archive]]:
    """Makes further archives, on SQLite, by name."""
    from tests.lifecycle.world import opened

    with ExitStack() as stack:

        def make(name: str) -> Archive:
            folder = tmp_path / name
            folder.mkdir()
            return stack.enter_context(opened(f"sqlite:///{folder / 'archive.sqlite'}", folder))

        yield make


@pytest.fixture
def publisher(archive: Archive) -> Publisher:
    return Publisher(archive)


@pytest.fixture
def connection(archive: Archive) -> Iterator[Connection]:
    """A connection in a transaction, with empty search tables."""
    with archive.writing() as session:
        yield session.connection()
