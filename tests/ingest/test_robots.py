"""What robots.txt lets us ask (RFC 9309), told from the server's side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from archive.hosts import robots_of
from archive.store import Archive
from ingest.fetch import FetchFailed, Refused
from ingest.politeness import HostRules, Politeness
from ingest.robots import Disallowed, RobotsHere, RobotsInArchive, RobotsRules
from tests.fetching import NOW, PAGE, Watch, failure_in, fetching
from tests.servers import Answer, Script, redirect, reset, response

RULES = b"""User-agent: bulletins
Disallow: /admin/
Allow: /admin/open$
Disallow: /*.print$

User-agent: *
Disallow: /
"""


def at_rest(robots: Answer | list[Answer], **settings: Any) -> Any:
    pages: Script = {path: response(PAGE) for path in ("/", "/admin/", "/admin/open", "/a.print", "/other")}
    return fetching({"/robots.txt": robots, **pages}, obeys_robots=True, **settings)


def refused_in(fetcher: Any, url: str) -> str:
    with pytest.raises(Disallowed) as refusal:
        fetcher.get(url)
    return str(refusal.value)


def test_what_it_disallows_is_not_asked() -> None:
    with at_rest(response(RULES)) as (fetcher, server, _watch):
        for path in ("/", "/admin/open"):
            assert fetcher.get(server.url(path)).answer.body == PAGE
        for path in ("/admin/", "/a.print", "/%61dmin/"):
            assert "http://site.test/robots.txt disallows it for 'bulletins'" in refused_in(fetcher, server.url(path))
    assert server.paths() == ["/robots.txt", "/", "/admin/open"]


def test_it_may_be_asked_itself_whatever_it_disallows() -> None:
    with at_rest(response(b"User-agent: *\nDisallow: /\n")) as (fetcher, server, _watch):
        assert fetcher.get(server.url("/robots.txt")).answer.status == 200
    assert server.paths() == ["/robots.txt"]


def test_a_redirect_leads_nobody_to_what_is_disallowed() -> None:
    with (
        fetching(
            {"/robots.txt": response(RULES), "/": redirect("/admin/"), "/admin/": response(PAGE)}, obeys_robots=True
        ) as (fetcher, server, _watch),
        pytest.raises(Refused, match="disallows") as refusal,
    ):
        fetcher.get(server.url())
    assert [hop.status for hop in refusal.value.hops] == [302]
    assert server.paths() == ["/robots.txt", "/"]


def test_each_origin_has_its_own() -> None:
    with at_rest(response(RULES)) as (fetcher, server, _watch):
        fetcher.get(server.url())
        fetcher.get(server.url(host="other.test"))
        fetcher.get(server.url(host="other.test:8080"))
    assert server.paths() == ["/robots.txt", "/"] * 3


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden", "401 Unauthorized"])
def test_where_there_is_none_all_is_allowed(status: str) -> None:
    with at_rest(response(b"Disallow: /", status=status)) as (fetcher, server, _watch):
        assert fetcher.get(server.url("/admin/")).answer.body == PAGE
        fetcher.get(server.url())
    assert server.paths() == ["/robots.txt", "/admin/", "/"]


@pytest.mark.parametrize(
    "robots",
    [
        response(b"", status="500 Server Error"),
        response(b"", status="429 Too Many Requests"),
        reset(),
        redirect("/robots.txt"),
        response(b"", status="300 Multiple Choices"),
        response(b"<html><script src='/cdn-cgi/challenge-platform/x'></script></html>", "Content-Type: text/html"),
        response(b"", "Content-Encoding: zip"),
    ],
    ids=["500", "429", "reset", "circle", "leads nowhere", "challenge", "encoding"],
)
def test_a_host_that_does_not_give_it_is_not_asked_anything(robots: Answer) -> None:
    with at_rest(robots, attempts=1) as (fetcher, server, _watch), pytest.raises(FetchFailed):
        fetcher.get(server.url())
    assert set(server.paths()) == {"/robots.txt"}


def test_one_that_comes_later_is_waited_for() -> None:
    with at_rest([response(b"", status="503 Later"), response(RULES)]) as (fetcher, server, watch):
        assert fetcher.get(server.url()).answer.body == PAGE
    assert watch.slept == [1.0]
    assert server.paths() == ["/robots.txt", "/robots.txt", "/"]


def test_the_known_one_is_used_for_a_month_while_it_cannot_be_had() -> None:
    with at_rest([response(RULES), reset()], attempts=1) as (fetcher, server, watch):
        fetcher.get(server.url())
        for days, asked in ((2, 2), (29, 3)):
            watch.seconds = days * 86_400
            fetcher.get(server.url())
            refused_in(fetcher, server.url("/admin/"))
            assert server.paths().count("/robots.txt") == asked
        watch.seconds = 61 * 86_400
        failure_in(fetcher, server.url())


def test_it_is_asked_again_after_a_day_with_its_validators() -> None:
    known = response(RULES, 'ETag: "r1"', "Last-Modified: Mon, 02 Mar 2026 08:00:00 GMT")
    same = response(b"", 'ETag: "r1"', status="304 Not Modified")
    with at_rest([known, same, response(b"User-agent: *\nDisallow:")]) as (fetcher, server, watch):
        fetcher.get(server.url())
        watch.seconds += 86_399
        fetcher.get(server.url())
        watch.seconds += 2
        refused_in(fetcher, server.url("/admin/"))
        watch.seconds += 86_401
        fetcher.get(server.url("/admin/"))
    asked = [each for each in server.asked if each.path == "/robots.txt"]
    assert [each.headers.get("If-None-Match") for each in asked] == [None, '"r1"', '"r1"']
    assert asked[1].headers["If-Modified-Since"] == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_that_there_was_none_is_asked_anew_without_conditions() -> None:
    none = response(b"none", 'ETag: "n1"', "Last-Modified: Mon, 02 Mar 2026 09:30:00 GMT", status="404 Not Found")
    with at_rest([none, response(RULES)]) as (fetcher, server, watch):
        fetcher.get(server.url("/admin/"))
        watch.seconds += 86_401
        refused_in(fetcher, server.url("/admin/"))
    assert not any(name.startswith("If-") for name in server.asked[-1].headers)


@pytest.mark.parametrize(("max_age", "hours"), [("7200", 2), ("5", 1), ("999999999", 24), ("none", 24)])
def test_how_long_it_is_good_for(max_age: str, hours: float) -> None:
    with at_rest(response(RULES, f"Cache-Control: public, max-age={max_age}")) as (fetcher, server, watch):
        fetcher.get(server.url())
        watch.seconds = hours * 3600 - 1
        fetcher.get(server.url())
        assert server.paths().count("/robots.txt") == 1
        watch.seconds = hours * 3600 + 1
        fetcher.get(server.url())
        assert server.paths().count("/robots.txt") == 2


def test_it_is_read_to_half_a_megabyte() -> None:
    long = b"User-agent: *\nDisallow: /admin/\n#" + b"x" * 600 * 1024 + b"\nDisallow: /\n"
    with at_rest(response(long)) as (fetcher, server, _watch):
        fetcher.get(server.url())
        refused_in(fetcher, server.url("/admin/"))


@pytest.mark.parametrize(
    "start", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xff\xfe\x00\n"], ids=["mark", "mark alone", "noise"]
)
def test_odd_bytes_are_survived(start: bytes) -> None:
    with at_rest(response(start + RULES)) as (fetcher, server, _watch):
        fetcher.get(server.url())
        refused_in(fetcher, server.url("/admin/"))


@pytest.mark.parametrize(
    ("rules", "pause"),
    [
        (b"Crawl-delay: 7.5", 7.5),
        (b"Crawl-delay: 1", 2.0),
        (b"Request-rate: 1/20s", 20.0),
        (b"Request-rate: 10/5m", 30.0),
        (b"Request-rate: 1/20s 1200-1300", 2.0),
        (b"Request-rate: 1/20s 0900-1000", 20.0),
        (b"Crawl-delay: soon", 2.0),
        (b"Crawl-delay: nan", 2.0),
        (b"Crawl-delay: -5", 2.0),
    ],
)
def test_the_pauses_that_it_asks_for_are_kept(rules: bytes, pause: float) -> None:
    robots = response(b"User-agent: *\nDisallow: /admin/\n" + rules + b"\n")
    with at_rest(robots, delay_seconds=2.0) as (fetcher, server, watch):
        fetcher.get(server.url())
        watch.slept.clear()
        fetcher.get(server.url())
    assert watch.slept == [pause]


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        (b"Crawl-delay: 600", 600),
        (b"Crawl-delay: 86400", 3600),
        (b"Crawl-delay: 1e300", 3600),
        (b"Request-rate: 1/99999d", 3600),
    ],
)
def test_a_long_pause_is_kept_without_waiting_for_it(rules: bytes, seconds: float) -> None:
    with at_rest(response(b"User-agent: *\n" + rules + b"\n")) as (fetcher, server, watch):
        fetcher.get(server.url())
        failure = failure_in(fetcher, server.url())
        assert failure.retry_after_seconds == seconds
        assert watch.slept == []
        watch.seconds += seconds + 1
        assert fetcher.get(server.url()).answer.body == PAGE


def test_the_longest_pause_of_a_hosts_origins_is_kept() -> None:
    script: Script = {"/robots.txt": [response(b"User-agent: *\nCrawl-delay: 30\n"), response(b"User-agent: *\n")]}
    with fetching(script | {"/": response(PAGE)}, obeys_robots=True) as (fetcher, server, watch):
        fetcher.get(server.url())
        fetcher.get(server.url(host="site.test:8080"))
        watch.slept.clear()
        fetcher.get(server.url())
    assert watch.slept == [30.0]


@pytest.mark.parametrize(
    ("hours", "wait"),
    [("0900-1000", None), ("1100-1200", 5400), ("0100-0200", 55_800), ("2200-1000", None), ("2200-0600", 45_000)],
)
def test_visits_are_paid_at_the_hours_that_it_names(hours: str, wait: int | None) -> None:
    with at_rest(response(f"User-agent: *\nVisit-time: {hours}\n".encode())) as (fetcher, server, watch):
        if wait is None:
            assert fetcher.get(server.url()).answer.body == PAGE
            return
        failure = failure_in(fetcher, server.url())
        assert failure.retry_after_seconds == wait
        assert f"lets us come from {hours[:2]}:{hours[2:4]} to" in str(failure)
        watch.seconds += wait + 1
        assert fetcher.get(server.url()).answer.body == PAGE


NOUGHTS = ("User-agent: *\nDisallow: /admin/\n".encode("utf-16"), b"\0\nUser-agent: *\nDisallow:\0/\n")


@pytest.mark.parametrize("body", NOUGHTS, ids=["utf-16", "noughts"])
def test_odd_bytes_are_kept_by_every_archive(body: bytes, hosts_archive: Archive) -> None:
    with at_rest(response(body), kept=RobotsInArchive(hosts_archive)) as (fetcher, server, _watch):
        assert fetcher.get(server.url()).answer.body == PAGE


def test_it_outlasts_a_restart(hosts_archive: Archive) -> None:
    kept = RobotsInArchive(hosts_archive)
    for _ in range(2):
        with at_rest(response(RULES, 'ETag: "r1"'), kept=kept) as (fetcher, server, _watch):
            refused_in(fetcher, server.url("/admin/"))
            asked = server.paths()
    assert asked == []
    with hosts_archive.reading() as session:
        robots = robots_of(session, "http://site.test")
    assert robots is not None
    assert (robots.status, robots.text, robots.good_until - robots.asked_at) == (200, RULES.decode(), timedelta(days=1))


def test_one_from_the_future_is_asked_for_anew(hosts_archive: Archive) -> None:
    kept, later = RobotsInArchive(hosts_archive), Watch()
    later.seconds = 10 * 86_400
    with at_rest(response(RULES), watch=later, kept=kept) as (fetcher, server, _watch):
        fetcher.get(server.url())
    with at_rest(response(b"User-agent: *\nDisallow:"), kept=kept) as (fetcher, server, _watch):
        assert fetcher.get(server.url("/admin/")).answer.body == PAGE


def test_it_is_passed_over_only_where_the_settings_say_so() -> None:
    watch = Watch()
    rules = {"site.test": HostRules(0, obeys_robots=False)}
    politeness = Politeness(lambda host: rules.get(host, HostRules(0)), clock=watch.clock, sleep=watch.sleep)
    robots = RobotsRules(RobotsHere(), politeness, lambda: NOW)
    with at_rest(response(RULES), rules=robots) as (fetcher, server, _watch):
        assert fetcher.get(server.url("/admin/")).answer.body == PAGE
        refused_in(fetcher, server.url("/admin/", host="other.test"))
    assert server.paths() == ["/admin/", "/robots.txt"]
