"""What a scraper on BeautifulSoup does for the very same records of a page of dated messages, or of an RSS feed.

Written as its library's users write them, for one markup each: select, walk, match, `strptime`. They are given our
classification, and hash what they read, as ours does to tell whether anything changed; evidence they have none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin

from archive.records import Notification
from parsers.classification import said_by

HEADING = re.compile(
    r"(\d\d/\d\d/\d{4}) ?- ?CSSC (?:(London) )?(Green|Amber|Red) Message(?: ?-? ?(.*))?$", re.IGNORECASE | re.DOTALL
)
BULLETS = "·• "
LINED = ("h1", "h2", "h3", "h4", "p", "li")


class Scraped(NamedTuple):
    """The fields that are compared: what a bulletin says, when, and what it points to."""

    title: str | None
    issued: str
    level: str | None
    region: str | None
    text: str
    cited: tuple[str, ...]
    issuers: tuple[str, ...]


Scraper = Callable[[bytes, str], list[Scraped]]


class Differs(Exception):
    """A scraper's records are not ours: what it takes is not to be compared."""


def ensure_same(scraper: Scraper, records: list[Notification], publisher: str, body: bytes, url: str) -> None:
    """Raises Differs unless the scraper finds just these records, or these but for the publisher as issuer."""
    theirs = scraper(body, url)
    for place, (record, other) in enumerate(zip(records, theirs, strict=True)):
        if other not in (scraped_of(record, None), scraped_of(record, publisher)):
            raise Differs(f"record {place} of {url}: {other}, expected {scraped_of(record, publisher)}")


def scraped_of(record: Notification, publisher: str | None) -> Scraped:
    """The same fields of a record of ours, without the issuer that a source of one publisher adds."""
    cited = sorted(address for address, _ in (*record.attachments, *record.links))
    issuers = tuple(slug for slug in record.issuers if slug != publisher)
    return Scraped(record.title, record.issued or "", record.level, record.region, record.text, tuple(cited), issuers)


def dated_messages(body: bytes, url: str) -> list[Scraped]:
    """Messages under headings with a date, each with the paragraphs and list items up to the next."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(body, "lxml")
    main = page.select_one("#main") or page
    hashlib.sha256(" ".join(main.stripped_strings).encode()).hexdigest()
    found: list[tuple[re.Match[str], list[str], list[str]]] = []
    for element in main.find_all(LINED):
        words = " ".join(element.get_text().split()).lstrip(BULLETS)
        heading = HEADING.match(words)
        if heading:
            found.append((heading, [], []))
        elif found and words:
            found[-1][1].append(words)
            found[-1][2].extend(urljoin(url, str(link["href"])) for link in element.find_all("a", href=True))
    return [_message(heading, "\n".join(lines), cited) for heading, lines, cited in found]


def _message(heading: re.Match[str], text: str, cited: list[str]) -> Scraped:
    day, region, level, title = heading.groups()
    issued, title = datetime.strptime(day, "%d/%m/%Y").replace(tzinfo=UTC), title or None
    return Scraped(
        title,
        issued.date().isoformat(),
        level.lower(),
        region,
        text,
        tuple(sorted(cited)),
        said_by(title, text).issuers,
    )


def rss_items(body: bytes, url: str) -> list[Scraped]:
    """The items of an RSS feed, the HTML that they carry as lines of text."""
    from bs4 import BeautifulSoup

    feed = BeautifulSoup(body, "lxml-xml")
    return list(_items(feed, url, lambda carried: BeautifulSoup(carried, "lxml")))


def _items(feed: Any, url: str, open_html: Callable[[str], Any]) -> Iterator[Scraped]:
    for item in feed.find_all("item"):
        title = " ".join(item.find("title").get_text().split())
        link, guid = item.find("link").get_text(strip=True), item.find("guid").get_text(strip=True)
        issued = parsedate_to_datetime(item.find("pubDate").get_text(strip=True)).isoformat()
        said = item.find("encoded") or item.find("description")
        html = open_html(said.get_text())
        blocks = html.find_all(LINED) or [html]
        text = "\n".join(words for block in blocks if (words := " ".join(block.get_text().split())))
        cited = tuple(sorted(urljoin(url, anchor["href"]) for anchor in html.find_all("a", href=True)))
        hashlib.sha256(f"{link}\n{guid}\n{title}\n{text}".encode()).hexdigest()
        yield Scraped(title, issued, None, None, text, cited, said_by(title, text).issuers)
