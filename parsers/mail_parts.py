"""The parts of a message (RFC 2045, 2046), within limits: what each is, and its bytes."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from functools import cached_property

from parsers.mail_headers import Headers, from_base64, split_message, without_preamble
from parsers.page import PageChanged

NEWLINE = 0x0A
MAX_PARTS = 500
MAX_DEPTH = 20
MAX_BYTES_OF_PARTS = 256 * 1024 * 1024
"""Of all parts together, each counted again in the part that it stands in: what memory it may take to divide them."""
MESSAGES = ("message/rfc822", "message/global")
DAMAGED_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
BEGIN_UU = re.compile(rb"^begin [0-7]{3,4} [^\n]{0,500}\n", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One part: a leaf with a body, or one that holds others. `section` is its number as IMAP counts (RFC 3501)."""

    headers: Headers
    body: bytes
    section: str
    is_closed: bool
    """Whether the part was seen to end; one that is cut off was not."""
    parts: tuple[Part, ...] = field(default=())

    @cached_property
    def kind(self) -> str:
        return self.headers.media_type()[0]

    @cached_property
    def parameters(self) -> dict[str, str]:
        return self.headers.media_type()[1]

    @cached_property
    def disposition(self) -> str:
        return self.headers.disposition()[0]

    @cached_property
    def filename(self) -> str:
        """The name that its sender gave it, without folders; empty where there is none."""
        named = self.headers.disposition()[1].get("filename") or self.parameters.get("name") or ""
        return re.split(r"[/\\]", named)[-1].strip()[:200]

    @property
    def is_torn(self) -> bool:
        """Whether words are missing for certain: base64 that breaks off, or holds what is none."""
        return self.encoding == b"base64" and not self._decoded[1]

    @property
    def is_message(self) -> bool:
        return self.kind in MESSAGES and bool(self.parts)

    @cached_property
    def encoding(self) -> bytes:
        return self.headers.raw("content-transfer-encoding").strip().lower()

    @cached_property
    def _decoded(self) -> tuple[bytes, bool]:
        return _without_encoding(self.body, self.encoding)

    @property
    def content(self) -> tuple[bytes, bool]:
        """Its bytes without the transfer encoding, and whether nothing of them was damaged or cut off."""
        data, whole = self._decoded
        return data, whole and self.is_closed


def read_message(message: bytes) -> Part:
    """A message as a tree of parts; raises PageChanged where it is beyond the limits on headers, parts and depth."""
    return _read(without_preamble(message), "", 0, Budget(), is_closed=True)


@dataclass(slots=True)
class Budget:
    """What the parts of a message have come to so far."""

    parts: int = 0
    size: int = 0

    def spend(self, data: bytes, depth: int) -> None:
        """Count one more part; raises PageChanged where it is one too many, too deep or too large."""
        self.parts += 1
        self.size += len(data)
        if self.parts > MAX_PARTS or depth > MAX_DEPTH:
            raise PageChanged(f"message: more than {MAX_PARTS} parts or {MAX_DEPTH} one in another, expected fewer")
        if self.size > MAX_BYTES_OF_PARTS:
            raise PageChanged(f"message: parts of more than {MAX_BYTES_OF_PARTS:,} bytes together, expected fewer")


def _read(data: bytes, section: str, depth: int, budget: Budget, *, is_closed: bool) -> Part:
    budget.spend(data, depth)
    headers, body = split_message(data)
    part = Part(headers, body, section or "1", is_closed)
    inner: list[tuple[bytes, bool]] = []
    if part.kind.startswith("multipart/"):
        boundary = part.parameters.get("boundary", "")
        inner = _divided(body, boundary)
        if not inner and body.strip():
            raise PageChanged(
                f"message: {part.kind} with no line of its boundary {boundary[:80]!r}, expected its parts"
            )
    elif part.kind in MESSAGES:
        inner = [part.content]
    if not inner:
        return part
    within = [
        _read(each, _number(section, place, part), depth + 1, budget, is_closed=is_closed and closed)
        for place, (each, closed) in enumerate(inner, start=1)
    ]
    return Part(headers, b"", section or "1", is_closed, tuple(within))


def _number(section: str, place: int, part: Part) -> str:
    """The section of a part within another; the whole of a message within a message has the section of its part."""
    if part.kind in MESSAGES:
        return section
    return f"{section}.{place}" if section else f"{place}"


def _divided(body: bytes, boundary: str) -> list[tuple[bytes, bool]]:
    """What stands between the lines of a boundary, each with whether a further such line follows it."""
    line = boundary.encode("utf-8", "surrogateescape").rstrip()
    if not line:
        return []
    delimiter = re.compile(rb"--" + re.escape(line) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found: list[tuple[int, int, bool]] = []
    for match in delimiter.finditer(body):
        start = match.start()
        if start and body[start - 1] != NEWLINE:
            continue
        before = 0 if start == 0 else 2 if body.endswith(b"\r\n", 0, start) else 1
        found.append((start - before, match.end(), match[1] is not None))
        if match[1] or len(found) > MAX_PARTS + 1:
            break
    divided = []
    for place, (_, start, is_last) in enumerate(found):
        closed = place + 1 < len(found)
        if not is_last:
            divided.append((_after_line(body[start : found[place + 1][0] if closed else len(body)]), closed))
    return divided


def _after_line(data: bytes) -> bytes:
    return data[2:] if data.startswith(b"\r\n") else data[1:] if data.startswith(b"\n") else data


def _without_encoding(body: bytes, how: bytes) -> tuple[bytes, bool]:
    if how == b"base64":
        return from_base64(body)
    if how == b"quoted-printable":
        return binascii.a2b_qp(body), DAMAGED_QUOTED.search(body) is None
    if how in (b"uuencode", b"x-uuencode", b"uue", b"x-uue"):
        return _from_uu(body)
    return body, how in (b"", b"7bit", b"8bit", b"binary")


def _from_uu(body: bytes) -> tuple[bytes, bool]:
    begin = BEGIN_UU.search(body)
    decoded: list[bytes] = []
    for line in body[begin.end() :].splitlines() if begin else ():
        if line.strip() == b"end":
            return b"".join(decoded), True
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return b"".join(decoded), False
    return b"".join(decoded) if begin else body, False
