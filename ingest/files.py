"""Reading files that an operator names: regular ones, within limits, without waiting for a FIFO or a device."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MAX_FILE_BYTES = 50 * 1024 * 1024
STANDARD_INPUT = Path("-")


class UnreadableFile(OSError):
    """A file that cannot be taken in, as `file: what, expected what`."""


def read_file(file: Path) -> bytes:
    """The bytes of a regular file, or of standard input for `-`; never beyond the limit. Raises UnreadableFile."""
    try:
        if file == STANDARD_INPUT:
            body = _read_input()
        else:
            with _opened(file) as opened:
                body = opened.read(MAX_FILE_BYTES + 1)
    except OSError as problem:
        raise _unreadable(file, problem.strerror or str(problem)) from problem
    if len(body) > MAX_FILE_BYTES:
        raise _unreadable(file, "too large")
    return body


@contextmanager
def open_file(file: Path) -> Iterator[IO[bytes]]:
    """A regular file of any size, opened for reading piece by piece. Raises UnreadableFile."""
    try:
        with _opened(file) as opened:
            yield opened
    except OSError as problem:
        raise UnreadableFile(f"{file}: {problem.strerror or problem}, expected a readable, regular file") from problem


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    with open(file, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError("a FIFO, socket or device")
        yield opened


def _read_input() -> bytes:
    if sys.stdin is None:
        raise OSError("closed")
    return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)


def _unreadable(file: Path, what: str) -> UnreadableFile:
    name = "standard input" if file == STANDARD_INPUT else file
    return UnreadableFile(f"{name}: {what}, expected a readable, regular file of at most {MAX_FILE_BYTES:,} bytes")
