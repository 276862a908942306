"""Content encodings are undone exactly, to their end, and within bounds."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ingest.decode import PIECE_BYTES, decoded
from ingest.retries import Interrupted, Stopped

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=3)),
    "zstd": zstandard.compress,
}
ENCODINGS = list(ENCODERS)


@given(st.binary(max_size=3_000), st.lists(st.sampled_from(ENCODINGS), max_size=2), st.integers(1, 99))
def test_decoding_undoes_encoding_however_it_is_cut_up(body: bytes, encodings: list[str], size: int) -> None:
    sent = _encoded(body, encodings)
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert decoded(pieces, ", ".join(encodings), 3_000) == body


@given(st.binary(min_size=1, max_size=500), st.sampled_from(ENCODINGS), st.data())
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
        body = ENCODERS[encoding](body)
    return body


BOMB_BYTES = 300_000_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_grows_beyond_the_limit_is_refused_before_it_is_there(encoding: str) -> None:
    bomb = _encoded(bytes(BOMB_BYTES), [encoding])
    tracemalloc.start()
    try:
        with pytest.raises(Stopped, match="grows beyond 1000000 bytes"):
            decoded([bomb], encoding, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_several_zstd_frames_are_one_body_and_too_many_are_none() -> None:
    frame = zstandard.compress(b"words ")
    assert decoded([frame * 3], "zstd", 100) == b"words " * 3
    with pytest.raises(Stopped, match="more than 1000 zstd frames"):
        decoded([frame * 1_001], "zstd", 100_000)


def test_a_zstd_frame_with_a_larger_window_than_the_web_allows_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=27)
    compressor = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    sent = compressor.compress(b"words") + compressor.flush()
    with pytest.raises(Interrupted, match="zstd data is damaged"):
        decoded([sent], "zstd", 100)


@pytest.mark.parametrize("encoding", ["br", "zstd"])
@pytest.mark.parametrize("extra", [b"more", b"\0" * 9])
def test_other_bytes_behind_a_body_are_not_passed_over(encoding: str, extra: bytes) -> None:
    for pieces in ([_encoded(b"words", [encoding]) + extra], [_encoded(b"words", [encoding]), extra]):
        with pytest.raises(Interrupted):
            decoded(pieces, encoding, 100)
