"""Content encodings are undone exactly, to their end, and within bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decode import PIECE_BYTES, decoded
from ingest.retries import Interrupted


@given(st.binary(max_size=3_000), st.lists(st.sampled_from(["gzip", "deflate"]), max_size=2), st.integers(1, 99))
def test_decoding_undoes_encoding_however_it_is_cut_up(body: bytes, encodings: list[str], size: int) -> None:
    sent = _encoded(body, encodings)
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert decoded(pieces, ", ".join(encodings), 3_000) == body


@given(st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate"]), st.data())
def test_no_cut_in_compressed_data_goes_unseen(body: bytes, encoding: str, data: st.DataObject) -> None:
    sent = _encoded(body, [encoding])
    cut = data.draw(st.integers(1, len(sent) - 1))
    with pytest.raises(Interrupted):
        decoded([sent[:cut]], encoding, 500)


@pytest.mark.parametrize("extra_bytes", range(-2, 5))
@pytest.mark.parametrize("ending", ["whole", "without checksum"])
def test_deflate_that_ends_about_where_a_piece_ends_is_whole(ending: str, extra_bytes: int) -> None:
    body = b"a" * (PIECE_BYTES + extra_bytes)
    sent = zlib.compress(body) if ending == "whole" else zlib.compress(body)[2:-4]
    assert decoded([sent], "deflate", len(body)) == body


def _encoded(body: bytes, encodings: list[str]) -> bytes:
    for encoding in encodings:
        body = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    return body
