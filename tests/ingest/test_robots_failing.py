"""A robots.txt that cannot be had just now, or not at all, and what holds meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import httpx
import pytest

from ingest.fetch import Refused, Response
from ingest.politeness import HostRules, Ledger, NotNow, Politeness
from ingest.robots import RobotsHere, RobotsRules
from tests.fetching import NOW, PAGE, Watch, failure_in, fetching
from tests.ingest.test_robots import at_rest
from tests.servers import Script, redirect, response


def test_a_wait_that_is_cut_short_is_no_sign_that_it_cannot_be_had() -> None:
    politeness = Politeness(lambda host: HostRules(0))
    robots = RobotsRules(RobotsHere(), politeness, lambda: NOW)
    asked: list[str] = []

    def stopped(url: httpx.URL, conditions: Mapping[str, str]) -> Response:
        asked.append(str(url))
        raise NotNow("the run is being stopped", 0)

    for _ in range(9):
        with pytest.raises(NotNow, match="stopped"):
            robots.permit(httpx.URL("http://site.test/"), stopped, time.sleep)
    assert asked == ["http://site.test/robots.txt"] * 9


def test_the_pause_that_an_old_one_asks_for_is_kept_until_it_is_had_again(ledger: Callable[[], Ledger]) -> None:
    watch, kept, shared = Watch(), RobotsHere(), ledger()
    robots = response(b"User-agent: *\nCrawl-delay: 60\n", "Cache-Control: max-age=3600")
    with at_rest(robots, watch=watch, kept=kept, ledger=shared) as (fetcher, server, _watch):
        fetcher.get(server.url())
        watch.seconds = 3595
        fetcher.get(server.url())
    watch.seconds = 3601
    watch.slept.clear()
    with at_rest(robots, watch=watch, kept=kept, ledger=shared) as (fetcher, server, _watch):
        fetcher.get(server.url())
    assert server.paths() == ["/robots.txt", "/"]
    assert watch.slept == [54.0, 60.0]


def test_one_that_leads_to_where_nobody_is_asked_cannot_be_had() -> None:
    script: Script = {"/robots.txt": redirect("http://10.0.0.1/robots.txt"), "/": response(PAGE)}
    with fetching(script, obeys_robots=True) as (fetcher, server, _watch):
        for _ in range(3):
            with pytest.raises(Refused, match="private"):
                fetcher.get(server.url())
        assert "could not be had" in str(failure_in(fetcher, server.url()))
    assert server.paths() == ["/robots.txt"] * 3
