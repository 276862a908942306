"""An empty archive on each database, and a publisher whose page it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from archive.store import Archive
from tests.archive.pages import Publisher, make_archive


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with make_archive(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def publisher(archive: Archive) -> Publisher:
    return Publisher(archive)


@pytest.fixture
def connection(archive: Archive) -> Iterator[Connection]:
    """A connection in a transaction, with empty search tables."""
    with archive.writing() as session:
        yield session.connection()
