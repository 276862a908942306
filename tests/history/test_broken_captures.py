"""A capture that an archive has and cannot give whole is a gap, whatever is wrong with it, and stops no walk."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ingest.cdx import rows_in
from ingest.fetch import Fetcher, FetchFailed
from ingest.holdings import Row, Unusable
from ingest.politeness import at_once
from ingest.retries import Overdue
from ingest.wire import MAX_WIRE_BYTES
from tests.history.scripted import Answered, ScriptedArchive, Watch, memento
from tests.history.test_archive import KEYS, THREE, backfilled_here, page, pages_in, rows_instead
from tests.history.test_index import ONE

SECOND = THREE[1]


def whole_head() -> httpx.Headers:
    return memento(SECOND).headers


def broken(*headers: tuple[str, str], body: bytes = b"", status: int = 200) -> Callable[[], httpx.Response]:
    """The second capture with these headers and that body, byte for byte."""

    def answer() -> httpx.Response:
        stated = [pair for pair in memento(SECOND).headers.multi_items() if pair[0].lower() != "content-length"]
        return httpx.Response(status, headers=[*stated, *headers], stream=httpx.ByteStream(body))

    return answer


@dataclass
class CutOff(httpx.SyncByteStream):
    """A body that ends like this."""

    problem: Exception

    def __iter__(self) -> Iterator[bytes]:
        yield SECOND.body[:500]
        raise self.problem


CLOSED = httpx.ReadError("the connection was closed")
LATE = Overdue("not answered in full within the deadline, expected a complete answer by then")


BROKEN: dict[str, tuple[Callable[[], httpx.Response], list[float]]] = {
    "too large, it says": (broken(("Content-Length", str(MAX_WIRE_BYTES + 1))), []),
    "too large when decoded": (broken(("Content-Encoding", "gzip"), body=gzip.compress(bytes(60_000_000))), []),
    "coded in no way that we read": (broken(("Content-Encoding", "compress"), body=b"\x1f\x9d"), []),
    "compressed and cut": (broken(("Content-Encoding", "gzip"), body=gzip.compress(SECOND.body)[:-9]), [60.0, 300.0]),
    "an error of its publisher, cut": (
        broken(("Content-Encoding", "gzip"), body=b"\x1f\x8b", status=503),
        [60.0, 300.0],
    ),
    "never within the deadline": (
        lambda: httpx.Response(200, headers=whole_head(), stream=CutOff(LATE)),
        [60.0, 300.0],
    ),
    "always closed": (lambda: httpx.Response(200, headers=whole_head(), stream=CutOff(CLOSED)), [60.0, 300.0]),
    "less than its publisher stated": (
        broken(("X-Archive-Orig-Content-Length", str(len(SECOND.body) + 1)), body=SECOND.body),
        [],
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_capture_that_does_not_come_whole_is_a_gap(what: str, tmp_path: Path) -> None:
    answer, waits = BROKEN[what]
    watch, archive = (
        Watch(),
        Passing(THREE, lambda url, times: answer() if "20180703" in url and "id_" in url else None),
    )
    report, held = backfilled_here(tmp_path, archive, watch=watch)
    assert (report.state, report.accounts.new, report.accounts.errors) == ("done", len(KEYS) + 1, 1)
    assert pages_in(held) == [("02 09", 200, "done"), ("03 09", None, "failed"), ("04 09", 200, "done")]
    assert len(held["gaps"]) == 1 and ", expected" in held["gaps"][0]["reason"]
    assert [seconds for seconds in watch.waited if seconds != 2.5] == waits


class Passing(ScriptedArchive):
    """Hands on what is scripted as it is: codings and lengths that are not true, too."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        scripted = self.before(str(request.url), 1)
        return scripted if scripted is not None else super().handle_request(request)


def test_a_capture_that_breaks_off_twice_and_then_comes_is_taken(tmp_path: Path) -> None:
    tries: list[str] = []

    def breaking(url: str, times: int) -> Answered:
        if "20180703" not in url or "id_" not in url or len(tries) == 2:
            return None
        tries.append(url)
        return httpx.Response(200, headers=memento(SECOND).headers, stream=CutOff(CLOSED))

    watch = Watch()
    report, held = backfilled_here(tmp_path, Passing(THREE, breaking), watch=watch)
    assert (report.lossy, held["gaps"], len(tries)) == (False, [], 2)
    assert [seconds for seconds in watch.waited if seconds != 2.5] == [60.0, 300.0]


def test_an_archive_in_trouble_that_breaks_off_is_still_away(tmp_path: Path) -> None:
    def trouble(url: str, times: int) -> Answered:
        if "20180703" in url and "id_" in url:
            return httpx.Response(503, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"\x1f\x8b"))
        return None

    report, held = backfilled_here(tmp_path, Passing(THREE, trouble))
    assert (report.state, held["gaps"]) == ("stopped", [])


@pytest.mark.parametrize("text", ["Error: too many requests, please try again", "  \nbusy\n", '{"message": "busy"}'])
def test_an_error_with_the_status_of_success_stops_the_walk_and_is_asked_again(text: str, tmp_path: Path) -> None:
    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE, rows_instead(text)))
    assert (report.state, report.lossy, held["captures"]) == ("stopped", True, [])
    report, held = backfilled_here(tmp_path, ScriptedArchive(THREE))
    assert (report.state, report.lossy, len(pages_in(held))) == ("done", False, 3)


@pytest.mark.parametrize("text", [ONE[0], ONE[3], ONE[5].removesuffix(',\n[],\n["key"]]') + "]"])
def test_what_stands_behind_the_end_of_a_list_is_told(text: str) -> None:
    more = ["[]", '["key"]', '["k"]'] if text.startswith("[") else ["", "com,example)/+key", "com,example)/ 2015 x"]
    for count, found in ((2, [Row]), (3, [Row, Unusable])):
        ending = more[:count]
        body = text[:-1] + "," + ",".join(ending) + "]" if text.startswith("[") else "\n".join([text, *ending])
        assert [type(each) for each in rows_in(body.encode())] == found


def test_a_capture_as_long_as_its_publisher_stated_is_taken(tmp_path: Path) -> None:
    stated = (("X-Archive-Orig-Content-Length", str(len(page(2)))),)
    given = broken(*stated, body=SECOND.body)
    archive = Passing(THREE, lambda url, times: given() if "20180703090000id_" in url else None)
    report, held = backfilled_here(tmp_path, archive)
    assert (report.lossy, held["gaps"]) == (False, [])


def test_what_began_is_told_of_the_last_attempt_alone() -> None:
    tries: list[str] = []

    def answer(url: str, times: int) -> Answered:
        tries.append(url)
        if len(tries) > 1:
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(200, stream=CutOff(CLOSED))

    for attempts, status in ((1, 200), (2, None)):
        tries.clear()
        transport = Passing((), answer)
        fetcher = Fetcher(
            user_agent="bulletins/0.1",
            transport_for=lambda host, passing=transport: passing,  # type: ignore[misc]
            attempts=attempts,
            politeness=at_once(),
            sleep=lambda seconds: None,
        )
        with pytest.raises(FetchFailed) as failed:
            fetcher.get("https://www.example.org/")
        assert (failed.value.head.status if failed.value.head else None, len(tries)) == (status, attempts)
