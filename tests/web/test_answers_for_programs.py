"""The API, the feeds and the citations: what programs read."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from starlette.responses import Response
from starlette.routing import Route

from archive.changes import KEYS
from archive.finding import Asked, search
from archive.store import Archive
from terminal import _plain
from tests.lifecycle.world import START
from tests.web.conftest import CATALOGUE
from web.answers import AT_ONCE
from web.app import make_app
from web.catalogue import Catalogue
from web.citing import bibtex
from web.server import serving
from web.shown import issued

ATOM = "{http://www.w3.org/2005/Atom}"


def as_json(row: dict[str, Any]) -> Any:
    """A row as the command line prints it."""
    return json.loads(json.dumps(row, ensure_ascii=False, default=_plain))


@pytest.mark.parametrize(("query", "level"), [("the", "green"), ("document", "")])
def test_notifications_are_the_rows_of_the_command_line(
    site: httpx.Client, filled: Archive, query: str, level: str
) -> None:
    with filled.reading() as session:
        asked = Asked(query, {"level": [level]} if level else {}, limit=100)
        rows = [{**as_json(row), "invented": False} for row in search(session, asked)]
    found = site.get("/api/v1/notifications", params={"q": query, "level": level}).json()
    assert (found["items"], found["next"]) == (rows, None)
    assert rows


def test_pages_are_followed_to_the_end(site: httpx.Client) -> None:
    whole = [row["id"] for row in site.get("/api/v1/notifications").json()["items"]]
    pages = [site.get("/api/v1/notifications", params={"limit": 5}).json()]
    while pages[-1]["next"] is not None and len(pages) < len(whole):
        pages.append(site.get("/api/v1/notifications", params={"limit": 5, "before": pages[-1]["next"]}).json())
    assert [len(page["items"]) for page in pages] == [5, 5, 2]
    assert [row["id"] for page in pages for row in page["items"]] == whole


def test_the_change_feed_is_read_from_any_cursor_on(site: httpx.Client) -> None:
    whole = site.get("/api/v1/changes").json()["items"]
    assert [row["cursor"] for row in whole] == list(range(1, len(whole) + 1))
    assert tuple(whole[0]) == (*KEYS, "invented")
    page = site.get("/api/v1/changes", params={"since": 3, "limit": 2}).json()
    assert (page["items"], page["next"]) == (whole[3:5], "5")
    assert site.get("/api/v1/changes", params={"since": len(whole)}).json() == {"items": [], "next": None}


def test_an_answer_that_is_the_same_is_not_sent_again(site: httpx.Client) -> None:
    for path in ("/api/v1/notifications", "/api/v1/sources", "/search.atom", "/search.json", "/static/desk.css"):
        first = site.get(path)
        again = site.get(path, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"]), path
        assert site.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_bulletin_its_revisions_and_its_captures(site: httpx.Client, public_id: str) -> None:
    one = site.get(f"/api/v1/notifications/{public_id}").json()
    assert (one["id"], one["revision"], len(one["documents"]), len(one["sightings"])) == (public_id, 2, 1, 1)
    items = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"]
    assert [each["revision"] for each in items] == [1, 2]
    capture = site.get(f"/api/v1/captures/{items[1]['capture']}").json()
    assert (capture["sha256"], capture["status"]) == (items[1]["sha256"], 200)
    assert ["Content-Type", "text/html; charset=utf-8"] in capture["headers"] or capture["headers"]
    given = {"notification": public_id, "revision": 2, "cause": "capture", "title": one["title"]}
    assert (capture["revisions"], capture["quarantine"]) == ([given], [])
    assert capture["accounts"] == {
        **dict.fromkeys(("new", "repeated", "quarantined", "withdrawn", "attachments"), 0),
        "seen": 6,
        "unchanged": 5,
        "revised": 1,
    }
    first = site.get(f"/api/v1/captures/{items[0]['capture']}").json()
    assert [each["revision"] for each in first["revisions"]] == [1] * 6 and first["accounts"]["new"] == 6


@pytest.mark.parametrize("path", ["notifications/none", "captures/99", "sources/none", "notifications/none/revisions"])
def test_what_is_not_there_is_a_problem(site: httpx.Client, path: str) -> None:
    answer = site.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert set(answer.json()) == {"status", "title", "detail"}


def fitting(schema: dict[str, Any], whole: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """Where a value does not fit its schema, by the few words of JSON Schema that ours uses."""
    schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    kinds: dict[str, type] = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None)}
    kinds["boolean"] = bool
    named: Any = schema.get("type", list(kinds))
    if not any(isinstance(value, kinds[each]) for each in ([named] if isinstance(named, str) else named)):
        return [f"{where}: {value!r}, expected {named}"]
    found = [f"{where}: no {name}" for name in schema.get("required", ()) if name not in value]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r}, expected one of {schema['enum']}")
    if isinstance(value, list):
        found += [bad for each in value for bad in fitting(schema.get("items", {}), whole, each, f"{where}[]")]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [bad for name in value for bad in fitting(known.get(name, {}), whole, value[name], f"{where}.{name}")]
    return found


def test_the_description_is_of_every_address_and_true(site: httpx.Client, filled: Archive, public_id: str) -> None:
    whole = site.get("/api/v1/openapi.json").json()
    served = {route.path for route in make_app(filled, CATALOGUE).routes if isinstance(route, Route)}
    assert set(whole["paths"]) == {path.replace(":number", "") for path in served if path.startswith("/api/")} - {
        "/api/v1/openapi.json"
    }
    places = {"{id}": public_id, "{number}": "1", "{slug}": "bsia-cssc"}
    for path, told in whole["paths"].items():
        for name, value in places.items():
            path = path.replace(name, value)
        content = told["get"]["responses"]["200"]["content"]
        if "application/json" not in content:
            assert site.get(path).headers["Content-Type"].partition(";")[0] in content
            continue
        schema = content["application/json"]["schema"]
        assert fitting(schema, whole, site.get(path).json()) == [], path
    assert fitting({"$ref": "#/components/schemas/Problem"}, whole, site.get("/api/v1/captures/9999").json()) == []
    assert fitting({"$ref": "#/components/schemas/Problem"}, whole, {"status": "404"}) != []


def test_what_the_description_bounds_is_bounded(site: httpx.Client) -> None:
    """Each value beyond what is described is a problem with status 400, never a failure of the server."""
    whole = site.get("/api/v1/openapi.json").json()
    for path, told in whole["paths"].items():
        for each in (one for one in told["get"]["parameters"] if one["in"] == "query"):
            schema = each["schema"].get("items", each["schema"])
            beyond = [schema["maximum"] + 1, schema["minimum"] - 1] if "maximum" in schema else []
            beyond += ["none of them"] if ("enum" in schema and each["name"] != "rank") or "format" in schema else []
            for value in beyond:
                answer = site.get(path, params={each["name"]: value})
                assert answer.status_code == 400, (path, each["name"], value)
                assert each["name"] in answer.json()["detail"]


def test_any_search_is_an_atom_feed(site: httpx.Client) -> None:
    answer = site.get("/search.atom", params={"source": "hostile"})
    assert answer.headers["Content-Type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 6
    for entry in [feed, *entries]:
        assert all(entry.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated"))
    identities = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identities)) == 6
    assert "<script>" in str(entries[0].findtext(f"{ATOM}title"))
    assert b"<script" not in answer.content


def test_any_search_is_a_json_feed(site: httpx.Client) -> None:
    answer = site.get("/search.json", params={"q": "update", "source": "bsia-cssc"})
    feed = answer.json()
    assert (feed["version"], len(feed["items"])) == ("https://jsonfeed.org/version/1.1", 1)
    assert feed["home_page_url"].endswith("/search?q=update&source=bsia-cssc")
    assert feed["items"][0]["url"].endswith(f"/bulletins/{feed['items'][0]['id']}")


def test_a_citation_names_place_time_and_hash(site: httpx.Client, public_id: str, address: str) -> None:
    row = site.get(f"/api/v1/notifications/{public_id}").json()
    revision = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"][-1]
    text = site.get(f"/bulletins/{public_id}/cite.txt").text
    for said in (f"{address}/bulletins/{public_id}", revision["sha256"], revision["content_hash"], issued(row)):
        assert said in text
    entry = site.get(f"/bulletins/{public_id}/cite.bib")
    assert entry.headers["Content-Type"].startswith("application/x-bibtex")
    assert entry.text.startswith(f"@misc{{bsia-cssc-{public_id},\n") and entry.text.count("{") == entry.text.count("}")


@pytest.mark.parametrize(
    "odd", ["Doors } shut", "}, note = {ours", "{", "50 % & $5 #1 a_b ~ ^ \\", "\\}\n@misc{", "\\input{x}"]
)
def test_nothing_that_a_publisher_writes_breaks_out_of_a_citation(odd: str) -> None:
    row: dict[str, Any] = {"id": "ab12", "source": "bsia-cssc", "issuers": ["btp"], "issued": "2018-02-20"}
    page = {"at": START, "url": f"https://www.example.org/{odd}", "sha256": "0" * 64, "matched": "first"}
    revision = {**page, "revision": 1, "content_hash": "1" * 64, "documents": {f"/{odd}.pdf": "2" * 64}}
    names = Catalogue({}, {"btp": odd})
    found = {**row, "title": odd, "state": "current", "revision": 1, "revisions": [revision]}
    entry = bibtex(found, names, "http://127.0.0.1/bulletins/ab12")
    fields = dict(_bibtex_fields(entry))
    assert list(fields) == ["author", "title", "year", "date", "url", "urldate", "note"]
    assert fields["title"] == fields["author"]
    assert not re.search(
        r"(?<!\\)[&%$#_~^]|\\(?![&%$#_]|text(backslash|ascii(tilde|circum)|brace(left|right)){})", fields["title"]
    )
    assert not re.search(r"[\s{}\\]", fields["url"])


def _bibtex_fields(entry: str) -> Iterator[tuple[str, str]]:
    """The fields of an entry as BibTeX reads it: a value ends where its braces do, escaped or not."""
    at = entry.index("\n")
    while found := re.compile(r",?\n  ([a-z]+) = {").match(entry, at):
        depth, start, at = 1, found.end(), found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[at], 0)
            at += 1
        yield found[1], entry[start : at - 1]
    assert entry[at:] == "\n}\n"


@pytest.mark.parametrize(
    ("stated", "precision", "shown"),
    [
        (None, None, "undated"),
        ("2017", "year", "2017"),
        ("2017-04", "month", "April 2017"),
        ("2017-04-03", "day", "3 April 2017"),
        ("2017-04-03T10:05:00+01:00", "minute", "3 April 2017, 10:05 BST"),
        ("2017-12-03T10:05:07+00:00", "second", "3 December 2017, 10:05:07 GMT"),
        ("2017-07-03T10:05:00+00:00", "minute", "3 July 2017, 10:05 UTC"),
        ("2017-07-03T10:05:00+02:00", "minute", "3 July 2017, 10:05 UTC+0200"),
    ],
)
def test_a_date_is_shown_as_precisely_as_it_was_stated(stated: str | None, precision: str | None, shown: str) -> None:
    assert issued({"issued": stated, "issued_precision": precision}) == shown


@pytest.mark.parametrize("path", ["/search", "/api/v1/notifications", "/search.atom"])
@pytest.mark.parametrize("name", ["q", "since", "until", "rank", "limit", "before"])
def test_what_is_asked_twice_of_one_thing_is_refused(site: httpx.Client, path: str, name: str) -> None:
    answer = site.get(path, params=[(name, "1"), ("level", "green"), ("level", "red"), (name, "2")])
    assert answer.status_code == 400
    assert f"{name}: given 2 times, expected once" in answer.text


def test_so_is_a_cursor(site: httpx.Client) -> None:
    answer = site.get("/api/v1/changes?since=1&limit=2&since=3")
    assert (answer.status_code, answer.json()["detail"]) == (400, "since: given 2 times, expected once")


def test_only_so_many_answers_are_made_at_once(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[int] = []
    most: list[int] = []

    def slow(*_: object) -> Response:
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return Response("made")

    monkeypatch.setattr("web.app.front_page", slow)
    with serving(make_app(filled, CATALOGUE), "127.0.0.1", 0) as port, ThreadPoolExecutor(5 * AT_ONCE) as readers:
        ask = partial(httpx.get, f"http://127.0.0.1:{port}/", trust_env=False)
        assert {answer.text for answer in readers.map(lambda _: ask(), range(5 * AT_ONCE))} == {"made"}
    assert max(most) == AT_ONCE
