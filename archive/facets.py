"""The filters of a search: which there are, what their values may be, and the word that stands for one in the index."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

LEVELS = ("green", "yellow", "amber", "red")
STATES = ("current", "withdrawn", "rolled-off", "ended", "cancelled", "superseded")
HAS = ("attachment", "threat-level")
FACETS = ("level", "source", "issuer", "region", "topic", "series", "state", "year", "has")
CLOSED: Mapping[str, Sequence[str]] = {"level": LEVELS, "state": STATES, "has": HAS}
"""The filters whose values are known for good; what the others hold depends on the archive."""

YEAR = re.compile(r"[0-9]{4}")


def value_of(facet: str, written: str) -> str:
    """The value as the index has it. Raises ValueError, with what was expected, for what no bulletin can have."""
    value = " ".join(written.split()).casefold()
    if not value:
        raise ValueError(f"{facet}: nothing after the colon, expected a value, as in level:amber")
    if value not in CLOSED.get(facet, (value,)):
        raise ValueError(f"{facet}:{written}, expected one of {', '.join(CLOSED[facet])}")
    if facet == "year" and not YEAR.fullmatch(value):
        raise ValueError(f"year:{written}, expected four digits, as in year:2017")
    return value


@lru_cache(maxsize=4096)
def token_of(facet: str, value: str) -> str:
    """A word for one value of one filter: `f` and 16 hex digits."""
    return "f" + hashlib.sha256(f"{facet}={value}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
