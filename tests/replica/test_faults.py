"""Each fault, as an httpx client meets it over a real socket."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import httpx
import pytest

from replica import faults
from replica.documents import twin_paths
from replica.faults import Fault
from replica.sites import CSSC_PATH
from tests.replica.conftest import Served

SITE = "https://www.bsia.co.uk"
PAGE = SITE + CSSC_PATH
DOCUMENT = SITE + twin_paths[0]
HOST = "www.bsia.co.uk"


@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_server_that_is_ill(served: Served, code: int) -> None:
    served.replica.fault(faults.status(code), times=1)
    assert served.client.get(PAGE).status_code == code
    assert served.client.get(PAGE).status_code == 200


@pytest.mark.parametrize("wait", ["120", "Mon, 02 Jul 2018 09:00:00 GMT"])
def test_too_many_requests(served: Served, wait: str) -> None:
    served.replica.fault(faults.too_many(wait))
    answer = served.client.get(PAGE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, wait)


def test_a_reset_before_any_byte(served: Served) -> None:
    served.replica.fault(faults.reset(), times=1)
    with pytest.raises(httpx.ReadError, match="reset by peer"):
        served.client.get(PAGE)
    assert served.replica.requests[-1].status is None
    assert served.client.get(PAGE).status_code == 200


def test_a_reset_in_the_middle_of_the_body(served: Served) -> None:
    served.replica.fault(faults.reset(kept=0.5))
    with served.client.stream("GET", PAGE) as answer, pytest.raises(httpx.ReadError, match="reset by peer"):
        answer.read()


def test_a_body_shorter_than_its_length(served: Served) -> None:
    served.replica.fault(faults.truncated(0.5))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        served.client.get(DOCUMENT)


def test_chunks_without_the_last_one(served: Served) -> None:
    served.replica.fault(faults.truncated(0.5, chunked=True))
    with served.client.stream("GET", DOCUMENT) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            answer.read()


def test_a_slow_drip_arrives_whole_in_many_pieces(served: Served) -> None:
    whole = served.client.get(DOCUMENT).content
    served.replica.fault(faults.slow(piece_bytes=len(whole) // 10, pause_seconds=0.01))
    with served.client.stream("GET", DOCUMENT) as answer:
        pieces = list(answer.iter_raw())
    assert b"".join(pieces) == whole
    assert len(pieces) >= 5


def test_a_slow_drip_ends_when_the_client_goes(served: Served) -> None:
    served.replica.fault(faults.slow(piece_bytes=1, pause_seconds=30), times=1)
    with pytest.raises(httpx.ReadTimeout):
        served.client.get(PAGE, timeout=0.2)
    assert served.client.get(PAGE).status_code == 200


def test_a_wrong_type(served: Served) -> None:
    served.replica.fault(faults.wrong_type("image/png"))
    assert served.client.get(PAGE).headers["content-type"] == "image/png"


def test_a_small_body_that_decodes_to_a_large_one(served: Served) -> None:
    served.replica.fault(faults.gzip_bomb(decoded_mebibytes=8))
    with served.client.stream("GET", PAGE) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        wire = b"".join(answer.iter_raw())
    assert len(wire) < 20_000
    assert len(zlib.decompress(wire, 16 + zlib.MAX_WBITS)) > 8 << 20


@pytest.mark.parametrize("code", [200, 403])
def test_a_challenge_has_newer_validators_that_do_not_fit_the_page(served: Served, code: int) -> None:
    healthy = served.client.get(PAGE)
    served.replica.fault(faults.challenge(code), times=1)
    challenged = served.client.get(PAGE)
    assert challenged.status_code == code
    assert "Just a moment" in challenged.text
    assert challenged.headers["etag"] != healthy.headers["etag"]
    after = served.client.get(PAGE, headers={"If-None-Match": challenged.headers["etag"]})
    assert (after.status_code, after.headers["etag"]) == (200, healthy.headers["etag"])


def test_a_page_that_is_sent_as_a_document(served: Served) -> None:
    served.replica.fault(faults.html_as_pdf(), path=twin_paths[0])
    answer = served.client.get(DOCUMENT)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"<!DOCTYPE html>")
    assert served.client.get(SITE + twin_paths[1]).content.startswith(b"%PDF-")


def test_an_empty_body(served: Served) -> None:
    served.replica.fault(faults.empty())
    answer = served.client.get(PAGE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"


def test_half_of_the_entries(served: Served) -> None:
    whole = served.client.get(PAGE)
    served.replica.fault(faults.half())
    halved = served.client.get(PAGE)
    assert halved.text.count("<p><strong>") * 2 == whole.text.count("<p><strong>") == 20
    assert halved.headers["etag"] != whole.headers["etag"]


def test_a_redirect_and_a_loop(served: Served) -> None:
    served.replica.fault(faults.redirect(SITE + "/moved"), path=CSSC_PATH, times=1)
    served.replica.fault(faults.redirect_loop("/loop"), path="/loop")
    assert served.client.get(PAGE).headers["location"] == SITE + "/moved"
    with pytest.raises(httpx.TooManyRedirects):
        served.client.get(SITE + "/loop", follow_redirects=True)


EVERY_FAULT = (
    faults.status(500), faults.too_many(), faults.slow(4_096, 0), faults.wrong_type(), faults.gzip_bomb(1),
    faults.challenge(), faults.html_as_pdf(), faults.empty(), faults.half(), faults.redirect("/moved"),
)  # fmt: skip


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: str(fault.name))
def test_no_condition_hides_a_fault(served: Served, fault: Fault) -> None:
    etag = served.client.get(PAGE).headers["etag"]
    served.replica.fault(fault)
    assert served.client.get(PAGE, headers={"If-None-Match": etag}).status_code != 304
    assert served.replica.requests[-1].fault == fault.name


def test_a_fault_meets_its_path_only_as_often_as_it_was_armed(served: Served) -> None:
    served.replica.fault(faults.status(503), host=HOST, path=CSSC_PATH, times=2)
    assert served.client.get(SITE + "/robots.txt").status_code == 200
    assert [served.client.get(PAGE).status_code for _ in range(3)] == [503, 503, 200]


def test_faults_queue_in_the_order_they_were_armed(served: Served) -> None:
    served.replica.fault(faults.status(500), times=1)
    served.replica.fault(faults.challenge(403))
    assert [served.client.get(PAGE).status_code for _ in range(3)] == [500, 403, 403]
    served.replica.clear_faults()
    assert served.client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    "arm",
    [
        lambda served: served.replica.fault(faults.empty(), host="elsewhere.example"),
        lambda served: served.replica.fault(faults.empty(), times=0),
    ],
)
def test_a_fault_that_could_never_happen_is_refused(served: Served, arm: Callable[[Served], None]) -> None:
    with pytest.raises(ValueError, match="fault empty: .*, expected"):
        arm(served)
