"""Asking ahead: in order, one at a time, never too far ahead, and nothing asked after the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

import ingest.ahead
from ingest.ahead import Ahead

NAMES = [f"page {number}" for number in range(200)]


def size_of(answer: str) -> int:
    return len(answer)


def settled(count: Callable[[], int]) -> int:
    """The count once it stands still."""
    last = -1
    while last != (last := count()):
        time.sleep(0.05)
    return last


def test_answers_come_in_the_order_of_what_is_wanted() -> None:
    with Ahead(str.upper, NAMES, size_of) as answers:
        assert [answers.take(name) for name in NAMES] == [name.upper() for name in NAMES]


def test_the_next_is_asked_while_the_last_is_worked_on() -> None:
    asked = threading.Event()

    def ask(name: str) -> str:
        if name == NAMES[1]:
            asked.set()
        return name

    with Ahead(ask, NAMES[:2], size_of) as answers:
        answers.take(NAMES[0])
        assert asked.wait(10)


@pytest.mark.parametrize(("size", "most"), [(1, 64), (1 << 20, 8), (100 << 20, 1)])
def test_only_so_much_waits_to_be_taken(size: int, most: int) -> None:
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return name

    with Ahead(ask, NAMES, lambda answer: size) as answers:
        assert settled(lambda: len(asked)) == most
        answers.take(NAMES[0])
        assert settled(lambda: len(asked)) == most + 1


def test_what_asking_raises_is_raised_where_the_answer_is_taken() -> None:
    def ask(name: str) -> str:
        if name == NAMES[1]:
            raise ValueError("no answer")
        return name

    with Ahead(ask, NAMES, size_of) as answers:
        assert answers.take(NAMES[0]) == NAMES[0]
        with pytest.raises(ValueError, match="no answer"):
            answers.take(NAMES[1])
        assert answers.take(NAMES[2]) == NAMES[2]


def test_what_is_passed_over_is_never_taken_for_what_is_wanted() -> None:
    with Ahead(str.upper, NAMES, size_of) as answers:
        assert answers.take(NAMES[150]) == NAMES[150].upper()


def test_nothing_is_asked_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ingest.ahead, "MOST_AHEAD", 3)

    def ask(name: str) -> str:
        asked.append(name)
        return name

    with Ahead(ask, NAMES, size_of) as answers:
        answers.take(NAMES[0])
    before = len(asked)
    assert settled(lambda: len(asked)) == before <= 5


def test_a_request_that_is_under_way_at_the_end_is_waited_for() -> None:
    begun, go_on = threading.Event(), threading.Event()
    ended: list[str] = []

    def ask(name: str) -> str:
        if name == NAMES[1]:
            begun.set()
            go_on.wait(10)
        ended.append(name)
        return name

    with Ahead(ask, NAMES[:3], size_of) as answers:
        answers.take(NAMES[0])
        assert begun.wait(10)
        threading.Timer(0.2, go_on.set).start()
    assert ended == NAMES[:2]


def test_what_is_wanted_alone_is_asked_without_a_thread() -> None:
    here: list[int] = []
    with Ahead(lambda name: here.append(threading.get_ident()), NAMES[:1], lambda answer: 0) as answers:
        answers.take(NAMES[0])
    assert here == [threading.get_ident()]
