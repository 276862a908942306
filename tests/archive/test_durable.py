"""Several fsyncs at once: all have ended when the call returns, whatever became of them."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from archive.durable import FEW, all_at_once
from tests.kill_points import exit_code_of

MANY = range(50)


def test_each_is_done_once() -> None:
    done: list[int] = []
    all_at_once(done.append, MANY)
    assert sorted(done) == list(MANY)


def test_they_are_done_beside_each_other() -> None:
    meeting = threading.Barrier(FEW + 1)

    def meet(item: int) -> None:
        meeting.wait(10)

    all_at_once(meet, range(FEW + 1))


def test_the_first_failure_is_told_when_all_have_ended() -> None:
    ended: list[int] = []

    def sync(item: int) -> None:
        if item == 0:
            raise OSError("no room")
        time.sleep(0.02)
        ended.append(item)

    with pytest.raises(OSError, match="no room"):
        all_at_once(sync, range(8))
    assert sorted(ended) == list(range(1, 8))


def test_a_forked_child_has_threads_of_its_own() -> None:
    test_each_is_done_once()
    assert exit_code_of(_done_in_time) == 0


def _done_in_time() -> None:
    signal.alarm(20)
    test_each_is_done_once()
