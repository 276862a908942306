"""One served replica per module, put back to its beginning before each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from replica.app import Replica
from replica.server import serve
from replica.transport import replica_transport


@dataclass(frozen=True, slots=True)
class Served:
    """A replica, its port, and a client whose every request goes there."""

    replica: Replica
    port: int
    client: httpx.Client


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    replica = Replica()
    with serve(replica) as port, httpx.Client(transport=replica_transport(port), timeout=10) as client:
        yield Served(replica, port, client)


@pytest.fixture
def served(running: Served, caplog: pytest.LogCaptureFixture) -> Iterator[Served]:
    """The running replica at step 0; the test fails where the server had something to complain about."""
    running.replica.clear_faults()
    running.replica.forget_requests()
    running.replica.go_to(0)
    running.replica.validators = True
    yield running
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING] == []
