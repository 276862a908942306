"""CSV for spreadsheets: every cell comes back as it was, and none is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.spreadsheet import BYTE_ORDER_MARK, COLUMNS, csv_lines, guarded

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\t=1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1"),
    *(
        "\u3000+1",
        "\x00=1",
        "\u2028@x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        " ＝1",
        "﹦1",
        "⁺1",
        "\u202e=1",
        "\r\n=cmd|' /C calc'!A0",
    ),
]
WORDS = ["", "a", "1", "12:30", "x=1", "a-b", "'=1", "–1", "«=»", " a", "(=1)"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_may_be_a_formula_stands_behind_an_apostrophe(cell: str) -> None:
    assert guarded(cell) == "'" + cell


@pytest.mark.parametrize("cell", WORDS)
def test_words_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


def read_back(values: Sequence[str]) -> list[str]:
    """The title, text, region, issuers and topics of one bulletin after they were written and read."""
    title, text, region, issuer, topic = values
    record = dict.fromkeys(COLUMNS) | {"title": title, "text": text, "region": region, "revision": 1}
    lists: dict[str, list[str]] = {name: [] for name in ("codes", "threat_levels", "links", "documents", "references")}
    revision = {"revision": 1, "at": None, "url": "u", "sha256": None, "content_hash": "c", "matched": "first 1.00"}
    row = {**record, **lists, "issuers": [issuer], "topics": [topic], "revisions": [revision]}
    written = b"".join(csv_lines([row])).decode()
    assert written.startswith(BYTE_ORDER_MARK + "id,source,")
    found = list(csv.DictReader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK), newline="")))
    assert len(found) == 1 and None not in found[0]
    return [found[0][name] for name in ("title", "text", "region", "issuers", "topics")]


HARD = st.sampled_from([*FORMULAS, '"', '",=1', "\r\n", "\n", ";=1", "a\r\n\r\nb"])
CELLS = st.one_of(HARD, st.text(st.characters(codec="utf-8"), max_size=12))


@given(st.lists(CELLS, min_size=5, max_size=5))
@example(['a "b"', "one\r\ntwo\nthree", ",", '"', "=1\n"])
def test_a_cell_comes_back_with_an_apostrophe_at_most(values: list[str]) -> None:
    for value, found in zip(values, read_back(values), strict=True):
        assert found in (value, "'" + value)
        assert found.lstrip()[:1] not in ("=", "+", "-", "@")
        assert found[:1] not in ("\t", "\r", "\n")
