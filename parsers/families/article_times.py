"""What a `<time>` on a page of news is the time of."""

from __future__ import annotations

from itertools import islice
from typing import Any

MAX_ANCESTORS = 40
ELSEWHERE = frozenset(("a", "nav", "footer", "aside"))
Times = tuple[str, ...]


def times(element: Any) -> tuple[Times, Times]:
    """The time of the publication, and another that is not of what the page points to: at most one of them."""
    stated = element.get("datetime")
    if not stated:
        return (), ()
    if element.get("pubdate") is not None or "datepublished" in (element.get("itemprop") or "").lower():
        return (stated,), ()
    around = (each.tag for each in islice(element.iterancestors(), MAX_ANCESTORS))
    return (), (stated,) if ELSEWHERE.isdisjoint(around) else ()
