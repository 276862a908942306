"""The dialects of indexes, and the rules for addresses and times in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cdx import rows_in
from ingest.holdings import BadIndex, Row, Unusable, address_key, as_written, moment_in, same_address, usable
from tests.corpus import corpus

AT = datetime(2014, 1, 27, 17, 12, tzinfo=UTC)
DIGEST = "B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A"
PLACE = '"length": "1046", "offset": "334", "filename": "x.warc.gz"'
ONE = [
    f"com,example)/ 20140127171200 http://example.com/ text/html 200 {DIGEST} 1046",
    f" CDX N b a m s k r M S V g\ncom,example)/ 20140127171200 http://example.com/ text/html 200 {DIGEST} - - 1 2 f",
    f"com,example)/ 20140127171200 http://example.com/ text/html 200 {DIGEST} - - 1046 334 x.warc.gz",
    'com,example)/ 20140127171200 {"url": "http://example.com/", "mime": "text/html", "status": "200",'
    f' "digest": "sha1:{DIGEST}", {PLACE}}}',
    '{"urlkey": "com,example)/", "timestamp": "20140127171200", "url": "http://example.com/", "mime": "text/html",'
    f' "status": "200", "digest": "{DIGEST}", {PLACE}}}',
    '[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],\n'
    f'["com,example)/","20140127171200","http://example.com/","text/html","200","{DIGEST}","1046"],\n[],\n["key"]]',
]


@pytest.mark.parametrize("text", ONE)
def test_a_capture_is_the_same_in_every_dialect(text: str) -> None:
    (row,) = rows_in(text.encode())
    assert isinstance(row, Row)
    assert (row.url, row.at, row.digest, row.status) == ("http://example.com/", AT, DIGEST, 200)
    assert row.problem is None


@pytest.mark.parametrize("text", ["", "\n", "[]", "[]\n"])
def test_an_empty_answer_lists_nothing(text: str) -> None:
    assert list(rows_in(text.encode())) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_reasons_or_no_index(body: bytes) -> None:
    try:
        assert all(isinstance(row, Row | Unusable) for row in rows_in(body))
    except BadIndex as problem:
        assert "expected" in str(problem) or "cannot be read" in str(problem)


@given(st.sampled_from(ONE), st.integers(0, 200), st.characters())
def test_a_damaged_line_is_a_row_or_a_reason(text: str, place: int, mark: str) -> None:
    damaged = text[:place] + mark + text[place + 1 :]
    try:
        list(rows_in(damaged.encode("utf-8", "surrogatepass")))
    except BadIndex as problem:
        assert str(problem)


def test_every_line_of_the_real_indexes_is_read() -> None:
    cdxj = list(rows_in(corpus("warc/pywb/sample_archive/cdxj/iana.cdxj").read_bytes()))
    cdx = list(rows_in(corpus("warc/pywb/sample_archive/cdx/iana.cdx").read_bytes()))
    assert len(cdx) == len(cdxj) > 150
    assert [row.url for row in cdx if isinstance(row, Row)] == [row.url for row in cdxj if isinstance(row, Row)]
    assert all(isinstance(row, Row) and row.problem is None and row.position is not None for row in cdxj)


def test_the_bad_lines_of_the_real_indexes_are_told() -> None:
    folder = corpus("warc/edgi-wayback/src/wayback/tests/test_files")
    bad = list(rows_in((folder / "bad_timestamp_cdx.txt").read_bytes()))
    assert [isinstance(row, Row) and row.problem is None for row in bad] == [True, True, True, False, False]
    assert [row.at.month for row in bad[3:] if isinstance(row, Row)] == [1, 8]
    malformed = list(rows_in((folder / "malformed_cdx.txt").read_bytes()))
    rows = [row for row in malformed if isinstance(row, Row)]
    kept = [row.url for row in rows if isinstance(usable(row, "https://www.epa.gov/", NOW), Row)]
    assert len(malformed) == 5 and kept == ["https://www.epa.gov/"] * 2
    assert len(list(rows_in((folder / "zero_length_cdx.txt").read_bytes()))) == 5


NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPELLINGS = [
    "https://www.bsia.co.uk/CSSC",
    "http://bsia.co.uk:80/cssc/",
    "https://WWW.bsia.co.uk:443/CSSC",
    "http://www2.bsia.co.uk/(S(abc123))/CSSC",
    "http://www.bsia.co.uk/cssc;jsessionid=1F",
]


@pytest.mark.parametrize("url", SPELLINGS)
def test_spellings_that_archives_take_for_one_are_one(url: str) -> None:
    assert same_address(url, SPELLINGS[0])


@pytest.mark.parametrize(
    "url",
    ["https://www.bsia.co.uk/CSSC?page=2", "https://bsia.co.uk.example.org/CSSC", "https://www.bsia.co.uk:8443/CSSC",
     "ftp://www.bsia.co.uk/CSSC", "https://[::1", "", "http://" + "a" * 3_000],
)  # fmt: skip
def test_other_addresses_are_others(url: str) -> None:
    assert not same_address(url, SPELLINGS[0])


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    try:
        assert address_key(text)
    except ValueError as problem:
        assert str(problem)


MOMENTS = {
    "20180702090000": (datetime(2018, 7, 2, 9, tzinfo=UTC), True),
    "20180732090000": (datetime(2018, 7, 1, tzinfo=UTC), False),
    "20180702250000": (datetime(2018, 7, 2, tzinfo=UTC), False),
    "201807020900001": (datetime(2018, 7, 2, 9, tzinfo=UTC), False),
    "2018": (datetime(2018, 1, 1, tzinfo=UTC), False),
}


@pytest.mark.parametrize("printed", MOMENTS)
def test_a_time_is_read_as_far_as_it_can_be(printed: str) -> None:
    moment, problem = moment_in(printed)
    assert (moment, problem is None) == MOMENTS[printed]


@pytest.mark.parametrize("printed", ["", "x", "20x8", "00000101000000", "２０１８０７０２０９００００"])
def test_no_time_is_made_up(printed: str) -> None:
    with pytest.raises(ValueError, match="expected YYYYMMDDhhmmss"):
        moment_in(printed)


def test_an_address_that_differs_in_its_scheme_alone_is_the_targets_own() -> None:
    target = "https://www.bsia.co.uk/about?x=1"
    assert as_written("http://www.bsia.co.uk:80/about?x=1", target) == target
    assert as_written("http://bsia.co.uk:80/about?x=1", target) == "http://bsia.co.uk/about?x=1"
    assert as_written("http://www.bsia.co.uk/About?x=1", target) == "http://www.bsia.co.uk/About?x=1"
