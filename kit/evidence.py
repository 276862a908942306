"""Records for a reader: each field with what it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS = ("entry", "field", "value", "from")
MAX_CHARACTERS = 300


def evidence_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row for each field that a record states: the record's place, the field, its value, what it came from."""
    for place, record in enumerate(rows, start=1):
        evidence = record.get("evidence") or {}
        for name, value in record.items():
            if name != "evidence" and value not in (None, "", [], {}):
                yield {"entry": place, "field": name, "value": _brief(value), "from": evidence.get(name, "")}


def _brief(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_CHARACTERS:
        return f"{value[:MAX_CHARACTERS]}… ({len(value):,} characters)"
    return value
