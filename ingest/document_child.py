"""The process that opens documents: reads bodies from its standard input, writes one JSON line a page.

Nothing is imported here before the limits are set; a document can end this process and nothing else.
A request is 8 bytes of length (big-endian) and the body; the last line of an answer has a `state`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import IO, Any

HEADER_BYTES = 8
MAX_OPEN_FILES = 64
SPARE_SECONDS = 2


def main() -> None:
    """Answer requests until the input ends. Arguments: bytes of memory, CPU seconds for a document, pages."""
    max_bytes_of_memory, max_cpu_seconds, max_pages = map(int, sys.argv[1:4])
    answers = _own_output()
    _limit(max_bytes_of_memory)
    from parsers.pdf import EXTRACTOR

    _say(answers, {"extractor": EXTRACTOR})
    while header := sys.stdin.buffer.read(HEADER_BYTES):
        body = sys.stdin.buffer.read(int.from_bytes(header))
        _allow_cpu_seconds(max_cpu_seconds)
        _answer(answers, body, max_pages)


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


def _answer(answers: IO[bytes], body: bytes, max_pages: int) -> None:
    """One line for each page of a document, then its state."""
    from parsers.pdf import Unreadable, pages

    reading = pages(body, max_pages=max_pages)
    state, reason = "done", None
    try:
        while True:
            page = next(reading)
            _say(answers, {"page": page.page, "text": page.text, "how": page.how})
    except StopIteration as end:
        reason = end.value
    except Unreadable as problem:
        state, reason = problem.state, problem.reason
    except MemoryError:
        state, reason = "memory", "the document needs more memory than a document may have"
    except Exception as problem:
        state, reason = "crashed", f"{type(problem).__name__}: {problem}"
    _say(answers, {"state": state, "reason": reason})


def _say(answers: IO[bytes], line: dict[str, Any]) -> None:
    answers.write(json.dumps(line).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
