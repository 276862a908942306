"""What a feed states of a bulletin: of one that is read from its own page, and of one that is the item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from parsers.families.feed_items import FeedItem
from parsers.page import PageChanged

ISSUED_IN = (
    *("pubDate", "published", "issued", "dcterms:issued", "atom:published", "date_published", "created"),
    *("dcterms:created", "dc:date", "updated", "modified", "atom:updated", "dcterms:modified", "date_modified"),
)
UPDATED_IN = ("updated", "modified", "atom:updated", "dcterms:modified", "date_modified")
"""Elements that state when an item was issued or updated, the first present one counts."""


def facts_of(item: FeedItem, issued_in: Sequence[str], formats: Sequence[str]) -> dict[str, str]:
    """Title, dates, guid and summary, as far as stated. Raises PageChanged where a date is unreadable."""
    issued, _ = item.stated(issued_in, formats)
    updated, _ = item.stated(UPDATED_IN, formats)
    stated = {
        "title": item.title.line,
        "issued": issued.iso if issued else "",
        "updated": updated.iso if updated else "",
        "guid": item.id,
        "summary": item.summary.page(item.page, item.base).text,
    }
    return {name: value for name, value in stated.items() if value}


def stated_by(
    item: FeedItem, issued_in: Sequence[str], formats: Sequence[str], document_path: re.Pattern[str] | None
) -> tuple[str, dict[str, Any], dict[str, str]]:
    """Text, other stated fields and evidence of a bulletin that is an item; PageChanged for one without words."""
    issued, how = item.stated(issued_in, formats)
    text, attachments, links = item.words(document_path)
    title = item.title.line
    if not title and not text:
        raise PageChanged(f"{item.where}: neither title nor text, expected words")
    stated = {"title": title or None, "issued": issued, "language": item.language or None}
    evidence = {"title": f"{item.kind} title" if title else "", "issued": how}
    return text, {**stated, "links": links, "attachments": attachments}, evidence
