"""Serving, moving on and the transport: nothing is left behind, nothing leads elsewhere."""

from __future__ import annotations

import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from replica import faults
from replica.app import Replica
from replica.many import LISTING_PATH, detail_path, host_name, many_sites
from replica.server import moving, serve
from replica.sites import CSSC_PATH
from replica.transport import UnknownSite, replica_transport
from tests.replica.conftest import Served

PAGE = "https://www.bsia.co.uk" + CSSC_PATH


def test_stopping_leaves_no_thread_and_frees_the_port() -> None:
    before = threading.active_count()
    with serve(Replica()) as port:
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with serve(Replica(), port) as again:
        assert again == port


def test_stopping_does_not_wait_for_a_slow_answer(caplog: pytest.LogCaptureFixture) -> None:
    replica = Replica()
    replica.fault(faults.slow(piece_bytes=10_000, pause_seconds=1))
    with ExitStack() as running:
        transport = replica_transport(running.enter_context(serve(replica)))
        with httpx.Client(transport=transport, timeout=60) as client, client.stream("GET", PAGE) as answer:
            running.close()
            with pytest.raises(httpx.TransportError):
                answer.read()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_taken_port_is_an_error() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
        serve(Replica(), taken.getsockname()[1]),
    ):
        pytest.fail("served on a taken port")


def test_only_loopback_is_listened_on() -> None:
    with serve(Replica()) as port, pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_the_timeline_moves_on_until_the_end_of_the_block() -> None:
    replica, threads = Replica(), threading.active_count()
    with moving(replica, every_seconds=0.001):
        while replica.at_step < replica.last_step:
            time.sleep(0.001)
    assert replica.at_step == replica.last_step
    assert threading.active_count() == threads


def test_moving_stops_at_once() -> None:
    replica = Replica()
    with moving(replica, every_seconds=3_600):
        pass
    assert replica.at_step == 0


def test_many_threads_may_read_and_steer(served: Served) -> None:
    def visit(number: int) -> int:
        served.replica.step()
        return served.client.get(f"{PAGE}?{number}").status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(visit, range(40))) == {200}
    assert len(served.replica.requests) == 40
    assert served.replica.at_step == 40


@pytest.mark.parametrize("address", [PAGE, PAGE.replace("https", "http"), PAGE.replace("co.uk", "co.uk:8443")])
def test_any_scheme_and_port_of_a_known_host_arrive(served: Served, address: str) -> None:
    assert served.client.get(address).status_code == 200
    assert served.replica.requests[-1].host == "www.bsia.co.uk"


@pytest.mark.parametrize("address", ["https://example.org/", "http://127.0.0.1/", "https://bsia.co.uk/"])
def test_an_unknown_host_is_refused_and_named(served: Served, address: str) -> None:
    with pytest.raises(UnknownSite, match="the replica has no site") as refused:
        served.client.get(address)
    assert httpx.URL(address).host in str(refused.value)
    assert isinstance(refused.value, httpx.ConnectError)
    assert served.replica.requests == ()


def test_connections_are_kept_and_closed() -> None:
    replica = Replica()
    with serve(replica) as port:
        transport = replica_transport(port)
        with httpx.Client(transport=transport) as client:
            clients = {client.get(PAGE).extensions["network_stream"].get_extra_info("client_addr") for _ in range(3)}
        assert len(clients) == 1
        with pytest.raises(RuntimeError, match="closed"):
            client.get(PAGE)


def test_timeouts_hold() -> None:
    replica = Replica()
    replica.fault(faults.slow(piece_bytes=1, pause_seconds=3_600))
    with (
        serve(replica) as port,
        httpx.Client(transport=replica_transport(port), timeout=0.1) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(PAGE)


def test_a_body_streams_as_it_comes(served: Served) -> None:
    served.replica.fault(faults.slow(piece_bytes=100, pause_seconds=0.01))
    with served.client.stream("GET", PAGE) as answer:
        first = next(answer.iter_raw())
    assert len(first) < int(answer.headers["content-length"])


def test_many_bulletins_on_many_hosts() -> None:
    sites = many_sites(20, 4, pdf_every=5)
    replica = Replica(sites)
    assert list(replica.hosts) == [host_name(index) for index in range(4)]
    with serve(replica) as port, httpx.Client(transport=replica_transport(port, replica.hosts)) as client:
        found = set()
        for host in replica.hosts:
            listing = client.get(f"https://{host}{LISTING_PATH}").text
            numbers = [number for number in range(20) if detail_path(number) in listing]
            found.update(numbers)
            for number in numbers:
                detail = client.get(f"https://{host}{detail_path(number)}")
                assert detail.status_code == 200
                assert ("/documents/" in detail.text) == (number % 5 == 0)
        assert found == set(range(20))
        assert client.get(f"https://{host_name(1)}/documents/000005.pdf").content.startswith(b"%PDF-")
        etag = detail.headers["etag"]
        assert client.get(detail.url, headers={"If-None-Match": etag}).status_code == 304
    assert many_sites(20, 4, pdf_every=5) == sites
