"""Documents of every family for `bench.parse`: fixtures and generators, enlarged; another for every seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.article import ADDRESS, Unknown
from bench.article_pages import KINDS, pages, paragraph, sentence
from bench.furnished_pages import Change, card, feed_item, furnished, lengthened, multiplied, running_text
from bench.parse_scrapers import Scraper, dated_messages, rss_items
from parsers.page import Page
from parsers.source import Source, sources
from replica.messages import synthetic_messages
from replica.page import page_of

FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "fixtures"
SECTION = r"<li class=\"c-news-list__item\">.*?</li>"


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: `bar` says which one holds (`article`, `list` or none), `make` gives a document by a seed.

    `bare` gives the same page of news without its template: its record must be the same. `scraper` gives the same
    records by BeautifulSoup.
    """

    name: str
    bar: str
    source: Source
    url: str | Callable[[bytes], str]
    make: Callable[[int], bytes]
    role: str = "listing"
    facts: Mapping[str, str] = field(default_factory=dict)
    bare: Callable[[int], bytes] | None = None
    scraper: Scraper | None = None

    def address(self, body: bytes) -> str:
        return self.url if isinstance(self.url, str) else self.url(body)

    def open(self, body: bytes) -> Page:
        return self.source.open(body, self.address(body), None, self.role, self.facts)


def kinds() -> Iterator[Kind]:
    """Every kind of document, articles first."""
    for opening, case in (
        ('<div class="panel__text">', "mynewsdesk: met-police/detail"),
        ('<div class="c-rich-text">', "single_online_home: kent-police/detail"),
        ("</time></div>\n<div>", "article: protectuk/detail"),
    ):
        yield _enlarged(case, "article", lengthened(opening), furnished)
    yield Kind(
        "article: 20 kinds of unknown site", "article", Unknown(), ADDRESS, _unknown, "detail", bare=_unknown_bare
    )
    for count in (20, 50, 100):
        source = sources()["bsia-cssc"]
        yield Kind(
            f"dated_page: {count} entries", "list", source, source.start[0], _dated(count), scraper=dated_messages
        )
    yield _enlarged("single_online_home: kent-police/listing", "list", multiplied(SECTION, 40, card), furnished)
    yield _enlarged("article: protectuk/listing", "list", multiplied("<article>.*?</article>", 40, card), furnished)
    for case, tag, count, paragraphs in (
        ("feed, summaries: ncsc/window", "description", 100, 0),
        ("feed, full text: ncsc/window", "description", 50, 8),
        ("wordpress feed, full text: cssc/feed", "content:encoded", 50, 8),
        ("mynewsdesk feed: met-police/feed", "description", 40, 0),
    ):
        items = _enlarged(case, "list", multiplied("<item>.*?</item>", count, feed_item(tag, paragraphs)))
        yield items if case.startswith("mynewsdesk") else replace(items, scraper=rss_items)
    yield _enlarged("wordpress posts, full text: cssc/full-page", "list", _json(_posts))
    yield _enlarged("cap feed: uk-emergency-alerts/feed-with-cap", "list", multiplied("<entry>.*</entry>", 50, _entry))
    yield _enlarged("govuk content item: home-office/press-release", "", _json(_content_item))
    yield _enlarged("govuk listing: home-office/listing", "", _json(_results))
    yield _enlarged("travel advice: fcdo-travel-advice/country", "", _json(_country))
    yield _enlarged("travel advice index: fcdo-travel-advice/index", "", _json(_countries))
    yield _enlarged("cap alert: uk-emergency-alerts/cap-alert", "", multiplied("[0-9.]+,[0-9.-]+", 500, _point))
    yield _enlarged("tfl_status: tfl/disruptions", "", _json(_lines))
    yield _enlarged("flood_warnings: environment-agency-floods/message-changed", "", _json(_floods))


def _enlarged(name: str, bar: str, *changes: Change) -> Kind:
    """A kind made from the fixture that stands in its name, read as the fixture is."""
    folder = FIXTURES / name.partition(": ")[2]
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    (path,) = folder.glob("page.*")

    def make(seed: int, changes: Sequence[Change] = changes) -> bytes:
        page, dice = path.read_text("utf-8"), random.Random(f"{name} {seed}")
        for change in changes:
            page = change(page, dice)
        return page.encode()

    source, bare = sources()[folder.parent.name], partial(make, changes=changes[:-1]) if bar == "article" else None
    return Kind(name, bar, source, meta["url"], make, meta.get("role", "listing"), meta.get("facts", {}), bare)


def _unknown(seed: int) -> bytes:
    return furnished(_unknown_bare(seed).decode(), random.Random(seed)).encode()


def _unknown_bare(seed: int) -> bytes:
    every = list(pages(1, seed // len(KINDS)))
    return every[seed % len(KINDS)][2].encode()


def _dated(count: int) -> Callable[[int], bytes]:
    return lambda seed: page_of(synthetic_messages(count, seed), serial=seed)


def _entry(first: str, place: int, dice: random.Random) -> str:
    entry = first[: first.index("</entry>") + len("</entry>")]
    return entry.replace("3-feb-2026", f"{place}-{dice.randrange(10**6)}").replace("Leave low ground.", sentence(dice))


def _point(first: str, place: int, dice: random.Random) -> str:
    return f"{50 + dice.randrange(900) / 100},{dice.randrange(300) / 100 - 2}" if place % 499 else first


def _json(change: Callable[[Any, random.Random], Any]) -> Change:
    return lambda page, dice: json.dumps(change(json.loads(page), dice))


def _posts(posts: Any, dice: random.Random) -> Any:
    def post(number: int) -> Any:
        title, content = ({"rendered": said} for said in (sentence(dice)[:70], running_text(dice, 8)))
        guid = {"rendered": f"https://www.thecssc.com/?p={number}"}
        return posts[0] | {"id": number, "guid": guid, "title": title, "content": content}

    return [post(number) for number in range(5_000, 5_100)]


def _content_item(item: Any, dice: random.Random) -> Any:
    body = {"body": f'<div class="govspeak">{running_text(dice, 40)}</div>'}
    return item | {"details": item["details"] | body}


def _results(listing: Any, dice: random.Random) -> Any:
    first, links = listing["results"][0], [f"/government/news/{dice.randrange(10**9)}" for _ in range(50)]
    return listing | {"results": [first | {"title": sentence(dice)[:70], "link": link} for link in links]}


def _country(item: Any, dice: random.Random) -> Any:
    first = item["details"]["parts"][0]
    parts = [first | {"slug": f"part-{number}", "body": running_text(dice, 16)} for number in range(6)]
    return item | {"details": item["details"] | {"parts": parts}}


def _countries(item: Any, dice: random.Random) -> Any:
    first = item["links"]["children"][0]
    paths = [f"/foreign-travel-advice/country-{number}" for number in range(226)]
    return item | {"links": {"children": [first | {"base_path": path, "title": sentence(dice)[:40]} for path in paths]}}


def _lines(lines: Any, dice: random.Random) -> Any:
    def line(number: int) -> Any:
        said = lines[1 + number % 2]
        reason = {"reason": f"Line {number}: {sentence(dice)}"}
        statuses = [status | reason for status in said["lineStatuses"]]
        return said | {"id": f"line-{number}", "name": f"Line {number}", "lineStatuses": statuses}

    return [line(number) for number in range(20)]


def _floods(answer: Any, dice: random.Random) -> Any:
    first, areas = answer["items"][0], [f"099FWF{number:04}" for number in range(100)]
    return answer | {"items": [first | {"floodAreaID": area, "message": paragraph(dice)} for area in areas]}
