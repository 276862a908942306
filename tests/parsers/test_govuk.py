"""GOV.UK's readers and what they must not be taken in by."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.records import Notification, Reading
from parsers.families.govuk import GovUk
from parsers.families.govuk_travel import TravelAdvice
from parsers.page import PageChanged, PageGone
from parsers.source import parse

API = "https://www.gov.uk/api/content"
Change = Callable[[dict[str, Any]], object]


class Courts(GovUk):
    """What a user states of an organisation, and nothing else."""

    organisation = "hm-courts-and-tribunals-service"


def item(**members: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "base_path": "/government/news/a-notice",
        "content_id": "c0ffee00-0000-4000-8000-000000000001",
        "schema_name": "news_article",
        "document_type": "news_story",
        "locale": "en",
        "title": "A notice",
        "description": "In short.",
        "first_published_at": "2024-01-02T10:00:00.000+00:00",
        "public_updated_at": "2024-01-02T10:00:00.000+00:00",
        "details": {"body": "<p>At length.</p>"},
        "links": {},
    }
    return whole | members


def read(value: object, role: str = "detail", url: str = f"{API}/government/news/a-notice") -> Reading:
    return parse(Courts(), json.dumps(value).encode(), url, "application/json", role)


def record(value: object) -> Notification:
    (entry,) = read(value).read
    return entry.notification


def refusal(value: object) -> str:
    reading = read(value)
    assert not reading.read
    return reading.refused[0].reason


def test_an_organisation_alone_is_a_source() -> None:
    (start,) = Courts.start
    asked = parse_qs(urlsplit(start).query)
    assert asked["filter_organisations"] == ["hm-courts-and-tribunals-service"]
    assert asked["order"] == ["-public_timestamp"]
    assert Courts.publisher == "hm-courts-and-tribunals-service"
    assert Courts.rights == "Open Government Licence v3.0"


def test_issued_stays_when_an_item_is_updated_and_the_note_says_why() -> None:
    first = {"public_timestamp": "2024-01-02T10:00:00.000+00:00", "note": "First published."}
    second = {"public_timestamp": "2024-02-03T12:00:00.000+00:00", "note": "Added a map."}
    before = record(item(details={"body": "<p>At length.</p>", "change_history": [first]}))
    for history in ([first, second], [second, first]):
        details = {"body": "<p>At length.</p>", "change_history": history}
        after = record(item(public_updated_at="2024-02-03T12:00:00Z", details=details))
        assert (after.issued, after.ref) == (before.issued, before.ref)
        assert after.codes == (("updated", "2024-02-03T12:00:00+00:00"), ("change-note", "Added a map."))
        assert after.content_hash() != before.content_hash()


def test_an_item_that_moves_keeps_its_ref() -> None:
    before, after = record(item()), record(item(base_path="/government/news/a-better-name"))
    assert (before.ref, before.content_hash()) == (after.ref, after.content_hash())
    assert after.url == "https://www.gov.uk/government/news/a-better-name"


def test_a_translation_has_a_ref_of_its_own() -> None:
    assert record(item(locale="cy")).ref == f"{record(item()).ref}:cy"


def test_what_is_not_stated_is_none() -> None:
    bare = record(item(first_published_at=None, public_updated_at=None, description=None, details={}, locale=None))
    assert (bare.issued, bare.issued_precision, bare.language, bare.text, bare.codes) == (None, None, None, "", ())


def test_moved_is_not_gone() -> None:
    moved = {"schema_name": "redirect", "redirects": [{"path": "/a", "type": "exact", "destination": "/b"}]}
    with pytest.raises(PageChanged, match="moved to /b") as raised:
        read(moved)
    assert not isinstance(raised.value, PageGone)
    with pytest.raises(PageGone, match="gone"):
        read({"schema_name": "gone", "document_type": "gone"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: it.update(title=None), "no title"),
        (lambda it: it.update(title="\u200b"), "title without words"),
        (lambda it: it.update(content_id=7), "content_id is a number, expected a string"),
        (lambda it: it.update(base_path="//elsewhere.example/x"), "base_path"),
        (lambda it: it.update(base_path="javascript:alert(1)"), "base_path"),
        (lambda it: it.update(first_published_at="02/01/2024"), "first_published_at"),
        (lambda it: it.update(public_updated_at="2024-13-01T00:00:00Z"), "public_updated_at"),
        (lambda it: it.update(withdrawn_notice="yes"), "withdrawn_notice is a string, expected an object"),
        (lambda it: it.update(withdrawn_notice={"withdrawn_at": "today"}), "withdrawn_at"),
        (lambda it: it["details"].update(body=1), "body is a number, expected a string"),
        (lambda it: it["details"].update(body=[{"content_type": "text/govspeak"}]), "0 renderings as text/html"),
        (lambda it: it["details"].update(parts=["x"]), r"parts\[0\]: a string, expected an object"),
        (lambda it: it["details"].update(change_history=[{"public_timestamp": "soon"}]), "public_timestamp 'soon'"),
    ],
)
def test_another_shape_is_refused_in_a_sentence(change: Change, reason: str) -> None:
    changed = item()
    change(changed)
    said = refusal(changed)
    assert re.search(reason, said), said
    assert ", expected" in said


@pytest.mark.parametrize(
    ("details", "reason"),
    [({"attachments": [{"title": "Plan"}]}, "no url, expected"), ([], "details is an array, expected an object")],
)
def test_details_whose_documents_cannot_be_told_are_loud(details: object, reason: str) -> None:
    with pytest.raises(PageChanged, match=reason):
        read(item(details=details))


def test_characters_that_are_none_do_not_break_a_record() -> None:
    written = json.dumps(item(title="A@B@C")).replace("A@B@C", "A\\ud800B\\u0000C").encode()
    (entry,) = parse(Courts(), written, f"{API}/government/news/a-notice", role="detail").read
    assert entry.notification.title == "A\ufffdB C"
    assert entry.entry_hash and entry.notification.content_hash()


def test_renderings_of_a_body_are_read_as_html() -> None:
    body = [{"content_type": "text/govspeak", "content": "*x*"}, {"content_type": "text/html", "content": "<p>x</p>"}]
    assert record(item(description=None, details={"body": body})).text == "x"


def test_results_lead_to_items_of_this_site_and_strangers_are_refused() -> None:
    links = [
        "/a",
        "https://www.gov.uk/b?c=d#e",
        "https://elsewhere.example/f",
        "//elsewhere.example/g",
        "",
        "mailto:x@y.z",
    ]
    reading = read({"results": [{"link": link} for link in links], "total": 6}, "listing", Courts.start[0])
    assert [link.url for link in reading.links] == [f"{API}/a", f"{API}/b"]
    assert len(reading.refused) == 4


@pytest.mark.parametrize(("start", "total", "older"), [(0, 120, "2"), (2, 120, "4"), (118, 120, None), (0, 2, None)])
def test_the_next_results_are_the_older_page(start: int, total: int, older: str | None) -> None:
    address = f"{Courts.start[0]}&start={start}"
    listing = {"results": [{"link": "/a"}, {"link": "/b"}], "total": total, "start": start}
    pages = [link.url for link in read(listing, "listing", address).links if link.role == "listing"]
    assert [parse_qs(urlsplit(page).query)["start"] for page in pages] == ([[older]] if older else [])


def test_only_an_empty_array_says_that_there_is_no_alert() -> None:
    class Advice(TravelAdvice):
        publisher = "fcdo"

    advice = item(details={"country": {"name": "Ruritania"}, "alert_status": [], "parts": []})
    address = f"{API}/foreign-travel-advice/ruritania"
    (entry,) = parse(Advice(), json.dumps(advice).encode(), address, role="detail").read
    assert (entry.notification.codes, entry.notification.region) == ((), "Ruritania")
    del advice["details"]["alert_status"]
    (refused,) = parse(Advice(), json.dumps(advice).encode(), address, role="detail").refused
    assert "no alert_status" in refused.reason


def listing_of(*items: str) -> bytes:
    return f"<html><body><main><ul>{''.join(f'<li>{each}</li>' for each in items)}</ul></main></body></html>".encode()


FINDER = "https://www.gov.uk/search/news-and-communications?page=3"
ROW = '<a href="/a">A</a> <time datetime="2024-01-02">2 January 2024</time>'


def test_a_list_is_read_by_its_dates_not_by_its_classes() -> None:
    pages = '<div><a href="?page=2">Back</a><a href="?page=4">On</a></div>'
    body = listing_of(ROW, f"<section>{ROW.replace('/a', '/b')}</section>").replace(
        b"</main>", f"{pages}</main>".encode()
    )
    links = parse(Courts(), body, FINDER, "text/html").links
    assert [(link.role, link.url) for link in links] == [
        ("detail", f"{API}/a"),
        ("detail", f"{API}/b"),
        ("listing", "https://www.gov.uk/search/news-and-communications?page=4"),
    ]


@pytest.mark.parametrize("stray", ['<a href="/b">B</a>', ROW + ROW, "an item of words alone"])
def test_an_item_that_is_not_one_dated_link_is_loud(stray: str) -> None:
    with pytest.raises(PageChanged, match="expected"):
        parse(Courts(), listing_of(ROW, ROW, stray), FINDER, "text/html")


def test_a_hostile_list_costs_linear_work() -> None:
    deep = "<div>" * 900 + "<time datetime=2024-01-02>x</time>" * 20_000 + "</div>" * 900
    began = time.process_time()
    with pytest.raises(PageChanged):
        parse(Courts(), f"<main>{deep}<a href=/a>A</a></main>".encode(), FINDER, "text/html")
    assert time.process_time() - began < 10
