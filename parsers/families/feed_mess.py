"""The items of a feed that no mending makes well-formed, as feedparser recovers them, none left out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from parsers.families.feed_items import FeedItem
from parsers.families.feed_words import Words
from parsers.page import PageChanged

if TYPE_CHECKING:
    from parsers.families.feed_page import FeedPage

MAX_CHARACTERS, MAX_TAGS, MAX_ITEMS = 1_000_000, 50_000, 5_000
"""feedparser takes up to a tenth of a millisecond for a tag."""
ATOM = re.compile(r"<(?:[\w.-]{1,40}:)?feed\b", re.IGNORECASE)
CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
DATES = {"published": "pubDate", "updated": "dc:date", "created": "created"}


def mess_items(page: FeedPage) -> Sequence[FeedItem]:
    """Every item. Raises PageChanged where fewer or more come back than the document opens."""
    document = page.document
    if len(document) > MAX_CHARACTERS or document.count("<") > MAX_TAGS:
        raise PageChanged(f"{page.url}: {len(document)} characters of broken XML, expected at most {MAX_CHARACTERS}")
    is_atom = bool(ATOM.match(document))
    name = "entry" if is_atom else "item"
    opened = len(re.findall(rf"<(?:[\w.-]{{1,40}}:)?{name}(?=[\s/>])", CDATA.sub("", document), re.IGNORECASE))
    if opened > MAX_ITEMS:
        raise PageChanged(f"{page.url}: {opened} items in broken XML, expected at most {MAX_ITEMS}")
    found = _parsed(document, page.url)
    if len(found["entries"]) != opened:
        read = len(found["entries"])
        raise PageChanged(f"{page.url}: {read} items recovered from broken XML, expected the {opened} that it opens")
    if "title" not in found["feed"]:
        raise PageChanged(f"{page.url}: broken XML without a title, expected a feed with one")
    language = str(found["feed"].get("language", ""))
    return [_item(page, entry, position, is_atom, language) for position, entry in enumerate(found["entries"])]


def _parsed(document: str, url: str) -> Any:
    """feedparser's reading. It is handed a stream (a string could be a name of a file, or an address, to it), and no
    address that it would make ids absolute with."""
    import feedparser  # type: ignore[import-untyped]

    headers = {"content-type": "application/xml; charset=utf-8"}
    stream = io.BytesIO(document.encode("utf-8", "replace"))
    try:
        return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except Exception as problem:
        raise PageChanged(f"{url}: {type(problem).__name__}: {problem}, expected a feed that can be read") from problem


def _item(page: FeedPage, entry: Any, position: int, is_atom: bool, language: str) -> FeedItem:
    said = dict(entry)
    content = next((each for each in said.get("content", ()) if each.get("value")), None)
    summary = _words(said.get("summary_detail"), is_atom)
    return FeedItem(
        page=page,
        kind="broken Atom" if is_atom else "broken RSS",
        position=position,
        id=str(said.get("id", "")),
        link=str(said.get("link", "")),
        title=_words(said.get("title_detail"), is_atom),
        dates=dict(_dates(said, is_atom)),
        content=_words(content, is_atom) if content else summary,
        summary=summary,
        enclosures=[
            (str(link.get("href", "")), str(link.get("type", "")), str(link.get("title", "")))
            for link in said.get("links", ())
            if link.get("rel") == "enclosure"
        ],
        language=language,
    )


def _dates(said: dict[str, Any], is_atom: bool) -> Iterator[tuple[str, str]]:
    for name, element in DATES.items():
        if said.get(name):
            yield (name if is_atom else element), str(said[name])


def _words(detail: Any, is_atom: bool) -> Words:
    if not detail:
        return Words()
    form = ("html" if "html" in str(detail.get("type", "")) else "text") if is_atom else "either"
    return Words(str(detail.get("value", "")), form)
