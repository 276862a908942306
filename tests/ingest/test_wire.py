"""A wire waits for the other end, no longer than it may, and hands over every byte once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpcore
import pytest

from ingest.retries import Overdue
from ingest.wire import Allowance, Wire

Ends = tuple[Wire, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A wire, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    wire = Wire(ours)
    yield wire, theirs
    wire.close()
    theirs.close()


def allowance(*, seconds: float = 20.0, idle_seconds: float = 20.0) -> Allowance:
    return Allowance.starting_now(seconds, idle_seconds=idle_seconds)


def test_what_the_other_end_takes_slowly_is_written_whole(ends: Ends) -> None:
    wire, theirs = ends
    sent = bytes(range(256)) * 4096
    taken = bytearray()

    def take() -> None:
        while len(taken) < len(sent):
            taken.extend(theirs.recv(50_000))

    taking = threading.Thread(target=take, daemon=True)
    taking.start()
    wire.write(sent, allowance())
    taking.join(20)
    assert taken == sent


def test_nothing_is_written_without_end_to_who_takes_nothing(ends: Ends) -> None:
    wire, _theirs = ends
    with pytest.raises(Overdue):
        wire.write(b"x", allowance(seconds=-1))
    with pytest.raises(httpcore.WriteTimeout, match=r"nothing accepted for 0\.05 s"):
        wire.write(bytes(1_000_000), allowance(idle_seconds=0.05))
    with pytest.raises(Overdue):
        wire.write(bytes(1_000_000), allowance(seconds=0.05))


def test_nor_is_one_who_says_nothing_waited_for_without_end(ends: Ends) -> None:
    wire, _theirs = ends
    with pytest.raises(httpcore.ReadTimeout, match=r"nothing received for 0\.05 s"):
        wire.read(10, allowance(idle_seconds=0.05))
    with pytest.raises(Overdue):
        wire.read(10, allowance(seconds=0.05))


def test_what_came_before_the_end_is_read_and_then_the_end(ends: Ends) -> None:
    wire, theirs = ends
    theirs.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    assert wire.get_extra_info("is_readable") is True
    theirs.close()
    assert wire.read(10, allowance()) + wire.read(100, allowance()) == b"HTTP/1.1 200 OK\r\n\r\n"
    assert wire.read(10, allowance()) == b""


def test_an_idle_wire_is_not_readable_and_a_closed_one_may_not_be_used_again(ends: Ends) -> None:
    wire, _theirs = ends
    assert wire.get_extra_info("is_readable") is False
    wire.close()
    taking_its_number, other = socket.socketpair()
    with taking_its_number, other:
        assert wire.get_extra_info("is_readable") is True
