"""Undoing Content-Encoding within bounds (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import brotli
import zstandard

from ingest.retries import Interrupted, Stopped

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
PIECE_BYTES = 64 * 1024
MAX_ENCODINGS = 2
MAX_MEMBERS = 1_000

GZIP_WBITS = 16 + zlib.MAX_WBITS
ZLIB_WBITS = zlib.MAX_WBITS
RAW_DEFLATE_WBITS = -zlib.MAX_WBITS
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""The largest window of a body's zstd frames (RFC 9659)."""
ZSTD_SLICE_BYTES = 64
"""So much of zstd is taken at once: a block has 4 bytes at least and 128 KiB at most, so it grows to some 2 MiB."""


def decoded(pieces: Iterable[bytes], content_encoding: str, max_bytes: int) -> bytes:
    """The whole body after its content encodings, last applied undone first; a body of no bytes stays one.

    Never holds more than `max_bytes` and a few pieces. Raises Stopped beyond that and for encodings that
    were not asked for, Interrupted where the compressed data is cut short or damaged.
    """
    for encoding in reversed(_encodings(content_encoding)):
        pieces = DECODERS[encoding](pieces)
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise Stopped(f"body grows beyond {max_bytes} bytes when decoded, expected at most that")
        kept.append(piece)
    return b"".join(kept)


def _encodings(content_encoding: str) -> list[str]:
    named = [name.strip().lower() for name in content_encoding.split(",")]
    encodings = [name for name in named if name not in ("", "identity")]
    unknown = [name for name in encodings if name not in DECODERS]
    if unknown:
        raise Stopped(f"Content-Encoding {content_encoding!r}, expected {ACCEPT_ENCODING} or none")
    if len(encodings) > MAX_ENCODINGS:
        raise Stopped(f"{len(encodings)} content encodings on one body, expected at most {MAX_ENCODINGS}")
    return encodings


def _ungzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip member or several in a row (RFC 1952, 2.2), each whole; zero padding after the last is left out."""
    members = 0
    member: zlib._Decompress | None = None
    for data in pieces:
        while data:
            if member is None:
                data = data.lstrip(b"\0") if members else data
                if not data:
                    break
                member = zlib.decompressobj(GZIP_WBITS)
                members += 1
                if members > MAX_MEMBERS:
                    raise Stopped(f"more than {MAX_MEMBERS} gzip members, expected one")
            yield from _drained(member, data, "gzip")
            data = member.unused_data
            member = None if member.eof else member
    if member is not None:
        raise Interrupted("gzip data is cut short, expected its end")


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """`deflate` as the RFC has it (zlib) and as some servers send it (without the zlib header)."""
    stream: zlib._Decompress | None = None
    start = b""
    for data in pieces:
        if stream is None:
            start += data
            if len(start) < 2:
                continue
            data = start
            stream = zlib.decompressobj(ZLIB_WBITS if _has_zlib_header(start) else RAW_DEFLATE_WBITS)
        yield from _drained(stream, data, "deflate")
        if stream.unused_data:
            raise Interrupted("deflate data is followed by other bytes, expected its end")
    if start and (stream is None or not stream.eof):
        raise Interrupted("deflate data is cut short, expected its end")


def _has_zlib_header(start: bytes) -> bool:
    return start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0


def _drained(stream: zlib._Decompress, data: bytes, encoding: str) -> Iterator[bytes]:
    """What `data` decompresses to, never more than PIECE_BYTES at once."""
    more = bool(data)
    while more and not stream.eof:
        try:
            piece = stream.decompress(data, PIECE_BYTES)
        except zlib.error as damage:
            raise Interrupted(f"{encoding} data is damaged ({damage}), expected it whole") from damage
        yield piece
        data = stream.unconsumed_tail
        more = bool(data) or len(piece) == PIECE_BYTES


def _unbrotlied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Brotli (RFC 7932): one stream, to its end."""
    stream: brotli.Decompressor | None = None
    for data in pieces:
        stream = stream or brotli.Decompressor()
        try:
            while piece := stream.process(data, output_buffer_limit=PIECE_BYTES):
                yield piece
                data = b""
                if stream.is_finished():
                    break
        except brotli.error as damage:
            raise Interrupted("br data is damaged or followed by other bytes, expected it whole") from damage
    if stream is not None and not stream.is_finished():
        raise Interrupted("br data is cut short, expected its end")


def _unzstded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Zstandard (RFC 8878): one frame or several in a row, each whole."""
    frames = 0
    frame: zstandard.ZstdDecompressionObj | None = None
    for data in (
        each[start : start + ZSTD_SLICE_BYTES] for each in pieces for start in range(0, len(each), ZSTD_SLICE_BYTES)
    ):
        while data:
            if frame is None:
                frame = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()
                frames += 1
                if frames > MAX_MEMBERS:
                    raise Stopped(f"more than {MAX_MEMBERS} zstd frames, expected one")
            try:
                yield frame.decompress(data)
            except zstandard.ZstdError as damage:
                raise Interrupted(f"zstd data is damaged ({damage}), expected it whole") from damage
            data = frame.unused_data
            frame = None if frame.eof else frame
    if frame is not None:
        raise Interrupted("zstd data is cut short, expected its end")


DECODERS: Mapping[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": _ungzipped,
    "x-gzip": _ungzipped,
    "deflate": _inflated,
    "br": _unbrotlied,
    "zstd": _unzstded,
}
