"""WARC files written by hand, record by record, so that any of their headers may lie."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from replica.page import page_of
from tests.lifecycle.world import ADDRESS, shown

KEYS = ("phone-system", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
PAGE = page_of(shown(*KEYS), serial=1)
HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def record(
    *headers: str,
    url: str = ADDRESS,
    date: str = "2018-07-02T09:00:00Z",
    kind: str = "response",
    body: bytes = PAGE,
    http: str | None = HTML,
    length: object = None,
) -> bytes:
    """One record; `headers` are further lines of its head, `length` what it says of itself instead of the truth."""
    block = (f"{http}\r\n".encode() if http else b"") + body
    lines = [
        *("WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", f"WARC-Date: {date}"),
        *("WARC-Record-ID: <urn:uuid:0b6f2b0e-3c3c-4f2e-9c5e-5f1d1c1b1a19>", "Content-Type: application/http"),
        *(*headers, f"Content-Length: {len(block) if length is None else length}", "", ""),
    ]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def warc(file: Path, records: Sequence[bytes]) -> Path:
    """A file of these records, each compressed by itself where its name says so."""
    file.write_bytes(b"".join(gzip.compress(each) if file.suffix == ".gz" else each for each in records))
    return file
