"""CAP documents that attack the reader: entities are refused, floods are bounded, size alone is no offence."""

from __future__ import annotations

import pytest

from parsers.page import PageChanged
from tests.parsers.test_cap import alert, read, record

BOMBS = {
    "entities": "".join(f'<!ENTITY x{n + 1} "{f"&x{n};" * 20}">' for n in range(9)),
    "long entity": f'<!ENTITY x9 "{"y" * 100_000}">',
    "external entity": '<!ENTITY x9 SYSTEM "file:///etc/passwd">',
    "remote entity": '<!ENTITY x9 SYSTEM "http://127.0.0.1:9/">',
    "parameter entity": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;',
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("place", ["<info><headline>&x9;</headline></info>", '<info><area id="&x9;"/></info>'])
def test_a_document_with_entities_is_refused_as_a_whole(bomb: str, place: str) -> None:
    with pytest.raises(PageChanged, match="not XML|a document type of its own"):
        read(f'<!DOCTYPE alert [<!ENTITY x0 "y">{BOMBS[bomb]}]>{alert(place)}')


FLOODS = {
    "depth": alert("<info>" * 5_000 + "</info>" * 5_000),
    "tags": alert("<info/>" * 200_000),
    "elements": alert("<area/>" * 110_000),
    "alerts": f"<alerts>{alert() * 5_001}</alerts>",
    "a long attribute": alert(f'<info x="{"y" * 11_000_000}"/>'),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_refused(flood: str) -> None:
    with pytest.raises(PageChanged):
        read(FLOODS[flood])


def test_many_attributes_and_long_words_are_read() -> None:
    many = " ".join(f"a{n}='1'" for n in range(2_000))
    found = record(alert(f"<info {many}><headline>{'word ' * 50_000}</headline></info>"))
    assert len(found.title or "") == 249_999
