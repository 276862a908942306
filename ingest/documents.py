"""Documents are opened in a child process with limits: a hostile one costs itself, never the run."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self, TypeVar

from ingest.document_child import REQUEST
from parsers.pdf import PageText

ROOT = Path(__file__).resolve().parents[1]
CHUNK_BYTES = 1 << 16
START_SECONDS = 60
LAST_WORDS_SECONDS = 5
FAULTS_OF_THE_CHILD = ("crashed", "memory")
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What was read of one document.

    `state` is done, encrypted, not-a-pdf, empty, damaged, too-large, timeout, crashed or memory; `pages` are those
    read before it came to that; `reason` says why, or for a done one what was repaired; `extractor` is what read it.
    """

    state: str
    reason: str | None
    pages: tuple[PageText, ...]
    extractor: str


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page drawn as PNG: no bytes where `state` is not done, which may be missing too; `reason` then says why."""

    state: str
    reason: str | None
    png: bytes


Found = TypeVar("Found", DocumentText, PagePicture)


class Ended(Exception):
    """The child gave no whole answer: `state` and `reason` of the document."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")
        self.state = state
        self.reason = reason


class DocumentReader:
    """Reads documents one after the other in a child process, which is replaced when one of them breaks it.

    A child that is not asked for `max_idle_seconds` ends, and the next document starts another. For one thread at a
    time. Nothing that a document or the child does raises out of `read` and `draw`.
    """

    def __init__(
        self,
        *,
        max_seconds: float = 60,
        max_bytes_of_memory: int = 1 << 30,
        max_pages: int = 500,
        max_output_bytes: int = 64 << 20,
        max_documents_per_child: int = 200,
        max_idle_seconds: int = 120,
    ) -> None:
        self._max_seconds = max_seconds
        self._max_output_bytes = max_output_bytes
        self._max_documents_per_child = max_documents_per_child
        limits = (max_bytes_of_memory, int(max_seconds) + 1, max_pages, max_idle_seconds)
        self._arguments = [str(each) for each in limits]
        self._child: Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def read(self, body: bytes) -> DocumentText:
        """The text of one document; one that breaks a used child is tried once more in a fresh one."""
        return self._tried(lambda: self._read(body))

    def draw(self, body: bytes, page: int, max_width: int) -> PagePicture:
        """A page of one document, counted from 1, at most so many pixels wide and twice as high; tried like `read`."""
        return self._tried(lambda: self._draw(body, page, max_width))

    def _tried(self, attempt: Callable[[], Found]) -> Found:
        is_fresh = self._child is None
        found = attempt()
        return attempt() if found.state in FAULTS_OF_THE_CHILD and not is_fresh else found

    def _read(self, body: bytes) -> DocumentText:
        pages: list[PageText] = []
        state, reason, extractor = self._answered(body, lambda line: pages.append(_page(line)))
        return DocumentText(state, reason, tuple(pages), extractor)

    def _draw(self, body: bytes, page: int, max_width: int) -> PagePicture:
        pictures: list[bytes] = []
        state, reason, _ = self._answered(body, lambda line: pictures.append(_picture(line)), page, max_width)
        return PagePicture(state, reason, b"".join(pictures[-1:]) if state == "done" else b"")

    def _answered(
        self, body: bytes, take: Callable[[dict[str, Any]], None], page: int = 0, width: int = 0
    ) -> tuple[str, str | None, str]:
        """State, reason and extractor, once `take` has had each line before them."""
        extractor = ""
        try:
            child = self._child = self._child or Child(self._arguments)
            extractor = child.extractor
            state, reason = self._ask(child, REQUEST.pack(len(body), page, width) + body, take)
            if state in FAULTS_OF_THE_CHILD or child.documents >= self._max_documents_per_child:
                self.close()
        except Ended as end:
            state, reason = end.state, end.reason
            self.close()
        return state, reason, extractor

    def _ask(self, child: Child, request: bytes, take: Callable[[dict[str, Any]], None]) -> tuple[str, str | None]:
        """Send a request and hand over its lines until the state comes. Raises Ended."""
        child.documents += 1
        for line in child.exchange(request, self._max_seconds, self._max_output_bytes):
            if "state" in line:
                reason = line.get("reason")
                return str(line["state"]), None if reason is None else str(reason)
            take(line)
        raise Ended("crashed", "the document child said nothing more, expected a state")


