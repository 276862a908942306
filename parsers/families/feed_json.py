"""The items of JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parsers.families.feed_items import FeedItem
from parsers.families.feed_words import Words
from parsers.page import Page, PageChanged

VERSION = "https://jsonfeed.org/version/1"
DATES = ("date_published", "date_modified")
STRINGS = ("url", "title", "content_html", "content_text", "summary", "language", *DATES)


def json_value(characters: str, url: str) -> Any:
    """The document's value; raises PageChanged where it is no JSON."""
    try:
        return json.loads(characters)
    except (ValueError, RecursionError) as problem:
        raise PageChanged(f"{url}: not JSON ({problem}), expected a whole JSON document") from problem


def json_items(page: Page, value: Any) -> Sequence[FeedItem]:
    """Every item; one that is not as the specification says has the problem that it is refused for."""
    version = value.get("version") if isinstance(value, dict) else None
    if not isinstance(version, str) or not version.startswith(VERSION):
        raise PageChanged(f"{page.url}: version {str(version)[:80]!r}, expected a JSON Feed ({VERSION}…)")
    items = value.get("items")
    if not isinstance(items, list):
        raise PageChanged(f"{page.url}: items are {type(items).__name__}, expected a list")
    kind = f"JSON Feed {version.rpartition('/')[2]}"
    language = value["language"] if isinstance(value.get("language"), str) else ""
    return [_item(page, kind, each, position, language) for position, each in enumerate(items)]


def json_older(value: Any) -> str | None:
    """The address of the next older page, as written."""
    stated = value.get("next_url") if isinstance(value, dict) else None
    return stated if isinstance(stated, str) else None


def _item(page: Page, kind: str, said: Any, position: int, language: str) -> FeedItem:
    problem = _problem(said)
    if problem:
        raw = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return FeedItem(page=page, kind=kind, position=position, content=Words(raw, "text"), problem=problem)
    has_html = bool(said.get("content_html"))
    content = Words(said["content_html"], "html") if has_html else Words(said.get("content_text") or "", "text")
    summary = Words(said.get("summary") or "", "text")
    return FeedItem(
        page=page,
        kind=kind,
        position=position,
        id=_identity(said.get("id")),
        link=said.get("url") or "",
        title=Words(said.get("title") or "", "text"),
        dates={name: said[name] for name in DATES if said.get(name)},
        content=content if content.value.strip() else summary,
        summary=summary,
        enclosures=tuple(_attached(said.get("attachments") or ())),
        language=said.get("language") or language,
    )


def _problem(said: Any) -> str:
    """Why this is no item of the specification, or nothing."""
    if not isinstance(said, dict):
        return f"an item that is {type(said).__name__}, expected an object"
    wrong = [name for name in STRINGS if not isinstance(said.get(name) or "", str)]
    if not isinstance(said.get("id") or "", str | int | float):
        wrong.append("id")
    if not isinstance(said.get("attachments") or [], list):
        wrong.append("attachments")
    return f"{', '.join(wrong)} of a wrong type, expected what JSON Feed says" if wrong else ""


def _identity(stated: Any) -> str:
    """The id as a string; numbers are to be read as such (version 1.1, `id`)."""
    return str(stated) if isinstance(stated, str | int | float) and not isinstance(stated, bool) else ""


def _attached(stated: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    for each in stated:
        if isinstance(each, Mapping) and isinstance(each.get("url"), str):
            yield each["url"], str(each.get("mime_type") or ""), str(each.get("title") or "")
