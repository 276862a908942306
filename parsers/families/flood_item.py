"""One item of the Environment Agency's list of floods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parsers.data import JsonPage
from parsers.families.json_members import object_of, spelled, words_of
from parsers.lines import fold

LEVELS, NO_LONGER = (1, 2, 3, 4), 4
"""Severe flood warning, flood warning, flood alert; warning no longer in force."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One item of the list: what is in force for one flood area."""

    page: JsonPage
    value: Any

    @property
    def members(self) -> Mapping[str, Any]:
        return object_of(self.value, self.where)

    @property
    def where(self) -> str:
        area = self.value.get("floodAreaID") if isinstance(self.value, dict) else None
        return f"{self.page.url}: flood area {str(area)[:60]!r}"

    @property
    def raw(self) -> str:
        return spelled(self.value)


def codes_of(item: Mapping[str, Any], area: Mapping[str, Any], severity: str, where: str) -> Iterator[tuple[str, str]]:
    """Severity, area, county, water; a warning no longer in force is a cancellation."""
    yield "flood-severity", severity
    if severity.startswith(f"{NO_LONGER} "):
        yield "action", "cancel"
    yield "flood-area", words_of(item, "floodAreaID", where)
    for name in ("county", "riverOrSea"):
        words = words_of(area, name, where, may_lack=True)
        if words:
            yield f"flood-{name.lower()}", fold(words)
    if item.get("isTidal") is True:
        yield "flood-tidal", "true"
