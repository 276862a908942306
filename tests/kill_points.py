"""Points at which a process may be killed: every fsync, rename, commit and send, numbered in the order they come.

Sends, and fsyncs among each other, come from threads of their own: which point a number is may differ between two runs,
how many there are does not.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import event
from sqlalchemy.orm import Session

KILLED = 9
"""The exit code of a child that was killed at its point."""


@dataclass
class KillPoints:
    """Counts points, and ends the process without any clean-up at number `fatal` (from 1)."""

    fatal: int | None = None
    passed: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, name: str) -> None:
        with self.turn:
            self.passed.append(name)
            if len(self.passed) == self.fatal:
                os._exit(KILLED)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call with a point before it."""

        def reached(*arguments: Any, **named: Any) -> Any:
            self.reach(name)
            return call(*arguments, **named)

        return reached


@contextmanager
def watched(points: KillPoints, transport: type[httpx.BaseTransport]) -> Iterator[None]:
    """Put a point before each fsync, rename and send, and one before and one after each commit."""
    fsync, rename, send = os.fsync, os.rename, transport.handle_request
    listeners: list[tuple[str, Callable[[Session], None]]] = [
        ("before_commit", lambda session: points.reach("commit")),
        ("after_commit", lambda session: points.reach("committed")),
    ]
    os.fsync = points.around("fsync", lambda handle: None)
    os.rename = points.around("rename", rename)
    transport.handle_request = points.around("send", send)  # type: ignore[method-assign]
    for name, listener in listeners:
        event.listen(Session, name, listener)
    try:
        yield
    finally:
        os.fsync, os.rename, transport.handle_request = fsync, rename, send  # type: ignore[method-assign]
        for name, listener in listeners:
            event.remove(Session, name, listener)


def exit_code_of(work: Callable[[], None]) -> int:
    """Do the work in a forked child and return its exit code: 0, KILLED, or 1 where it raised."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def sampled(count: int, most: int | None) -> list[int]:
    """The numbers 1 to `count`, or `most` of them spread evenly, the last one included."""
    if most is None or count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(place * (count - 1) / (most - 1)) for place in range(most)})
