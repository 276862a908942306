"""Archives that the tests of a module share: what is known of hosts is forgotten before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from sqlalchemy import delete

from archive.derived import Host, HostTurn, RobotsFile
from archive.store import Archive
from ingest.politeness import Ledger, OwnLedger, SharedLedger
from tests.databases import fresh_postgres_database
from tests.lifecycle.world import opened

Kind = Literal["sqlite", "postgres"]


@pytest.fixture(scope="module")
def sqlite_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    place = tmp_path_factory.mktemp("archive")
    with opened(f"sqlite:///{place / 'archive.sqlite'}", place) as archive:
        yield archive


@pytest.fixture(scope="module")
def postgres_archive(postgres_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with (
        fresh_postgres_database(postgres_port) as url,
        opened(url, tmp_path_factory.mktemp("archive")) as archive,
    ):
        yield archive


def _fresh(request: pytest.FixtureRequest, kind: str) -> Archive:
    archive: Archive = request.getfixturevalue(f"{kind}_archive")
    with archive.writing() as session:
        for table in (HostTurn, Host, RobotsFile):
            session.execute(delete(table))
    return archive


@pytest.fixture(params=["sqlite", "postgres"])
def hosts_archive(request: pytest.FixtureRequest) -> Archive:
    """An archive on either database that knows of no host."""
    return _fresh(request, request.param)


@pytest.fixture(params=["alone", "sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest) -> Callable[[], Ledger]:
    """Makes ledgers: the one that this process has alone, or one more of the same archive."""
    if request.param == "alone":
        own = OwnLedger()
        return lambda: own
    archive = _fresh(request, request.param)
    return lambda: SharedLedger(archive)
