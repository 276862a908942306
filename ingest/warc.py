"""WARC records (ISO 28500): which captures a file holds, and the response in one of them, within bounds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from ingest.decode import GZIP_WBITS, PIECE_BYTES, decoded
from ingest.holdings import Given, NotGiven, Row, Unusable
from ingest.retries import Interrupted, Stopped
from ingest.warc_wholeness import refuse_altered, refuse_part, refuse_short

MAX_RECORD_BYTES = 60 * 1024 * 1024
MAX_BODY_BYTES = 50 * 1024 * 1024
MAX_HEAD_BYTES = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b"
ARC = b"filedesc:"
"""What files of the format before WARC begin with."""
MAGIC = {"gzip": GZIP_MAGIC, "x-gzip": GZIP_MAGIC, "zstd": b"\x28\xb5\x2f\xfd"}
"""What compressed payloads begin with; those of brotli begin with nothing of their own."""
PLAIN = re.compile(rb"\s*(?:<[!?a-zA-Z]|[{\[]\s*[\"{\[\]}0-9]|%PDF-)")
"""How a page, a feed, JSON or a PDF begins that is not compressed, whatever its headers say."""
NO_RECORD = "Invalid WARC header"
"""What the reader says where a record ought to begin and none does."""
REVISIT = "warc/revisit"
CAPTURES = (WarcRecordType.response, WarcRecordType.revisit, WarcRecordType.resource)
WEB = re.compile(r"https?://", re.IGNORECASE)
STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: .*)?")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,12})[^\r\n]*\r?\n")
CHUNK_ALONE = re.compile(rb"([0-9a-fA-F]{1,12})[ \t]*(?:;[^\r\n]*)?\r\n")
"""The head of a first chunk that is nothing else: no page begins so."""


class Unreadable(Exception):
    """What the reader of records said of bytes that it cannot read."""


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the reader raises for bad bytes as Unreadable; its panics are no Exception (pyo3)."""
    try:
        yield
    except Exception as problem:
        raise Unreadable(str(problem)) from problem
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise Unreadable("the reader of WARC records gave up") from problem


class DamagedFile(Exception):
    """A file that cannot be read on from somewhere; the message says what was expected."""


def captures_in(stream: IO[bytes], places: IO[bytes], name: str) -> Iterator[Row | Unusable]:
    """The captures of web addresses in a WARC file, in its order, each with its place in the file.

    `places` is a second stream over the same bytes. Raises DamagedFile where the file cannot be read on: what came
    before is good.
    """
    is_compressed = _peeked(places, 0) == GZIP_MAGIC
    if _beginning(places).startswith(ARC):
        raise DamagedFile(f"{name}: an ARC file, expected a WARC file (`warcio recompress` makes one of it)")
    try:
        with _told():
            records = ArchiveIterator(stream, parse_http=False, fsspec_args=False)
    except Unreadable as problem:
        raise DamagedFile(f"{name}: {problem}, expected a WARC file") from problem
    before, last = -1, None
    while True:
        try:
            with _told():
                record = next(records, None)
        except Unreadable as problem:
            yield from _before_damage(last, str(problem))
            raise DamagedFile(f"{name}: {problem} after byte {max(before, 0)}, expected a WARC record") from problem
        if last is not None:
            yield last[0]
        if record is None:
            if is_compressed:
                _refuse_cut(places, max(before, 0), name)
            return
        if record.stream_pos <= before or (is_compressed and _peeked(places, record.stream_pos) != GZIP_MAGIC):
            raise DamagedFile(f"{name}: compressed as a whole, expected each record by itself (`warcio recompress`)")
        before = record.stream_pos
        row = _row(record, name) if record.record_type in CAPTURES else None
        last = (row, bool(record.headers.get("WARC-Block-Digest"))) if row is not None else None


def _before_damage(last: tuple[Row | Unusable, bool] | None, problem: str) -> Iterator[Row | Unusable]:
    """The record before the damage: where another ought to begin behind it, only a digest tells its length is true."""
    if last is None:
        return
    row, is_sealed = last
    if isinstance(row, Row) and NO_RECORD in problem and not is_sealed:
        row = replace(row, problem="no record begins where this one ends by its own length, expected one")
    yield row


def _peeked(places: IO[bytes], position: int) -> bytes:
    places.seek(position)
    return places.read(2)


def _beginning(places: IO[bytes]) -> bytes:
    """The first bytes of a file, decompressed."""
    places.seek(0)
    start = places.read(PIECE_BYTES)
    if not start.startswith(GZIP_MAGIC):
        return start
    try:
        return zlib.decompressobj(GZIP_WBITS).decompress(start, PIECE_BYTES)
    except zlib.error:
        return b""


def _refuse_cut(stream: IO[bytes], position: int, name: str) -> None:
    """Raise DamagedFile where a compressed file breaks off behind its last record, which the reader does not tell."""
    stream.seek(position)
    member: Any = None
    waiting = b""
    try:
        while waiting or (waiting := stream.read(PIECE_BYTES)):
            member = member or zlib.decompressobj(GZIP_WBITS)
            member.decompress(waiting, PIECE_BYTES)
            waiting = member.unused_data or member.unconsumed_tail
            member = None if member.eof else member
    except zlib.error as problem:
        raise DamagedFile(f"{name}: {problem} after byte {position}, expected compressed records") from problem
    if member is not None:
        raise DamagedFile(f"{name}: breaks off after byte {position}, expected a whole last record")


