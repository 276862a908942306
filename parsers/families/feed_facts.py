"""What a feed states of a bulletin that is read from its own page."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.families.feed_items import FeedItem

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
