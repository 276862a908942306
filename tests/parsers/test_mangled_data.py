"""Mangled CAP, TfL and flood documents: never another error than PageChanged, never a record without what it needs."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Reading
from parsers.page import PageChanged
from parsers.source import parse, sources

FIXTURES = Path(__file__).parents[1] / "fixtures"
SLUGS = ("uk-emergency-alerts", "tfl", "environment-agency-floods")
DOCUMENTS = [
    (page.parent.parent.name, page.read_bytes()) for slug in SLUGS for page in (FIXTURES / slug).glob("*/page.*")
]
JSON_DOCUMENTS = [(slug, json.loads(body)) for slug, body in DOCUMENTS if body[:1] in (b"[", b"{")]
XML_DOCUMENTS = [(slug, body.decode()) for slug, body in DOCUMENTS if b"<?xml" in body[:5]]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def read(slug: str, body: bytes, role: str = "listing") -> Reading | None:
    """The reading, once every record in it has been found whole; None where the document was refused."""
    try:
        reading = parse(sources()[slug], body, sources()[slug].start[0], None, role)
    except PageChanged:
        return None
    for entry in reading.read:
        record = entry.notification
        assert record.source == slug and record.ref and record.url and (record.title or record.text)
        assert len(record.content_hash()) == len(entry.entry_hash) == 64
    positions = [each.position for each in reading.read] + [each.position for each in reading.refused]
    assert sorted(positions) == list(range(reading.seen))
    assert all(refused.entry_hash and ": " in refused.reason for refused in reading.refused)
    assert not any("Error: " in refused.reason for refused in reading.refused), reading.refused
    return reading


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every holder and key in a JSON value."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


@given(st.sampled_from(JSON_DOCUMENTS), st.randoms(use_true_random=False), st.lists(ANYTHING, min_size=1, max_size=3))
def test_members_of_any_kind(document: tuple[str, Any], choices: random.Random, values: list[Any]) -> None:
    slug, value = document[0], json.loads(json.dumps(document[1]))
    for each in values:
        found = places(value)
        if found:
            holder, key = choices.choice(found)
            holder[key] = each
    read(slug, json.dumps(value).encode())


@given(st.sampled_from(XML_DOCUMENTS), st.randoms(use_true_random=False), st.sampled_from(["listing", "detail"]))
def test_elements_lost_doubled_emptied_and_moved(document: tuple[str, str], choices: random.Random, role: str) -> None:
    from lxml import etree

    root = etree.fromstring(document[1].encode())
    for _ in range(choices.randrange(1, 8)):
        inside = [each for each in root.iter("*") if each is not root]
        if not inside:
            break
        one, other = choices.choice(inside), choices.choice(inside)
        kind = choices.randrange(5)
        if kind == 0:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        elif kind == 1:
            one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))
        elif kind == 2:
            one.text = choices.choice(["", " ", "\n\n", "x" * 3_000, "2026-02-30T00:00:00Z", "<p>", "\x85", "Ack"])
        elif kind == 3:
            one.tag = choices.choice(["alert", "entry", other.tag])
        elif one not in other.iterancestors() and one is not other:
            other.append(one)
    read(document[0], etree.tostring(root), role)


@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False), st.sampled_from(["listing", "detail"]))
def test_mangled_bytes(document: tuple[str, bytes], choices: random.Random, role: str) -> None:
    body = bytearray(document[1])
    for _ in range(choices.randrange(1, 40)):
        place = choices.randrange(len(body))
        body[place : place + choices.randrange(3)] = choices.randbytes(choices.randrange(4))
    read(document[0], bytes(body), role)


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=50)
@given(body=st.binary(max_size=300))
def test_any_bytes(slug: str, body: bytes) -> None:
    read(slug, body)


@pytest.mark.parametrize("depth", [200, 600, 950, 2_000, 50_000])
@pytest.mark.parametrize("slug", ["tfl", "environment-agency-floods"])
def test_members_nested_deep(slug: str, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    line = f'{{"id": "x", "name": "X", "lineStatuses": [{{"statusSeverity": 6, "reason": {nested}}}]}}'
    flood = f'{{"@context": "x", "items": [{{"floodAreaID": "x", "message": {nested}}}]}}'
    reading = read(slug, (f"[{line}]" if slug == "tfl" else flood).encode())
    assert reading is None or len(reading.refused) == 1


HOSTILE = {
    "tfl": json.dumps(
        [
            {
                "id": "x",
                "name": "X",
                "modeName": "y",
                "lineStatuses": [
                    {
                        "statusSeverity": 6,
                        "statusSeverityDescription": "d" * 9,
                        "reason": "http://e.example/(" + "(" * 90_000,
                        "validityPeriods": [{"fromDate": "2026-02-03T15:57:37Z"}] * 4_000,
                    }
                ]
                * 20,
            }
        ]
    ),
    "environment-agency-floods": json.dumps(
        {
            "@context": "",
            "items": [
                {
                    "floodAreaID": f"{n}",
                    "severity": "Flood alert",
                    "severityLevel": 3,
                    "description": "x" * 500,
                    "message": "- * " * 300,
                    "@id": "http://e.example/" + "%" * 500,
                    "timeSeverityChanged": "2026-02-03T15:57:37",
                }
                for n in range(3_000)
            ],
        }
    ),
    "uk-emergency-alerts": "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>"
    + "".join(
        f"<entry><id>{n}</id><title>{'x ' * 50}</title><content type='html'>{'&lt;p&gt;' * 20}</content>"
        f"<summary>Alert area: {'Stopped: [' * 40}</summary></entry>"
        for n in range(2_000)
    )
    + "</feed>",
}
CPU_SECONDS = 30
"""For all of them together: linear work needs a third, one quadratic expression more than all of it."""
CHILD = """
from tests.parsers.test_mangled_data import HOSTILE, read
for slug, document in HOSTILE.items():
    reading = read(slug, document.encode())
    print(slug, reading.seen if reading else None)
"""


def test_hostile_documents_cost_linear_work() -> None:
    """Nothing is timed: the child is killed by its CPU limit where an expression is quadratic."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )
    assert child.stdout.split() == ["tfl", "1", "environment-agency-floods", "3000", "uk-emergency-alerts", "2000"], (
        child.stderr[-2_000:]
    )
