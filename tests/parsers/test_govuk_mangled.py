"""GOV.UK's documents with anything in them: read or refused, never another error, never a record without its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.page import PageChanged
from parsers.source import parse, sources
from tests.parsers.test_govuk import API, Courts

FIXTURES = Path(__file__).parents[1] / "fixtures"
SLUGS = ("nactso", "home-office", "fcdo-travel-advice")


def fixtures() -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for slug in SLUGS:
        for meta in sorted((FIXTURES / slug).glob("*/meta.json")):
            (page,) = meta.parent.glob("page.*")
            yield slug, json.loads(meta.read_text("utf-8")), page.read_bytes()


ALL = list(fixtures())
JSON_ALIKE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("/x", "//x", "<p>")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("title", "url", "body")), inner),
    max_leaves=4,
)


def outcome(slug: str, meta: dict[str, Any], body: bytes) -> None:
    """Whatever the document, it is read, refused, or changed: no other error, no record without its fields."""
    try:
        page = sources()[slug].open(body, meta["url"], meta.get("media_type"), meta.get("role", "listing"))
        reading = sources()[slug].read(page)
    except PageChanged as problem:
        assert ", expected" in str(problem)
        return
    for entry in reading.read:
        kept = entry.notification
        assert kept.source and kept.ref and kept.url.startswith("https://www.gov.uk/") and (kept.title or kept.text)
        assert entry.entry_hash and kept.content_hash()
    assert all("Error" not in entry.reason for entry in reading.refused), reading.refused
    assert all(link.url.startswith("https://www.gov.uk/") for link in reading.links)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*above, name))


@given(st.data())
def test_any_member_may_be_anything(data: st.DataObject) -> None:
    slug, meta, body = data.draw(st.sampled_from([each for each in ALL if each[2].startswith(b"{\n")]))
    document = json.loads(body)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([place for place in places(document) if place] or [("x",)]))
        holder = document
        for name in way:
            holder = holder[name]
        holder[last] = data.draw(JSON_ALIKE)
    outcome(slug, meta, json.dumps(document).encode())


DEBRIS = (b"", b"<", b'"', b"{", b"\x00", b"\xff", b"</ul>")


@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_mangled_bytes_are_read_or_refused(case: tuple[str, dict[str, Any], bytes], choices: Any) -> None:
    slug, meta, body = case
    mangled = bytearray(body)
    for _ in range(choices.randrange(1, 9)):
        start = choices.randrange(len(mangled) + 1)
        mangled[start : start + choices.randrange(30)] = choices.choice(
            (b"", b"<", b'"', b"{", b"\x00", b"\xff", b"</ul>")
        )
    outcome(slug, meta, bytes(mangled))


@pytest.mark.parametrize(
    "body", [b"{" * 100_000, b'{"a":' * 100_000, b"[" * 100_000, b"", b"null", b'"x"', b"[1]", b"{}"]
)
@pytest.mark.parametrize("role", ["listing", "detail"])
def test_documents_that_are_no_items_are_changed(body: bytes, role: str) -> None:
    with pytest.raises(PageChanged, match=", expected"):
        parse(Courts(), body, f"{API}/x", "application/json", role)