def _page(line: dict[str, Any]) -> PageText:
    """A page as the child told it; raises Ended where it is none."""
    match line:
        case {"page": int(number), "text": str(text), "how": str(how)}:
            return PageText(number, text, how)
    raise Ended("crashed", f"the document child answered {str(line)[:80]!r}, expected a page or a state")


def _picture(line: dict[str, Any]) -> bytes:
    """A picture as the child told it; raises Ended where it is none."""
    try:
        png = b64decode(str(line.get("png", "")), validate=True)
    except ValueError:
        png = b""
    if not png.startswith(PNG):
        raise Ended("crashed", f"the document child answered {str(line)[:80]!r}, expected a picture or a state")
    return png


class Child:
    """One running child process. Raises Ended when it does not start."""

    def __init__(self, arguments: list[str]) -> None:
        self.documents = 0
        self.extractor = ""
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-m", "ingest.document_child", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                start_new_session=True,
                bufsize=0,
            )
        except OSError as problem:
            raise Ended("crashed", f"the document child cannot be started: {problem.strerror}") from problem
        self._input, self._output = _pipe(self._process.stdin), _pipe(self._process.stdout)
        try:
            hello = next(self.exchange(b"", START_SECONDS, CHUNK_BYTES))
        except Ended:
            self.end()
            raise
        self.extractor = str(hello.get("extractor", ""))

    @property
    def process_id(self) -> int:
        return self._process.pid

    def end(self) -> None:
        """Kill the child and what it may have started, and reap it; harmless when it is gone."""
        with suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._input.close()
        self._output.close()

    def exchange(self, request: bytes, max_seconds: float, max_output_bytes: int) -> Iterator[dict[str, Any]]:
        """Send a request and yield the lines of the answer as they come. Raises Ended at a limit or when it dies."""
        deadline = time.monotonic() + max_seconds
        unsent, unread, taken = memoryview(request), bytearray(), 0
        while True:
            may_send, may_take = self._wait(bool(unsent), deadline, max_seconds)
            if may_send:
                unsent = self._send(unsent)
            if not may_take:
                continue
            chunk = self._take()
            taken += len(chunk)
            if taken > max_output_bytes:
                raise Ended("too-large", f"more than {max_output_bytes:,} bytes of text, expected at most that")
            unread += chunk
            if b"\n" in chunk:
                *lines, rest = bytes(unread).split(b"\n")
                unread = bytearray(rest)
                yield from map(_parsed, lines)

    def _wait(self, is_sending: bool, deadline: float, max_seconds: float) -> tuple[bool, bool]:
        """Wait until the child can be written to or read from; raises Ended at the deadline (monotonic seconds)."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            if is_sending:
                selector.register(self._input, selectors.EVENT_WRITE)
            left = deadline - time.monotonic()
            ready = {key.fileobj for key, _ in selector.select(left)} if left > 0 else set()
        if not ready and time.monotonic() >= deadline:
            raise Ended("timeout", f"not read within {max_seconds:g} seconds")
        return self._input in ready, self._output in ready

    def _send(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._input.fileno(), unsent[:CHUNK_BYTES]) :]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:  # the end of its output says how it ended
            return memoryview(b"")

    def _take(self) -> bytes:
        """What the child wrote; raises Ended with how it ended when that is nothing."""
        try:
            chunk = os.read(self._output.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return b""
        if not chunk:
            raise self._last_words()
        return chunk

    def _last_words(self) -> Ended:
        """How the child ended."""
        try:
            status = self._process.wait(LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            return Ended("crashed", "the document child closed its output, expected an answer")
        if status == -signal.SIGXCPU:
            return Ended("timeout", "used up the processor time that a document may have")
        if status == -signal.SIGABRT:  # what PDFium does when it is refused memory
            return Ended("memory", "the document child gave up (SIGABRT), as when memory runs out")
        if status < 0:
            return Ended("crashed", f"the document child was ended by {signal.Signals(-status).name}")
        return Ended("crashed", f"the document child ended with exit code {status}, expected an answer")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe of the child that never blocks us."""
    if pipe is None:
        raise Ended("crashed", "the document child has no pipes")
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError as problem:
        raise Ended("crashed", f"the document child answered {line[:80]!r}, expected JSON") from problem
    return parsed if isinstance(parsed, dict) else {}