def _row(record: Any, name: str) -> Row | Unusable | None:
    """What a record holds; None where it is of no web address."""
    url = str(record.headers.get("WARC-Target-URI") or "").strip("<>")
    if not WEB.match(url):
        return None
    at = _date(str(record.headers.get("WARC-Date") or ""))
    if at is None:
        stated = record.headers.get("WARC-Date")
        return Unusable(f"{name}: {url[:200]} captured at {stated!r}, expected a time with its zone")
    too_large = record.content_length > MAX_RECORD_BYTES
    return Row(
        url=url,
        at=at,
        digest=plain_digest(record.headers.get("WARC-Payload-Digest")),
        media_type=REVISIT if record.record_type == WarcRecordType.revisit else "",
        file=name,
        position=record.stream_pos,
        problem=f"{record.content_length} bytes, expected at most {MAX_RECORD_BYTES}" if too_large else None,
    )


def _date(printed: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(printed)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def plain_digest(printed: str | None) -> str:
    """A digest without the name of its algorithm; empty where there is none."""
    return (printed or "").strip().rpartition(":")[2].removeprefix("-")


def given_in(stream: IO[bytes], url: str) -> Given:
    """The response in the record that a stream stands at, of the address `url`. Raises NotGiven."""
    try:
        with _told():
            record = next(iter(ArchiveIterator(stream, parse_http=False, fsspec_args=False)), None)
    except Unreadable as problem:
        raise NotGiven(f"the WARC record is damaged: {problem}") from problem
    if record is None:
        raise NotGiven("nothing at its place in the file, expected a WARC record")
    stated = str(record.headers.get("WARC-Target-URI") or "").strip("<>")
    if stated != url:
        raise NotGiven(f"a record of {stated[:200]!r} is at its place in the file, expected one of {url}")
    refuse_part(record.headers)
    block = _block(record)
    refuse_altered(block, record.headers.get("WARC-Block-Digest"))
    if record.record_type == WarcRecordType.resource:
        kind = record.headers.get("Content-Type")
        return Given(url, 200, (("Content-Type", kind),) if kind else (), _bounded(block))
    return response_in(block, url)


def _block(record: Any) -> bytes:
    if record.content_length > MAX_RECORD_BYTES:
        raise NotGiven(f"{record.content_length} bytes, expected at most {MAX_RECORD_BYTES}")
    try:
        with _told():
            block: bytes = record.reader.read(MAX_RECORD_BYTES + 1)
    except Unreadable as problem:
        raise NotGiven(f"the WARC record is damaged: {problem}") from problem
    if len(block) < record.content_length:
        raise NotGiven(f"the WARC record is cut short after {len(block)} bytes, expected {record.content_length}")
    return block


def response_in(block: bytes, url: str) -> Given:
    """An HTTP response as it was sent, its transfer and content codings undone. Raises NotGiven."""
    end = END_OF_HEAD.search(block, 0, MAX_HEAD_BYTES)
    head, payload = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    first, *lines = head.splitlines()[:1_000] or [b""]
    status = STATUS_LINE.fullmatch(first.strip())
    if status is None:
        raise NotGiven(f"the record begins with {first[:60]!r}, expected a status line")
    headers = tuple(_headers(lines))
    stated = {name.lower(): value for name, value in headers}
    if "chunked" in stated.get("transfer-encoding", "").lower():
        payload = unchunked(payload)
    body = _decoded(payload, stated.get("content-encoding", ""))
    refuse_short(body, int(status[1]), stated)
    return Given(url, int(status[1]), headers, body)


def _headers(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon and name.strip():
            yield name.strip(), value.strip()


def unchunked(payload: bytes) -> bytes:
    """A payload without its chunk heads (RFC 9112, 7.1); one that states chunks and has none is left as it is.

    Raises NotGiven where the chunks break off.
    """
    pieces: list[bytes] = []
    place = 0
    while chunk := CHUNK.match(payload, place):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(payload[chunk.end() : chunk.end() + size])
        place = chunk.end() + size
        if place > len(payload):
            break
    if not pieces or (len(pieces) == 1 and place > len(payload) and not CHUNK_ALONE.match(payload)):
        return payload
    raise NotGiven(f"the chunks of the response break off after {place} bytes, expected a last one")


def _decoded(payload: bytes, coding: str) -> bytes:
    """A payload without its content codings; one that states codings and is decoded already is left as it is."""
    magic = MAGIC.get(coding.strip().lower(), b"")
    if not payload.startswith(magic):
        return _bounded(payload)
    try:
        return decoded([payload], coding, MAX_BODY_BYTES)
    except (Stopped, Interrupted) as problem:
        if isinstance(problem, Interrupted) and coding.strip().lower() == "br" and PLAIN.match(payload):
            return _bounded(payload)
        raise NotGiven(str(problem)) from problem


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BODY_BYTES:
        raise NotGiven(f"{len(body)} bytes, expected at most {MAX_BODY_BYTES}")
    return body
