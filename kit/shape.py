"""What must be the same of a page before and after its words were replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archive.records import Notification, Reading
from parsers.page import PageChanged
from parsers.source import Source, parse

STATED = ("ref", "url", "level", "issued", "issued_precision", "expires", "language")


def shape_of(
    source: Source, body: bytes, url: str, media_type: str | None, role: str, facts: Mapping[str, str]
) -> dict[str, Any]:
    """What a source makes of a page, words apart: its entries with their dates, levels and addresses."""
    try:
        reading = parse(source, body, url, media_type, role, facts)
    except PageChanged:
        return {"refused as a whole": True}
    return _shape(reading)


def _shape(reading: Reading) -> dict[str, Any]:
    return {
        "refused as a whole": False,
        "entries": len(reading.read),
        "refused": [entry.position for entry in reading.refused],
        "links": [(link.url, link.role, link.ref, link.facts.get("issued")) for link in reading.links],
        **{f"entry {entry.position + 1}": _record(entry.notification) for entry in reading.read},
    }


def _record(notification: Notification) -> dict[str, Any]:
    stated = {name: getattr(notification, name) for name in STATED}
    return {
        **stated,
        "has a title": notification.title is not None,
        "has a region": notification.region is not None,
        "has text": bool(notification.text),
        "links": [url for url, _ in notification.links],
        "attachments": [url for url, _ in notification.attachments],
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is not the same."""
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from (f"{name}: {each}" for each in differences(was, now))
        elif was != now:
            yield f"{name}: {now!r}, expected {was!r}"
