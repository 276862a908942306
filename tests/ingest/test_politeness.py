"""How hosts are asked, told from the server's side: pauses and connections."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from archive.hosts import changing_host
from archive.store import Archive
from ingest.fetch import Fetcher
from ingest.politeness import JITTER, HostRules, Ledger, NotNow, Politeness, SharedLedger
from tests.fetching import NOW, PAGE, Watch, fetching
from tests.servers import Script, Server, loopback, response, serving

HOST = "site.test"


def test_a_pause_is_never_shorter_than_stated_and_not_the_same_each_time() -> None:
    watch = Watch()
    politeness = Politeness(clock=watch.clock, sleep=watch.sleep)
    for _ in range(40):
        with politeness.turn(HOST):
            pass
    assert all(2.0 <= seconds <= 2.0 * (1 + JITTER) for seconds in watch.slept)
    assert len(watch.slept) == 39
    assert len(set(watch.slept)) > 20


class TestTurns:
    def test_sources_with_fetchers_of_their_own_keep_apart(self, ledger: Callable[[], Ledger]) -> None:
        watch = Watch()
        script: Script = {"/": response(PAGE)}
        with (
            fetching(script, watch, delay_seconds=2.0, ledger=ledger()) as (one, server, _watch),
            fetching(script, watch, delay_seconds=2.0, ledger=ledger()) as (other, _server, _),
        ):
            for fetcher in (one, other, one):
                fetcher.get(server.url())
        assert watch.slept == [2.0, 2.0]

    def test_a_clock_that_is_set_back_makes_nobody_wait_longer(self, ledger: Callable[[], Ledger]) -> None:
        watch = Watch()
        with fetching({"/": response(PAGE)}, watch, delay_seconds=2.0, ledger=ledger()) as (fetcher, server, _watch):
            fetcher.get(server.url())
            watch.seconds -= 86_400
            fetcher.get(server.url())
        assert sum(watch.slept) == 2.0

    def test_a_clock_that_is_set_back_meanwhile_makes_nobody_wait_again(self, ledger: Callable[[], Ledger]) -> None:
        watch = Watch()

        def set_back(seconds: float) -> None:
            watch.sleep(seconds)
            watch.seconds -= 86_400

        politeness = Politeness(lambda host: HostRules(), ledger(), jitter=0, clock=watch.clock, sleep=set_back)
        for _ in range(2):
            with politeness.turn(HOST):
                assert len(watch.slept) < 2
        assert watch.slept == [2.0]

    @pytest.mark.parametrize("connections", [1, 3])
    def test_a_host_never_has_more_requests_than_connections(
        self, connections: int, ledger: Callable[[], Ledger]
    ) -> None:
        door = Door(connections)
        with serving({"/": door.answer}) as server:
            fetchers = [fetcher_at(server, ledger(), connections) for _ in range(4)]
            together(*(lambda each=each: [each.get(server.url()) for _ in range(3)] for each in fetchers))
            for each in fetchers:
                each.close()
        assert door.most == connections
        assert len(server.asked) == 12

    def test_a_turn_of_a_process_that_has_died_is_free(self, hosts_archive: Archive) -> None:
        with subprocess.Popen([sys.executable, "-c", ""]) as ended:
            ended.wait()
        owner = f"{os.uname().nodename}:{ended.pid}:1:1"
        with hosts_archive.writing() as session, changing_host(session, HOST, NOW) as state:
            state.turns[0] = (owner, NOW + timedelta(hours=1))
        with fetching({"/": response(PAGE)}, ledger=SharedLedger(hosts_archive)) as (fetcher, server, watch):
            assert fetcher.get(server.url()).answer.body == PAGE
        assert watch.slept == []

    def test_a_turn_elsewhere_is_waited_for_until_its_time_is_over(self, hosts_archive: Archive) -> None:
        with hosts_archive.writing() as session, changing_host(session, HOST, NOW) as state:
            state.turns[0] = ("another-machine:1:1:1", NOW + timedelta(seconds=90))
        with fetching({"/": response(PAGE)}, ledger=SharedLedger(hosts_archive)) as (fetcher, server, watch):
            fetcher.get(server.url())
        assert 90 <= sum(watch.slept) < 91

    def test_a_turn_taken_by_a_clock_ahead_of_ours_is_not_waited_for_for_ever(self, hosts_archive: Archive) -> None:
        with hosts_archive.writing() as session, changing_host(session, HOST, NOW) as state:
            state.turns[0] = ("another-machine:1:1:1", NOW + timedelta(days=1))
        with fetching({"/": response(PAGE)}, ledger=SharedLedger(hosts_archive)) as (fetcher, server, watch):
            fetcher.get(server.url())
        assert sum(watch.slept) <= 121

    def test_a_run_that_is_stopped_waits_no_longer(self) -> None:
        stop = threading.Event()

        def patience(seconds: float) -> None:
            if stop.wait(seconds):
                raise NotNow("stopped", 0)

        politeness = Politeness(lambda host: HostRules(60))
        with politeness.turn(HOST):
            pass
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        with pytest.raises(NotNow, match="stopped"), politeness.turn(HOST, patience):
            raise AssertionError("the turn came too early")
        assert time.monotonic() - began < 10


class Door:
    """Answers slowly, the first time when so many as expected are inside; notes when and how many are at once."""

    def __init__(self, expected: int = 1) -> None:
        self._all_here = threading.Event()
        self._expected = expected
        self.most = self.inside = 0
        self.spans: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def answer(self, connection: socket.socket) -> None:
        with self._inside():
            time.sleep(0.03)
        connection.sendall(response(PAGE))

    @contextmanager
    def _inside(self) -> Iterator[None]:
        begun = time.monotonic()
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            if self.most >= self._expected:
                self._all_here.set()
        self._all_here.wait(10)
        yield
        with self._lock:
            self.inside -= 1
            self.spans.append((begun, time.monotonic()))


def fetcher_at(server: Server, ledger: Ledger, connections: int) -> Fetcher:
    return Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: loopback(server.port),
        politeness=Politeness(lambda host: HostRules(0, connections), ledger),
    )


def together(*works: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
