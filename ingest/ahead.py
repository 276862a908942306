"""Asking ahead: the next answers are fetched while the last ones are parsed and stored."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, NoReturn, Self, TypeVar

Wanted = TypeVar("Wanted")
Answer = TypeVar("Answer")

MOST_AHEAD = 64
MOST_BYTES_AHEAD = 8 * 1024 * 1024


class Ahead(Generic[Wanted, Answer]):
    """Answers to what a run wants, asked in that order, one at a time, in a thread beside the run.

    At most MOST_AHEAD answers wait to be taken, and asking pauses while those that wait hold MOST_BYTES_AHEAD or more
    by `size_of`. What is wanted alone is asked in the caller's own thread. Answers that are never taken are dropped:
    they were not kept, so the next run asks for them.
    """

    def __init__(
        self, ask: Callable[[Wanted], Answer], wanted: Sequence[Wanted], size_of: Callable[[Answer], int]
    ) -> None:
        self._ask, self._size_of = ask, size_of
        self._wanted = wanted
        self._waiting: deque[tuple[Wanted, Callable[[], Answer], int]] = deque()
        self._bytes_waiting = 0
        self._is_over = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._ask_all, name="asking ahead", daemon=True)

    def __enter__(self) -> Self:
        if len(self._wanted) > 1:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Returns when nothing is asked any more: a request that is under way is waited for."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def take(self, wanted: Wanted) -> Answer:
        """The answer to this, those to what was wanted before it dropped; raises what asking for it raised."""
        if len(self._wanted) == 1:
            return self._ask(wanted)
        while True:
            asked, answer = self._next()
            if asked is wanted:
                return answer()

    def _next(self) -> tuple[Wanted, Callable[[], Answer]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            asked, answer, size = self._waiting.popleft()
            self._bytes_waiting -= size
            self._changed.notify_all()
        return asked, answer

    def _ask_all(self) -> None:
        for wanted in self._wanted:
            with self._changed:
                self._changed.wait_for(self._may_go_on)
                if self._is_over:
                    return
            answer, size = self._asked(wanted)
            with self._changed:
                self._waiting.append((wanted, answer, size))
                self._bytes_waiting += size
                self._changed.notify_all()

    def _may_go_on(self) -> bool:
        room = len(self._waiting) < MOST_AHEAD and self._bytes_waiting < MOST_BYTES_AHEAD
        return room or self._is_over

    def _asked(self, wanted: Wanted) -> tuple[Callable[[], Answer], int]:
        """How the answer is given out, and its size."""
        try:
            answer = self._ask(wanted)
        except Exception as problem:
            return partial(_raise, problem), 0
        return lambda: answer, self._size_of(answer)


def _raise(problem: Exception) -> NoReturn:
    raise problem
