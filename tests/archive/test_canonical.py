"""The bytes that the content hash is taken of are those of RFC 8785, as its own library writes them."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from archive.records import FIELDS, Notification, canonical

TEXTS = st.text(st.characters(codec="utf-8"))
NAMES = st.text(st.characters(max_codepoint=127))
VALUES = st.recursive(
    st.none() | TEXTS, lambda each: st.lists(each, max_size=4) | st.dictionaries(NAMES, each, max_size=4)
)


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_it_is_canonical(stated: dict[str, object]) -> None:
    assert canonical(stated) == rfc8785.dumps(stated)  # type: ignore[arg-type]


def test_every_control_and_every_plane_is_written_as_the_standard_says() -> None:
    stated = {"text": "".join(map(chr, (*range(0x2100), 0xFFFD, 0x1F6A8, 0x10FFFF))) + '"\\/'}
    assert canonical(stated) == rfc8785.dumps(stated)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate|utf-8|UTF-8"):
        canonical({"text": "\ud83d"})


def test_a_record_holds_nothing_else() -> None:
    """Numbers would be written otherwise."""
    every = Notification(
        source="s", url="u", text="t", codes=(("a", "b"),), references=("r",), threat_levels=(("x", "y"),)
    )
    assert all(_is_plain(value) for value in every.stated().values())
    assert all(name.isascii() for name in FIELDS)


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) and name.isascii() and _is_plain(each) for name, each in value.items())
    return value is None or isinstance(value, str)
