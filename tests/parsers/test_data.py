"""Documents for machines: what is no JSON or XML, floods or lies is refused with a sentence."""

from __future__ import annotations

import pytest

from parsers.data import JsonPage, XmlPage
from parsers.page import PageChanged

URL = "https://www.example.org/data"


def test_half_a_character_is_marked_and_nothing_else_is_touched() -> None:
    page = JsonPage(rb'{"a": "x\ud800y", "b": "\ud83d\udc6e \u00e9", "\udfff": 1}', URL)
    assert page.json == {"a": "x�y", "b": "\U0001f46e é", "�": 1}
    assert len(page.region_hash) == 64


def test_volatile_members_and_order_are_not_what_is_said() -> None:
    one = JsonPage(b'{"a": 1, "at": "9:00", "c": [{"at": 1, "d": 2}]}', URL, volatile=frozenset({"at"}))
    other = JsonPage(b'{ "c": [{"d": 2, "at": 9}], "at": "9:15", "a": 1 }', URL, volatile=frozenset({"at"}))
    assert one.region_hash == other.region_hash
    assert one.region_hash != JsonPage(b'{"a": 2, "c": [{"d": 2}]}', URL).region_hash


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"a": NaN}', b"[" * 100_000, b'{"a": 1'])
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(PageChanged, match="not JSON .*expected a JSON document"):
        _ = JsonPage(body, URL).json


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<a><b></a>", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a document type of its own"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a document type of its own"),
        (b"<a>" * 400 + b"</a>" * 400, "not XML"),
        (b"<a>" + b"<b/>" * 100_001 + b"</a>", "elements, expected at most"),
    ],
)
def test_what_is_no_plain_xml_says_so(body: bytes, sentence: str) -> None:
    with pytest.raises(PageChanged, match=sentence):
        _ = XmlPage(body, URL).xml


def test_attribute_order_and_white_space_are_not_what_is_said() -> None:
    one, other = (
        XmlPage(body, URL, volatile=frozenset({"at"}))
        for body in (b'<a x="1" y="2"><b> c  d </b><at>1</at></a>', b'<a y="2" x="1">\n<b>c d</b><at>2</at></a>')
    )
    assert one.region_hash == other.region_hash
