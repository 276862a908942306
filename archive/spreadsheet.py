"""Bulletins as rows of a spreadsheet: CSV (RFC 4180) in UTF-8 whose cells no program takes for formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from archive.provenance import in_force, retrieval

BYTE_ORDER_MARK = "\ufeff"
"""Stands before the heading: without it Excel takes UTF-8 for the code page of its country."""
FORMULA_STARTS = ("=", "+", "-", "@")
CONTROL_STARTS = ("\t", "\r", "\n")
BLANKS = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""The categories of characters that a spreadsheet may drop before it looks for a formula."""
COLUMNS = (
    *("id", "source", "url", "title", "level", "state", "issued", "issued_precision", "expires", "region"),
    *("issuers", "topics", "handling", "codes", "threat_levels", "references", "language", "text", "links"),
    *("attachments", "first_seen", "last_seen", "revision", "retrieved_at", "retrieved_from", "sha256"),
    *("content_hash", "rights", "invented"),
)


def guarded(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet could take it for a formula (OWASP: CSV injection).

    Blanks before the sign do not hide it, nor does another width of it.
    """
    first = next((mark for mark in cell if unicodedata.category(mark) not in BLANKS), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in FORMULA_STARTS
    return "'" + cell if is_formula or cell[:1] in CONTROL_STARTS else cell


def csv_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The heading, then a line for each exported bulletin. What is several stands in one cell, one a line."""
    yield (BYTE_ORDER_MARK + _line(COLUMNS)).encode()
    for row in rows:
        cells = _cells(row)
        yield _line([guarded(_written(cells.get(name))) for name in COLUMNS]).encode("utf-8", "backslashreplace")


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    retrieved = retrieval(row)
    cited = (each for each in row["documents"] if each["cited"])
    return {
        **row,
        "codes": [f"{each['scheme']}: {each['value']}" for each in row["codes"]],
        "threat_levels": [f"{each['scope']}: {each['level']}" for each in row["threat_levels"]],
        "links": [_joined(each["url"], each["text"]) for each in row["links"]],
        "attachments": [_joined(each["url"], each["sha256"], each["title"]) for each in cited],
        "retrieved_at": retrieved.at,
        "retrieved_from": retrieved.url,
        "sha256": retrieved.sha256,
        "content_hash": in_force(row)["content_hash"],
    }


def _joined(*parts: str | None) -> str:
    return " ".join(" ".join(part.split()) for part in parts if part)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
