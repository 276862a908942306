"""Hosts that fail, or ask for time, are left alone by all who share what is known of them, and asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.hosts import troubled_hosts
from archive.store import Archive
from ingest.fetch import Fetcher, FetchFailed
from ingest.politeness import HostRules, Ledger, NotNow, Politeness, SharedLedger
from tests.fetching import PAGE, Watch, failure_in, fetching
from tests.servers import Answer, Script, Server, reset, response

UNWELL = response(b"later", status="503 Service Unavailable")
HOST = "site.test"
REFUSALS = (401, 403, 500, 502, 504, *range(520, 527))


def test_a_clock_that_is_set_back_opens_no_closed_host(ledger: Callable[[], Ledger]) -> None:
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


def test_the_last_answer_is_given_when_the_host_is_closed_between_attempts(ledger: Callable[[], Ledger]) -> None:
    with fetching({"/": UNWELL}, ledger=ledger(), attempts=3) as (fetcher, server, _watch):
        fetcher.get(server.url())
        fetched = fetcher.get(server.url())
    assert (fetched.answer.status, fetched.attempts, len(server.asked)) == (503, 2, 5)


def test_an_archive_that_replays_a_refusal_does_not_refuse(ledger: Callable[[], Ledger]) -> None:
    memento = response(b"no", "Memento-Datetime: Mon, 02 Mar 2020 09:30:00 GMT", status="403 Forbidden")
    with fetching({"/": memento}, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
        for _ in range(9):
            assert fetcher.get(server.url()).answer.status == 403


def test_only_an_answer_that_refuses_says_when_to_come_again(ledger: Callable[[], Ledger]) -> None:
    with fetching({"/": response(PAGE, "Retry-After: 3600")}, ledger=ledger()) as (fetcher, server, _watch):
        fetcher.get(server.url())
        assert fetcher.get(server.url()).answer.body == PAGE


def test_after_five_failures_a_host_is_left_alone_then_asked_once(ledger: Callable[[], Ledger]) -> None:
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


def test_one_that_never_gets_well_is_asked_once_a_day(ledger: Callable[[], Ledger]) -> None:
    with fetching({"/": UNWELL}, ledger=ledger(), attempts=1) as (fetcher, server, watch):
        for _ in range(15):
            fetcher.get(server.url())
            watch.seconds += 86_400
        fetcher.get(server.url())
        watch.seconds += 36_000
        assert failure_in(fetcher, server.url()).retry_after_seconds == 50_400


def test_while_one_looks_whether_it_is_well_again_others_stay_away(ledger: Callable[[], Ledger]) -> None:
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
def test_one_that_refuses_or_breaks_off_is_left_alone_too(answer: Answer, ledger: Callable[[], Ledger]) -> None:
    with fetching({"/": answer}, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
        for _ in range(9):
            _try(fetcher, server)
    assert len(server.asked) == 5


def test_a_page_that_is_not_there_is_no_failure_of_its_host(ledger: Callable[[], Ledger]) -> None:
    with fetching({}, ledger=ledger()) as (fetcher, server, _watch):
        for _ in range(9):
            assert fetcher.get(server.url()).answer.status == 404


def test_an_answer_ends_the_row(ledger: Callable[[], Ledger]) -> None:
    script: Script = {"/": UNWELL, "/well": response(PAGE)}
    with fetching(script, ledger=ledger(), attempts=1) as (fetcher, server, _watch):
        for _ in range(3):
            for path in ("/", "/", "/", "/", "/well"):
                fetcher.get(server.url(path))
    assert len(server.asked) == 15


def test_the_time_that_a_server_asks_for_holds_for_every_source(ledger: Callable[[], Ledger]) -> None:
    busy = response(b"busy", "Retry-After: 3600", status="429 Too Many Requests")
    with fetching({"/": busy, "/other": response(PAGE)}, ledger=ledger()) as (fetcher, server, watch):
        fetcher.get(server.url())
        assert failure_in(fetcher, server.url("/other")).retry_after_seconds == 3600
        watch.seconds += 3601
        assert fetcher.get(server.url("/other")).answer.body == PAGE
    assert server.paths() == ["/", "/other"]


@pytest.mark.parametrize("later", [(200, None), (429, 10.0)])
def test_an_answer_that_ends_later_forgets_no_such_time(later: Any, ledger: Callable[[], Ledger]) -> None:
    watch = Watch()
    politeness = Politeness(lambda host: HostRules(0, 2), ledger(), clock=watch.clock, sleep=watch.sleep)
    with politeness.turn(HOST) as well:
        with politeness.turn(HOST) as busy:
            busy.note_answer(429, 3600)
        well.note_answer(*later)
    with pytest.raises(NotNow), politeness.turn(HOST):
        raise AssertionError("the host was to be left alone")


def test_nobody_is_told_to_wait_for_ever(ledger: Callable[[], Ledger]) -> None:
    busy = response(b"busy", "Retry-After: 999999999", status="503 Service Unavailable")
    with fetching({"/": busy}, ledger=ledger()) as (fetcher, server, _watch):
        fetcher.get(server.url())
        assert failure_in(fetcher, server.url()).retry_after_seconds == 86_400


@pytest.mark.parametrize("days", [0, 20])
def test_a_clock_that_is_set_back_leaves_it_alone_for_a_day_at_most(days: int, ledger: Callable[[], Ledger]) -> None:
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


def test_operators_see_them(hosts_archive: Archive) -> None:
    with fetching({"/": UNWELL}, ledger=SharedLedger(hosts_archive), attempts=1) as (fetcher, server, _watch):
        fetcher.get(server.url())
    with hosts_archive.reading() as session:
        troubled = troubled_hosts(session)
    assert [(name, state.failures, state.last_error) for name, state in troubled.items()] == [(HOST, 1, "status 503")]


def _try(fetcher: Fetcher, server: Server) -> None:
    try:
        fetcher.get(server.url())
    except FetchFailed:
        return
