"""The served sites: pages, documents, validators, the log of requests, stepping."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from replica.app import Replica
from replica.documents import DOCUMENTS, dead_path, replacement_path, twin_paths
from replica.server import serve
from replica.sites import CSSC_PATH
from replica.timeline import TIMELINE, state
from replica.transport import replica_transport
from tests.replica.conftest import Served

SITE = "https://www.bsia.co.uk"
PAGE = SITE + CSSC_PATH
REPLACED_AT = next(number for number, step in enumerate(TIMELINE) if step.kind == "replaced-document")


def test_the_page_is_served_under_its_own_address(served: Served) -> None:
    answer = served.client.get(PAGE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert state(0).shown[0].heading in answer.text


def test_an_unchanged_page_is_not_sent_again(served: Served) -> None:
    first = served.client.get(PAGE)
    for condition, validator in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        again = served.client.get(PAGE, headers={condition: first.headers[validator]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


def test_an_etag_outweighs_a_date(served: Served) -> None:
    first = served.client.get(PAGE)
    conditions = {"If-None-Match": '"another"', "If-Modified-Since": first.headers["last-modified"]}
    assert served.client.get(PAGE, headers=conditions).status_code == 200


def test_a_date_that_is_none_is_ignored(served: Served) -> None:
    assert served.client.get(PAGE, headers={"If-Modified-Since": "yesterday"}).status_code == 200


@pytest.mark.parametrize("step", range(1, len(TIMELINE)))
def test_the_validators_move_exactly_when_the_page_does(served: Served, step: int) -> None:
    served.replica.go_to(step - 1)
    before = served.client.get(PAGE)
    conditions = {"If-None-Match": before.headers["etag"], "If-Modified-Since": before.headers["last-modified"]}
    served.replica.step()
    changed = state(step).page_changed_at == step
    for name, value in conditions.items():
        assert served.client.get(PAGE, headers={name: value}).status_code == (200 if changed else 304)


def test_the_page_has_a_weak_etag_and_a_document_a_strong_one(served: Served) -> None:
    assert served.client.get(PAGE).headers["etag"].startswith('W/"')
    assert served.client.get(SITE + twin_paths[0]).headers["etag"].startswith('"')


def test_without_validators_every_answer_is_whole_and_differs(served: Served) -> None:
    validators = served.client.get(PAGE).headers
    served.replica.validators = False
    one = served.client.get(PAGE, headers={"If-None-Match": validators["etag"]})
    other = served.client.get(PAGE, headers={"If-Modified-Since": validators["last-modified"]})
    assert (one.status_code, other.status_code) == (200, 200)
    assert one.content != other.content
    assert not {"etag", "last-modified"} & set(one.headers)


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_every_document_is_served(served: Served, path: str) -> None:
    answer = served.client.get(SITE + path)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content == DOCUMENTS[path]()


def test_a_replaced_document_keeps_its_address_and_changes_its_validators(served: Served) -> None:
    served.replica.go_to(REPLACED_AT - 1)
    before = served.client.get(SITE + replacement_path)
    served.replica.step()
    conditions = {"If-None-Match": before.headers["etag"]}
    after = served.client.get(SITE + replacement_path, headers=conditions)
    assert after.status_code == 200
    assert after.content != before.content
    assert after.headers["last-modified"] != before.headers["last-modified"]


@pytest.mark.parametrize("path", [dead_path, "/", "/about-us", "/<script>"])
def test_an_unknown_path_is_not_found(served: Served, path: str) -> None:
    answer = served.client.get(SITE + path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_the_site_has_rules_for_robots(served: Served) -> None:
    assert served.client.get(SITE + "/robots.txt").text == "User-agent: *\nDisallow: /admin/\n"


def test_head_has_no_body_and_other_methods_are_refused(served: Served) -> None:
    head = served.client.head(PAGE)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 10_000
    assert served.client.post(PAGE).status_code == 405


def test_a_request_without_a_known_host_is_misdirected(served: Served) -> None:
    answer = served.client.get(PAGE, headers={"Host": "elsewhere.example"})
    assert answer.status_code == 421
    assert "elsewhere.example" in answer.text


def test_the_log_tells_what_was_asked_and_answered(served: Served) -> None:
    etag = served.client.get(PAGE, headers={"User-Agent": "trial"}).headers["etag"]
    served.client.get(PAGE, headers={"If-None-Match": etag})
    first, second = served.replica.requests
    assert (first.method, first.host, first.path, first.status) == ("GET", "www.bsia.co.uk", CSSC_PATH, 200)
    assert (first.user_agent, first.if_none_match, first.fault) == ("trial", None, None)
    assert (second.status, second.if_none_match) == (304, etag)
    assert first.at.tzinfo is UTC


def test_the_log_uses_the_clock_that_it_was_given() -> None:
    noon = datetime(2018, 7, 2, 12, tzinfo=UTC)
    replica = Replica(clock=lambda: noon)
    with serve(replica) as port, httpx.Client(transport=replica_transport(port)) as client:
        client.get(PAGE)
    assert [request.at for request in replica.requests] == [noon]


def test_stepping_ends_at_the_end_and_may_go_back() -> None:
    replica = Replica()
    assert replica.step() == 1
    replica.go_to(replica.last_step)
    assert replica.step() == replica.at_step == len(TIMELINE) - 1
    replica.go_to(0)
    assert replica.at_step == 0
    for step in (-1, len(TIMELINE)):
        with pytest.raises(ValueError, match=f"step {step}, expected 0 to"):
            replica.go_to(step)
