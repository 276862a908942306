"""A fixture folder is a test: `page.*` and `meta.json` in, `expected.json` or `expected_error.txt` out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.records import Notification, Reading
from parsers.page import PageChanged
from parsers.source import parse, sources

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/meta.json"))
MAX_CASE_BYTES = 300_000


def as_json(reading: Reading) -> dict[str, Any]:
    """What a case expects: every record as `parse` prints it, every refusal with its reason, every link."""
    found: dict[str, Any] = {
        "read": [entry.notification.as_row() for entry in reading.read],
        "refused": [{"position": entry.position, "reason": entry.reason} for entry in reading.refused],
    }
    if reading.links:
        found["links"] = [
            {"url": link.url, "role": link.role, "ref": link.ref, "facts": dict(link.facts)} for link in reading.links
        ]
    if reading.nothing:
        found["nothing"] = reading.nothing
    return found


def outcome(case: Path) -> tuple[str, str]:
    """The name and the content of the expected file that this case gives."""
    meta = json.loads((case / "meta.json").read_text("utf-8"))
    (page,) = case.glob("page.*")
    try:
        source, role, facts = sources()[case.parent.name], meta.get("role", "listing"), meta.get("facts", {})
        reading = parse(source, page.read_bytes(), meta["url"], meta.get("media_type"), role, facts)
    except PageChanged as problem:
        return "expected_error.txt", f"{problem}\n"
    return "expected.json", json.dumps(as_json(reading), indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case_gives_what_it_expects(case: Path, accept: bool) -> None:
    name, content = outcome(case)
    if accept:
        for stale in case.glob("expected*"):
            stale.unlink()
        (case / name).write_text(content, "utf-8")
    (expected,) = case.glob("expected*")
    assert expected.name == name, content
    if name.endswith(".json"):
        assert json.loads(content) == json.loads(expected.read_text("utf-8"))
    else:
        assert content == expected.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case_is_small_and_its_records_come_back(case: Path) -> None:
    assert sum(path.stat().st_size for path in case.iterdir()) <= MAX_CASE_BYTES
    expected = case / "expected.json"
    for row in json.loads(expected.read_text("utf-8"))["read"] if expected.exists() else ():
        assert Notification.from_row(row).as_row() == row
