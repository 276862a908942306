"""What became of bulletins: by kind and source, as a page, as feeds and for programs, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from archive.changes import KINDS
from archive.finding import Asked, search
from archive.store import Archive
from tests.archive.pages import Publisher, messages
from tests.lifecycle.notes_world import World
from tests.lifecycle.test_listed import FOUR, InForce
from tests.lifecycle.world import opened
from tests.web.conftest import CATALOGUE
from web.app import make_app
from web.feeds import ATOM
from web.server import serving

CHOICES: Sequence[Mapping[str, Sequence[str]]] = (
    {},
    {"kind": ["withdrawn"]},
    {"kind": ["revised", "withdrawn"]},
    {"source": ["hostile"]},
    {"source": ["hostile", "bsia-cssc"], "kind": ["created"]},
    {"source": ["nowhere"]},
    {"kind": ["reinstated"]},
)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def rows_of(site: httpx.Client, chosen: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """What the API tells of these, newest first."""
    rows: list[dict[str, Any]] = site.get("/api/v1/changes", params=chosen).json()["items"]
    return rows[::-1]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_page_feeds_and_api_choose_the_same(site: httpx.Client, chosen: Mapping[str, Sequence[str]]) -> None:
    everything = rows_of(site, {})
    expected = [
        row
        for row in everything
        if row["kind"] in chosen.get("kind", KINDS) and row["source"] in chosen.get("source", [row["source"]])
    ]
    assert rows_of(site, chosen) == expected
    items = site.get("/changes.json", params=chosen).json()["items"]
    assert [item["id"] for item in items] == [f"{row['notification']}:{row['cursor']}" for row in expected]
    entries = ElementTree.fromstring(site.get("/changes.atom", params=chosen).content).findall(f"{{{ATOM}}}entry")
    named = [f"tag:bulletins.invalid,2026:{item['id']}" for item in items]
    assert [entry.findtext(f"{{{ATOM}}}id") for entry in entries] == named
    page = site.get("/changes", params=chosen).text
    assert page.count('<td class="prose"><a href="/bulletins/') == len(expected)


def test_an_entry_tells_what_became_of_which_bulletin(site: httpx.Client, public_id: str) -> None:
    (item,) = site.get("/changes.json", params={"kind": "revised", "source": "bsia-cssc"}).json()["items"]
    (row,) = rows_of(site, {"kind": ["revised"], "source": ["bsia-cssc"]})
    bulletin = site.get(f"/api/v1/notifications/{public_id}").json()
    assert item["url"].endswith(f"/bulletins/{public_id}/compare/1/2")
    assert site.get(item["url"]).status_code == 200
    assert item["title"] == f"revised: {bulletin['level'].upper()}: {bulletin['title']}"
    assert item["content_text"] == bulletin["text"]
    assert item["date_published"] == item["date_modified"] == row["at"]
    assert item["tags"][0] == "revised"
    (gone,) = site.get("/changes.json", params={"kind": "withdrawn", "source": "bsia-cssc"}).json()["items"]
    assert gone["url"].endswith(f"/bulletins/{gone['id'].partition(':')[0]}")


def test_a_feed_leads_to_its_page_and_names_itself(site: httpx.Client) -> None:
    chosen = "kind=withdrawn&source=bsia-cssc"
    feed = site.get(f"/changes.json?{chosen}").json()
    assert feed["home_page_url"].endswith(f"/changes?{chosen}")
    assert feed["feed_url"].endswith(f"/changes.json?{chosen}")
    page = site.get(f"/changes?{chosen}").text
    for path in ("/changes.atom", "/changes.json", "/api/v1/changes"):
        assert page.count(f'href="{path}?{chosen.replace("&", "&amp;")}"') >= 1


def test_kinds_and_sources_are_chosen_and_dropped_by_links(site: httpx.Client) -> None:
    page = site.get("/changes?kind=withdrawn").text
    assert '<a href="/changes" class="on" aria-current="true">withdrawn</a>' in page
    assert '<a href="/changes?kind=withdrawn&amp;kind=revised">revised</a>' in page
    assert '<a href="/changes?kind=withdrawn&amp;source=bsia-cssc">bsia-cssc</a>' in page


def test_older_changes_of_the_same_kind_follow(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.news.MOST", 5)
    seen: list[str] = []
    path = "/changes?kind=created"
    while path:
        page = site.get(path).text
        rows = page.partition("<tbody>")[2].split('<td class="number">')[2::2]
        seen += [row.partition("<")[0] for row in rows]
        path = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == [str(row["cursor"]) for row in rows_of(site, {"kind": ["created"]})]


@pytest.mark.parametrize("path", ["/changes", "/changes.atom", "/changes.json", "/api/v1/changes"])
def test_an_unknown_kind_is_told(site: httpx.Client, path: str) -> None:
    answer = site.get(path, params={"kind": "vanished"})
    assert answer.status_code == 400
    assert "expected one of created, revised, withdrawn" in answer.text


def test_a_bulletin_that_was_revised_is_updated_in_the_feed_of_a_search(site: httpx.Client, public_id: str) -> None:
    items = {item["id"]: item for item in site.get("/search.json?source=bsia-cssc").json()["items"]}
    bulletin = site.get(f"/api/v1/notifications/{public_id}").json()
    (revised,) = rows_of(site, {"kind": ["revised"], "source": ["bsia-cssc"]})
    assert items[public_id]["date_published"] == bulletin["first_seen"]
    assert items[public_id]["date_modified"] == revised["at"] > bulletin["first_seen"]
    others = [item for item in items.values() if item["id"] != public_id]
    assert others and all(item["date_modified"] == item["date_published"] for item in others)


def test_a_wording_is_compared_with_the_one_before_it_in_time(archive: Archive) -> None:
    """The second wording came first, the third between them: the last to be learnt is the earliest."""
    publisher = Publisher(archive)
    for hour, words in ((2, "second"), (4, "fourth"), (3, "third"), (1, "first")):
        message = messages(1)[0]
        publisher.show([message.but(body=f"{message.body} The {words} wording.")], hour=hour)
    with archive.reading() as session:
        public_id = next(search(session, Asked()))["id"]
    with serving(make_app(archive, CATALOGUE), "127.0.0.1", 0) as port:
        items = httpx.get(f"http://127.0.0.1:{port}/changes.json?kind=revised", trust_env=False).json()["items"]
    told = [(item["title"].partition(":")[0], item["url"].partition(public_id)[2]) for item in items]
    assert told == [("an earlier wording", ""), ("an earlier wording", "/compare/1/3"), ("revised", "/compare/3/2")]


def test_a_new_state_is_named(archive: Archive) -> None:
    world = World(archive, *FOUR, source=InForce())
    world.run()
    world.site.shown = FOUR[1:]
    world.run()
    world.run()
    with serving(make_app(archive, CATALOGUE), "127.0.0.1", 0) as port:
        address = f"http://127.0.0.1:{port}"
        (item,) = httpx.get(f"{address}/changes.json?kind=state", trust_env=False).json()["items"]
        (row,) = httpx.get(f"{address}/api/v1/changes?kind=state", trust_env=False).json()["items"]
        pages = [httpx.get(f"{address}/{path}", trust_env=False).text for path in ("", "changes")]
    assert (item["title"], row["kind"], row["state"]) == ("ended: Doors", "state", "ended")
    assert all('<span class="kind state">ended</span>' in page for page in pages)
