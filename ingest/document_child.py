"""The process that opens documents: reads bodies from its standard input, writes one JSON line a page.

Nothing is imported here before the limits are set; a document can end this process and nothing else.
A request is a REQUEST and the body; the last line of an answer has a `state`.
"""

from __future__ import annotations

import json
import os
import resource
import select
import struct
import sys
from base64 import b64encode
from collections.abc import Generator
from dataclasses import asdict
from typing import IO, Any

REQUEST = struct.Struct(">QII")
"""Bytes of the body; the page to draw, or 0 for the text of all; the most pixels that its picture is wide."""
MAX_OPEN_FILES = 64
SPARE_SECONDS = 2


def main() -> None:
    """Answer requests until the input ends, or none came for so long.

    Arguments: bytes of memory, CPU seconds for a document, pages, seconds without a request.
    """
    max_bytes_of_memory, max_cpu_seconds, max_pages, max_idle_seconds = map(int, sys.argv[1:5])
    answers = _own_output()
    _limit(max_bytes_of_memory)
    from parsers.pdf import EXTRACTOR

    _say(answers, {"extractor": EXTRACTOR})
    while header := _request(max_idle_seconds):
        size, page, width = REQUEST.unpack(header)
        body = sys.stdin.buffer.read(size)
        _allow_cpu_seconds(max_cpu_seconds)
        _answer(answers, _picture(body, page, width) if page else _text(body, max_pages))


def _request(max_idle_seconds: int) -> bytes:
    """What a request begins with; nothing where none comes."""
    ready, _, _ = select.select([0], [], [], max_idle_seconds)
    return sys.stdin.buffer.read(REQUEST.size) if ready else b""


def _own_output() -> IO[bytes]:
    """The pipe to the parent, taken out of the reach of libraries that print."""
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.close(silence)
    return answers


def _limit(max_bytes_of_memory: int) -> None:
    """No more memory than this, no core files, no written files, few open ones."""
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes_of_memory, max_bytes_of_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))


def _allow_cpu_seconds(seconds: int) -> None:
    """From now on this much processor time, a little more than the parent's deadline, whatever was used before."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _text(body: bytes, max_pages: int) -> Generator[object, None, str | None]:
    """Each page of a document; returns what was repaired."""
    from parsers.pdf import pages

    return (yield from pages(body, max_pages=max_pages))


def _picture(body: bytes, page: int, width: int) -> Generator[object, None, None]:
    from parsers.pdf_pictures import picture

    yield {"png": b64encode(picture(body, page, width)).decode()}


def _answer(answers: IO[bytes], lines: Generator[object, None, str | None]) -> None:
    """One line for each thing that is found in a document, then its state."""
    from parsers.pdf import Unreadable

    state, reason = "done", None
    try:
        while True:
            _say(answers, next(lines))
    except StopIteration as end:
        reason = end.value
    except Unreadable as problem:
        state, reason = problem.state, problem.reason
    except MemoryError:
        state, reason = "memory", "the document needs more memory than a document may have"
    except Exception as problem:
        state, reason = "crashed", f"{type(problem).__name__}: {problem}"
    _say(answers, {"state": state, "reason": reason})


def _say(answers: IO[bytes], line: Any) -> None:
    answers.write(json.dumps(line, default=asdict).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
