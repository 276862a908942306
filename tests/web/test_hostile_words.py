"""Whatever upstreams write, in any field, is words to every reader: no element, attribute or address comes of it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from archive.store import Archive
from tests.lifecycle.world import START, opened
from tests.web.payloads import AGAIN, CATALOGUE, MARKS, WORDS, document_of, fill
from tests.web.structure import MARK, Structure, bare
from web.app import make_app
from web.feeds import ATOM
from web.front import cookie_of
from web.news import MOST
from web.server import serving
from web.shown import is_web
from web.sources import MOST_HELD


def intact(text: str) -> Iterator[str]:
    """Each mark that stands in a text without the whole of its word around it."""
    for word, mark in zip(WORDS, MARKS, strict=True):
        whole, lone = bare(word), text.count(mark)
        if lone and text.count(whole) * whole.count(mark) != lone:
            yield f"{mark}: {lone} times, {text.count(whole)} times as {whole!r}"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    place = tmp_path_factory.mktemp("hostile")
    with opened(f"sqlite:///{place / 'archive.sqlite'}", place) as archive:
        fill(archive)
        yield archive


@pytest.fixture(scope="module")
def site(hostile: Archive) -> Iterator[httpx.Client]:
    app = make_app(hostile, CATALOGUE, lambda: START + timedelta(days=2), lambda body, page, width: b"")
    with (
        serving(app, "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def rows(site: httpx.Client) -> list[dict[str, Any]]:
    """Every bulletin as the API has it."""
    found: list[dict[str, Any]] = site.get("/api/v1/notifications?limit=100").json()["items"]
    return found


def look(answer: httpx.Response, *, whole: bool = True, besides: str = "") -> Structure:
    """The structure of a page, which is nothing but ours.

    With `whole`, each word stands in it as it was written, but in what the page holds `besides`.
    """
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", answer.url
    assert not MARK.search(str(answer.headers)), answer.url
    structure = Structure(answer.content.decode())
    assert structure.wrong == [], answer.url
    assert not whole or list(intact(structure.text.replace(bare(besides), ""))) == [], answer.url
    return structure


def test_there_are_words_enough_and_they_can_be_told_apart() -> None:
    assert len(WORDS) >= 60 and len(set(WORDS)) == len(WORDS)
    assert all(mark in word for word, mark in zip(WORDS, MARKS, strict=True))
    assert not any(bare(one) in bare(other) for one in WORDS for other in WORDS if one != other)


@pytest.mark.parametrize(
    "word", ["<b>zq00x</b>", "<!-- zq00x -->", "</p>", '<p class="zq00x">', "<a href='data:x'>x</a>"]
)
def test_what_is_not_ours_is_seen(word: str) -> None:
    assert Structure(f"<p>{word}</p>").wrong != []


def test_every_field_is_words_on_the_page_of_a_bulletin(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    assert {row["title"] for row in rows} == set(WORDS)
    for row in rows:
        structure = look(site.get(f"/bulletins/{row['id']}"), besides=site.get(f"/bulletins/{row['id']}/cite.bib").text)
        assert structure.text.count(bare(row["title"])) >= 20, row["title"]
    for row in rows[::5]:
        look(site.get(f"/bulletins/{row['id']}/compare/1/2"))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/changes", MOST),
        ("/sources", len(WORDS)),
        ("/captures/1", len(WORDS)),
        ("/captures/9", 2),
        ("/search/briefing", len(WORDS)),
    ],
)
def test_every_field_is_words_where_many_are_listed(site: httpx.Client, path: str, words: int) -> None:
    assert len(set(MARK.findall(look(site.get(path)).text))) >= words


@pytest.mark.parametrize(
    "path", ["/", "/search?limit=100", "/search?q=update&limit=100", "/search?q=zq01x", "/search?rank=1&q=update"]
)
def test_what_is_cut_to_a_passage_stays_words(site: httpx.Client, path: str) -> None:
    assert MARK.search(look(site.get(path), whole=False).text)


def test_what_could_not_be_parsed_is_words(site: httpx.Client) -> None:
    text = look(site.get("/sources/hostile"), whole=False).text
    assert sum(bare(f"{word}{word}{AGAIN}") in text for word in WORDS) >= MOST_HELD


def test_headers_and_redirects_are_words(site: httpx.Client) -> None:
    for number in range(1, len(WORDS) + 4):
        look(site.get(f"/captures/{number}"))


def test_what_a_reader_asks_for_is_words(site: httpx.Client, hostile: Archive) -> None:
    names = ("level", "source", "region", "since", "nothing")
    for place, word in enumerate(WORDS):
        asked = quote(word, safe="")
        place_of = ("bulletins", "sources")[place % 2]
        filtered = [f"/search?{names[place // 3 % 5]}={asked}&year=1999"] if place % 3 == 0 else []
        for path in ("/", f"/search?q={asked}&year=1999", *filtered, f"/{place_of}/{asked}"):
            answer = site.get(path, headers={"Cookie": f"{cookie_of(hostile)}={asked}"}, follow_redirects=False)
            assert answer.status_code in (200, 302, 400, 404), path
            if answer.status_code == 302:
                assert re.fullmatch(r"/bulletins/[0-9a-f]{16}", answer.headers["Location"]), path
            else:
                look(answer, whole=False)


def test_briefings_and_citations_are_words(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    for row in rows[::5]:
        look(site.get(f"/bulletins/{row['id']}/briefing"))
    for row in rows:
        plain = site.get(f"/bulletins/{row['id']}/cite.txt")
        assert plain.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert len(plain.text.split("\n")) == 2 and bare(row["title"]) in bare(plain.text)
        fields = fields_of(site.get(f"/bulletins/{row['id']}/cite.bib").text)
        assert fields == ["author", "title", "year", "date", "url", "urldate", "note"], row["title"]


def fields_of(entry: str) -> list[str]:
    """The fields of the only BibTeX entry of a text: names at its first depth; what closes it ends the text."""
    depth, names, at = 0, list[str](), 0
    unescaped = re.sub(r"\\.", "  ", entry)
    for at, sign in enumerate(unescaped):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth == 1 and (found := re.match(r"\n  ([a-z]+) = \{", unescaped[at:])):
            names.append(found[1])
        if sign == "}" and depth == 0:
            break
    assert unescaped[at + 1 :] == "\n" and entry.startswith("@misc{hostile-")
    return names


def test_the_atom_feed_has_the_elements_of_one(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    answer = site.get("/search.atom?limit=50")
    feed = ElementTree.fromstring(answer.content)
    names = {each.tag.removeprefix(f"{{{ATOM}}}") for each in feed.iter()}
    assert names == set("feed title id link updated published entry author name category summary content".split())
    assert {name for each in feed.iter() for name in each.attrib} == {"rel", "type", "href", "term"}
    here = str(site.base_url).rstrip("/")
    assert all(each.attrib["href"].startswith(f"{here}/") for each in feed.iter(f"{{{ATOM}}}link"))
    entries = feed.findall(f"{{{ATOM}}}entry")
    assert len(entries) == MOST
    by_id = {row["id"]: row for row in rows}
    for entry in entries:
        assert [each.tag.removeprefix(f"{{{ATOM}}}") for each in entry] == [
            *("title", "id", "link", "published", "updated", "author", "category", "category", "summary", "content")
        ]
        row = by_id[str(entry.findtext(f"{{{ATOM}}}id"))[-16:]]
        stated = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", row["text"])
        assert bare(str(entry.findtext(f"{{{ATOM}}}content"))) == bare(stated)


def test_the_json_feed_has_addresses_of_the_web_alone(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    feed = json.loads(site.get("/search.json?limit=50").content)
    by_id = {row["id"]: row for row in rows}
    known = {
        "id",
        "url",
        "external_url",
        "title",
        "summary",
        "content_text",
        "date_published",
        "date_modified",
        "authors",
        "tags",
    }
    for item in feed["items"]:
        assert known - {"external_url"} <= item.keys() <= known
        row = by_id[item["id"]]
        assert item["content_text"] == row["text"] and row["title"] in item["title"]
        assert item.get("external_url") == (row["url"] if is_web(row["url"]) else None)
    assert len([item for item in feed["items"] if "external_url" in item]) >= 1


def test_the_feeds_of_changes_are_words(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    titles = {row["id"]: f"revised: {row['level'].upper()}: {row['title']}" for row in rows}
    feed = ElementTree.fromstring(site.get("/changes.atom").content)
    assert len(feed.findall(f"{{{ATOM}}}entry")) == MOST
    assert {name for each in feed.iter() for name in each.attrib} == {"rel", "type", "href", "term"}
    items = site.get("/changes.json").json()["items"]
    assert [item["title"] for item in items] == [titles[item["id"][:16]] for item in items]


def test_programs_get_the_words_as_they_are(site: httpx.Client, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        word = row["title"]
        assert row["evidence"][word] == row["url"] == row["ref"] == word and row["text"] == f"{word}\n{word}{AGAIN}"
        (document,) = site.get(f"/api/v1/notifications/{row['id']}/attachments").json()["items"]
        assert (document["url"], document["title"], document["problem"]) == (document_of(word), word, word)
        revisions = site.get(f"/api/v1/notifications/{row['id']}/revisions").json()["items"]
        assert [each["record"]["title"] for each in revisions] == [word, word]
    for path in ("/status.json", "/api/v1/sources/hostile", "/api/v1/sources", "/api/v1/changes", "/api/v1/captures/1"):
        assert MARK.search(json.dumps(site.get(path).json())), path
    *lines, rest = site.get("/search.jsonl").content.decode().split("\n")
    assert rest == "" and len(lines) == len(WORDS) and {json.loads(line)["title"] for line in lines} == set(WORDS)


def test_a_spreadsheet_gets_no_formula_and_as_many_rows(site: httpx.Client) -> None:
    cells = list(csv.reader(io.StringIO(site.get("/search.csv").content.decode("utf-8-sig"), newline="")))
    assert len(cells) == len(WORDS) + 1 and {len(row) for row in cells} == {len(cells[0])}
    title = cells[0].index("title")
    titles = {bare(row[title]) for row in cells[1:]}
    assert all({bare(word), f"'{bare(word)}"} & titles for word in WORDS)
    assert not [cell for row in cells[1:] for cell in row if re.match(r"[\s\u200b\ufeff]*[=+\-@]", cell)]


def test_downloads_have_plain_names(site: httpx.Client) -> None:
    for word in WORDS:
        answer = site.get(f"/attachments/{hashlib.sha256(word.encode()).hexdigest()}")
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]{1,80}"', answer.headers["Content-Disposition"])
        assert answer.headers["Content-Type"] == "application/octet-stream"
