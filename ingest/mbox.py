"""Mailboxes in one file (RFC 4155): where each message stands, read piece by piece whatever their size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from ingest.files import open_file
from parsers.mail import ENOUGH, headers_of_mail
from parsers.mail_headers import MAX_HEADER_BYTES, NAMED

LINE_BYTES = 1 << 16
AHEAD_BYTES = 1 << 13
SEPARATOR = re.compile(rb"From .{0,300}\d{1,2}:\d{2}(?::\d{2})?\b.{0,60}\b\d{4}\s*", re.DOTALL)
BLANK_LINE = re.compile(rb"\n\r?\n")
QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class Span(NamedTuple):
    """A message within a mailbox: where it begins and ends, in bytes, and its headers."""

    start: int
    end: int
    head: bytes


def is_mailbox(head: bytes) -> bool:
    """Whether a file that begins so is a mailbox: the line of a sender and a time, then a header."""
    first, _, second = head.partition(b"\n")
    return bool(SEPARATOR.fullmatch(first) and (NAMED.match(second) or second.startswith(b">From ")))


def spans(file: Path) -> Iterator[Span]:
    """The messages of a mailbox, one at a time. Raises UnreadableFile.

    A line that separates messages has a sender and a time, and headers of mail after it: one behind a blank line,
    several where that is missing. A sentence that begins with From separates nothing.
    """
    with open_file(file) as opened:
        yield from _spans(opened)


def _spans(opened: IO[bytes]) -> Iterator[Span]:
    head, in_head, begun = bytearray(), True, -1
    place, after_blank = 0, True
    line = opened.readline(LINE_BYTES)
    while line:
        following = opened.readline(LINE_BYTES)
        if line.startswith(b"From ") and _separates(line, following, opened, after_blank=after_blank):
            if begun >= 0:
                yield Span(begun, place, bytes(head))
            begun, head, in_head = place + len(line), bytearray(), True
        elif in_head:
            in_head = bool(line.strip()) and len(head) <= MAX_HEADER_BYTES
            head += line
        after_blank = line in (b"\n", b"\r\n")
        place, line = place + len(line), following
    if begun >= 0:
        yield Span(begun, place, bytes(head))


def _separates(line: bytes, following: bytes, opened: IO[bytes], *, after_blank: bool) -> bool:
    """Whether a message begins behind a line; what is read ahead for that is put back."""
    if not (SEPARATOR.fullmatch(line) and NAMED.match(following)):
        return False
    place = opened.tell()
    head = following + opened.read(AHEAD_BYTES)
    opened.seek(place)
    if after_blank and not BLANK_LINE.search(head):
        return True
    return len(headers_of_mail(head)) >= (1 if after_blank else ENOUGH)


def message_in(opened: IO[bytes], start: int, end: int) -> bytes:
    """A message as it was sent: without the blank line that ends it, its quoted `From ` lines unquoted."""
    opened.seek(start)
    message = opened.read(end - start)
    for blank in (b"\r\n\r\n", b"\n\n"):
        if message.endswith(blank):
            message = message[: -len(blank) // 2]
            break
    return QUOTED.sub(rb"\1", message)
