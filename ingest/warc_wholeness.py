"""Whether what a record holds is all of a response, and as it was written: parts of one are refused, not kept as it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Protocol

from ingest.holdings import NotGiven

ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})
HEXADECIMAL = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""How long a digest is in hexadecimal; a shorter one is in base 32."""


class Headers(Protocol):
    """The headers of a record."""

    def get(self, name: str) -> str | None: ...


def refuse_part(headers: Headers) -> None:
    """Raise NotGiven where a record says itself that it was cut short (ISO 28500, 5.13) or is a segment (5.16)."""
    cut = headers.get("WARC-Truncated")
    if cut:
        raise NotGiven(f"the record says that its response was cut short ({cut[:60]}), expected all of it")
    if headers.get("WARC-Segment-Number"):
        raise NotGiven("the record holds a segment of a response, expected all of it in one record")


def refuse_altered(block: bytes, stated: str | None) -> None:
    """Raise NotGiven where a block has another digest than is stated; one that cannot be checked says nothing."""
    algorithm, _, printed = (stated or "").strip().partition(":")
    name = algorithm.lower().replace("-", "")
    if name not in ALGORITHMS:
        return
    try:
        meant = bytes.fromhex(printed) if len(printed) == HEXADECIMAL[name] else base64.b32decode(printed.upper())
    except (ValueError, binascii.Error):
        return
    if hashlib.new(name, block, usedforsecurity=False).digest() != meant:
        raise NotGiven(f"the record has other bytes than it states, expected {algorithm} {printed[:128]}")


def refuse_short(body: bytes, status: int, headers: Mapping[str, str], name: str = "content-length") -> None:
    """Raise NotGiven where a response has fewer bytes than its own headers (names in small letters) say.

    What was compressed or sent in chunks states the length of something else, and so may an error.
    """
    stated = headers.get(name, "").strip()
    codings = headers.get("content-encoding", "identity").strip().lower(), headers.get("transfer-encoding", "").strip()
    if status != 200 or codings not in (("identity", ""), ("", "")) or not stated.isdecimal() or len(stated) > 18:
        return
    if len(body) < int(stated):
        raise NotGiven(f"the response breaks off after {len(body)} bytes, expected {int(stated)} as its headers say")
