"""How hosts are asked, told from the server's side: pauses, connections, and hosts that are left alone."""

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
from typing import Any

import pytest

from archive.hosts import changing_host, troubled_hosts
from archive.store import Archive
from ingest.fetch import Fetcher, FetchFailed
from ingest.politeness import JITTER, HostRules, Ledger, NotNow, Politeness, SharedLedger
from tests.fetching import NOW, PAGE, Watch, failure_in, fetching
from tests.servers import Answer, Script, Server, loopback, reset, response, serving

UNWELL = response(b"later", status="503 Service Unavailable")
HOST = "site.test"
REFUSALS = (401, 403, 500, 502, 504, *range(520, 527))


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


class TestHostsThatFail:
    def test_a_clock_that_is_set_back_opens_no_closed_host(self, ledger: Callable[[], Ledger]) -> None:
        watch, shared = Watch(), ledger()
        with fetching({"/": UNWELL}, watch, ledger=shared, attempts=1) as (fetcher, server, _watch):
            for _ in range(5):
                fetcher.get(server.url())
        watch.seconds += 280

        def set_back(seconds: float) -> None:
            watch.seconds -= 3600

        politeness = Politeness(lambda host: HostRules(0), shared, clock=watch.clock, sleep=set_back)
        with pytest.raises(NotNow, match="left alone until"), politeness.turn(HOST):
            raise AssertionError("the host was to be left alone")

    def test_the_last_answer_is_given_when_the_host_is_closed_between_attempts(
        self, ledger: Callable[[], Ledger]
    ) -> None:
        with fetching({"/": UNWELL}, ledger=ledger(), attempts=3) as (fetcher, server, _watch):
            fetcher.get(server.url())
            fetched = fetcher.get(server.url())
        assert (fetched.answer.status, fetched.attempts, len(server.asked)) == (503, 2, 5)

    def test_an_archive_that_replays_a_refusal_does_not_refuse(self, ledger: Callable[[], Ledger]) -> None:
        memento = response(b"no", "Memento-Datetime: Mon, 02 Mar 2020 09:30:00 GMT", status="403 Forbidden")
        with fetching({"/": memento}, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
            for _ in range(9):
                assert fetcher.get(server.url()).answer.status == 403

    def test_only_an_answer_that_refuses_says_when_to_come_again(self, ledger: Callable[[], Ledger]) -> None:
        with fetching({"/": response(PAGE, "Retry-After: 3600")}, ledger=ledger()) as (fetcher, server, _watch):
            fetcher.get(server.url())
            assert fetcher.get(server.url()).answer.body == PAGE

    def test_after_five_failures_a_host_is_left_alone_then_asked_once(self, ledger: Callable[[], Ledger]) -> None:
        script: Script = {"/": [*[UNWELL] * 6, response(PAGE)]}
        with fetching(script, ledger=ledger(), attempts=1) as (fetcher, server, watch):
            for _ in range(5):
                assert fetcher.get(server.url()).answer.status == 503
            closed = failure_in(fetcher, server.url())
            assert "site.test is left alone until 2026-03-02 09:35:00 UTC (5 failures in a row" in str(closed)
            assert "status 503" in str(closed)
            assert closed.retry_after_seconds == 300
            assert len(server.asked) == 5
            watch.seconds += 301
            fetcher.get(server.url())
            assert failure_in(fetcher, server.url()).retry_after_seconds == 600
            watch.seconds += 601
            assert fetcher.get(server.url()).answer.body == PAGE
            assert fetcher.get(server.url()).answer.body == PAGE
        assert len(server.asked) == 8

    def test_while_one_looks_whether_it_is_well_again_others_stay_away(self, ledger: Callable[[], Ledger]) -> None:
        watch, shared = Watch(), ledger()
        with fetching({"/": UNWELL}, watch, ledger=shared, attempts=1, connections=2) as (fetcher, server, _watch):
            for _ in range(5):
                fetcher.get(server.url())
            watch.seconds += 301
            politeness = Politeness(lambda host: HostRules(0, 2), shared, clock=watch.clock, sleep=watch.sleep)
            with politeness.turn(HOST):
                failure_in(fetcher, server.url())
        assert len(server.asked) == 5

    @pytest.mark.parametrize("answer", [reset(), *(response(b"", status=f"{code} X") for code in REFUSALS)])
    def test_so_is_one_that_refuses_or_breaks_off(self, answer: Answer, ledger: Callable[[], Ledger]) -> None:
        with fetching({"/": answer}, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
            for _ in range(9):
                _try(fetcher, server)
        assert len(server.asked) == 5

    def test_a_page_that_is_not_there_is_no_failure_of_its_host(self, ledger: Callable[[], Ledger]) -> None:
        with fetching({}, ledger=ledger()) as (fetcher, server, _watch):
            for _ in range(9):
                assert fetcher.get(server.url()).answer.status == 404

    def test_an_answer_ends_the_row(self, ledger: Callable[[], Ledger]) -> None:
        script: Script = {"/": UNWELL, "/well": response(PAGE)}
        with fetching(script, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
            for _ in range(3):
                for path in ("/", "/", "/", "/", "/well"):
                    fetcher.get(server.url(path))
        assert len(server.asked) == 15

    def test_the_time_that_a_server_asks_for_holds_for_every_source(self, ledger: Callable[[], Ledger]) -> None:
        busy = response(b"busy", "Retry-After: 3600", status="429 Too Many Requests")
        with fetching({"/": busy, "/other": response(PAGE)}, ledger=ledger()) as (fetcher, server, watch):
            fetcher.get(server.url())
            assert failure_in(fetcher, server.url("/other")).retry_after_seconds == 3600
            watch.seconds += 3601
            assert fetcher.get(server.url("/other")).answer.body == PAGE
        assert server.paths() == ["/", "/other"]

    @pytest.mark.parametrize("later", [(200, None), (429, 10.0)])
    def test_an_answer_that_ends_later_forgets_no_such_time(self, later: Any, ledger: Callable[[], Ledger]) -> None:
        watch = Watch()
        politeness = Politeness(lambda host: HostRules(0, 2), ledger(), clock=watch.clock, sleep=watch.sleep)
        with politeness.turn(HOST) as well:
            with politeness.turn(HOST) as busy:
                busy.note_answer(429, 3600)
            well.note_answer(*later)
        with pytest.raises(NotNow), politeness.turn(HOST):
            raise AssertionError("the host was to be left alone")

    def test_nobody_is_told_to_wait_for_ever(self, ledger: Callable[[], Ledger]) -> None:
        busy = response(b"busy", "Retry-After: 999999999", status="503 Service Unavailable")
        with fetching({"/": busy}, ledger=ledger()) as (fetcher, server, _watch):
            fetcher.get(server.url())
            assert failure_in(fetcher, server.url()).retry_after_seconds == 86_400

    @pytest.mark.parametrize("days", [0, 20])
    def test_a_clock_that_is_set_back_leaves_it_alone_for_a_day_at_most(
        self, days: int, ledger: Callable[[], Ledger]
    ) -> None:
        busy, watch = response(b"busy", "Retry-After: 86400", status="429 Too Many Requests"), Watch()
        watch.seconds = days * 86_400
        with fetching({"/": [busy, response(PAGE)]}, watch, ledger=ledger()) as (fetcher, server, _watch):
            fetcher.get(server.url())
            watch.seconds = -10
            assert failure_in(fetcher, server.url()).retry_after_seconds == 86_400
            watch.seconds += 43_200
            assert failure_in(fetcher, server.url()).retry_after_seconds == 43_200
            watch.seconds += 43_201
            assert fetcher.get(server.url()).answer.body == PAGE

    def test_operators_see_them(self, hosts_archive: Archive) -> None:
        with fetching({"/": UNWELL}, ledger=SharedLedger(hosts_archive), attempts=1) as (fetcher, server, _watch):
            fetcher.get(server.url())
        with hosts_archive.reading() as session:
            troubled = troubled_hosts(session)
        assert [(name, state.failures, state.last_error) for name, state in troubled.items()] == [
            (HOST, 1, "status 503")
        ]


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


def _try(fetcher: Fetcher, server: Server) -> None:
    try:
        fetcher.get(server.url())
    except FetchFailed:
        return
