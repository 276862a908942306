"""One item of the Environment Agency's list of floods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parsers.data import JsonPage
from parsers.json_members import Members, spelled
from parsers.lines import fold

LEVELS, NO_LONGER = (1, 2, 3, 4), 4
"""Severe flood warning, flood warning, flood alert; warning no longer in force."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One item of the list: what is in force for one flood area."""

    page: JsonPage
    value: Any

    @property
    def members(self) -> Members:
        return Members.of(self.where, self.value)

    @property
    def where(self) -> str:
        area = self.value.get("floodAreaID") if isinstance(self.value, dict) else None
        return f"{self.page.url}: flood area {str(area)[:60]!r}"

    @property
    def raw(self) -> str:
        return spelled(self.value)


def codes_of(item: Members, area: Members, severity: str) -> Iterator[tuple[str, str]]:
    """Severity, area, county, water; a warning no longer in force is a cancellation."""
    yield "flood-severity", severity
    if severity.startswith(f"{NO_LONGER} "):
        yield "action", "cancel"
    yield "flood-area", item.words("floodAreaID")
    for name in ("county", "riverOrSea"):
        words = area.words(name, may_lack=True)
        if words:
            yield f"flood-{name.lower()}", fold(words)
    if item.values.get("isTidal") is True:
        yield "flood-tidal", "true"
