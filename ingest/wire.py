"""One connection whose every read and write is held to a deadline and a number of bytes.

Its socket never blocks by itself: it is waited for, then read or written. A socket with a timeout makes more calls for
the same, each of which lets another thread in, and with many hosts at once that is where the time would go.
"""

from __future__ import annotations

import math
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore

from ingest.retries import Interrupted, Overdue, Stopped

DEADLINE_SECONDS = 60.0
IDLE_SECONDS = 20.0
MAX_WIRE_BYTES = 20 * 1024 * 1024
MAX_HEAD_BYTES = 64 * 1024

END_OF_HEAD = re.compile(rb"\n\r?\n")

Given = TypeVar("Given")
Got = TypeVar("Got")

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""A socket family and the numeric socket address to connect to."""


@dataclass(slots=True)
class Allowance:
    """What one exchange may still use: time until `deadline` (of `monotonic`), silence, bytes in all and of a head."""

    deadline: float
    idle_seconds: float
    wire_bytes: int
    monotonic: Callable[[], float] = time.monotonic
    head_bytes: int = MAX_HEAD_BYTES

    @classmethod
    def starting_now(
        cls,
        seconds: float = DEADLINE_SECONDS,
        *,
        idle_seconds: float = IDLE_SECONDS,
        wire_bytes: int = MAX_WIRE_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Allowance:
        """The allowance of an exchange that starts at this moment."""
        return cls(monotonic() + seconds, idle_seconds, wire_bytes, monotonic)

    def seconds(self) -> float:
        """How long the next operation may take; raises Stopped when the deadline has passed."""
        left = self.deadline - self.monotonic()
        if left <= 0:
            raise Overdue("not answered in full within the deadline, expected a complete answer by then")
        return min(left, self.idle_seconds)

    def spend(self, received: int) -> None:
        """Takes `received` bytes off; raises Stopped when more came than may."""
        self.wire_bytes -= received
        if self.wire_bytes < 0:
            raise Stopped("more bytes on the wire than the cap allows, expected a smaller answer")


class Wire(httpcore.NetworkStream):
    """A connected socket. The `timeout` that httpcore hands through is the exchange's Allowance."""

    def __init__(self, connection: socket.socket, *, is_multiplexed: bool = False) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(connection, select.POLLIN)
        self._writable.register(connection, select.POLLOUT)
        self.is_multiplexed = is_multiplexed
        """Whether it speaks HTTP/2, which says itself where an answer ends."""
        self._begin_exchange()
        self.spoiled = False

    def _begin_exchange(self) -> None:
        self._head = b""
        self._tail = b""
        self._body_bytes: int | None = None

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        try:
            if not self._has_received():
                _await(self._readable, timeout)
            data = self._as_it_can(self._socket.recv, max_bytes, self._readable, timeout)
        except TimeoutError as silence:
            timeout.seconds()
            raise httpcore.ReadTimeout(f"nothing received for {timeout.idle_seconds:g} s") from silence
        except OSError as broken:
            raise httpcore.ReadError(str(broken)) from broken
        timeout.spend(len(data))
        if not self.is_multiplexed and self._count(data) > timeout.head_bytes:
            raise Stopped(f"more than {timeout.head_bytes} bytes of headers, expected at most that")
        return data

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        if not buffer:
            return
        self._begin_exchange()
        left = memoryview(buffer)
        try:
            while left:
                left = left[self._as_it_can(self._socket.send, left, self._writable, timeout) :]
        except TimeoutError as silence:
            timeout.seconds()
            raise httpcore.WriteTimeout(f"nothing accepted for {timeout.idle_seconds:g} s") from silence
        except OSError as broken:
            raise httpcore.WriteError(str(broken)) from broken

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> httpcore.NetworkStream:
        """The same connection under TLS, where an end without a close alert is an error (RFC 9112, 9.8)."""
        self._socket.settimeout(timeout.seconds())
        try:
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname, suppress_ragged_eofs=False)
        except TimeoutError as silence:
            timeout.seconds()
            raise httpcore.ConnectTimeout(f"no TLS handshake within {timeout.idle_seconds:g} s") from silence
        except ssl.SSLEOFError as broken:
            raise httpcore.ConnectError("the TLS handshake broke off") from broken
        except ssl.SSLError as problem:
            raise Stopped(f"TLS failed ({problem}), expected a certificate and protocol to trust") from problem
        except OSError as broken:
            raise httpcore.ConnectError(str(broken)) from broken
        return Wire(secured, is_multiplexed=secured.selected_alpn_protocol() == "h2")

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self.spoiled or self._is_readable()
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        return None

    def ends(self) -> tuple[str, str]:
        """Our own address and the other end's, numeric."""
        return self._socket.getsockname()[0], self._socket.getpeername()[0]

    def _is_readable(self) -> bool:
        return self._socket.fileno() < 0 or bool(self._readable.poll(0))

    def _has_received(self) -> bool:
        """Whether TLS has read more than was taken, which no waiting would show."""
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    def _as_it_can(
        self, operation: Callable[[Given], Got], given: Given, able: select.poll, allowance: Allowance
    ) -> Got:
        """What an operation of the socket gives, as soon as the other end lets it; raises TimeoutError in silence."""
        while True:
            allowance.seconds()
            try:
                return operation(given)
            except ssl.SSLWantReadError:
                _await(self._readable, allowance)
            except ssl.SSLWantWriteError:
                _await(self._writable, allowance)
            except BlockingIOError:
                _await(able, allowance)

    def _count(self, data: bytes) -> int:
        """Keeps count of the bytes that came after the head of the final (not 1xx) response, and the last few.

        Gives the size of the longest head that these bytes are part of.
        """
        self._tail = (self._tail + data[-4:])[-4:]
        if self._body_bytes is not None:
            self._body_bytes += len(data)
            return 0
        longest, resume = 0, max(0, len(self._head) - 2)
        self._head += data
        while end := END_OF_HEAD.search(self._head, resume):
            interim, longest = self._head[9:10] == b"1", max(longest, end.end())
            self._head, resume = self._head[end.end() :], 0
            if not interim:
                self._body_bytes, self._head = len(self._head), b""
                return longest
        return max(longest, len(self._head))

    def settle(self, stated_bytes: int | None) -> None:
        """Ends an exchange: bytes beyond its answer must never be read as the next one, so the wire is spoiled.

        Raises Interrupted when they are beyond a stated length, which then cuts the body. None stands for an
        answer that needs no length to be whole: in chunks or without a body, it ends with an empty line.
        """
        if stated_bytes is None:
            self.spoiled = self._tail != b"\r\n\r\n"
        elif (self._body_bytes or 0) > stated_bytes:
            self.spoiled = True
            raise Interrupted(f"more than the {stated_bytes} body bytes that were stated came, expected just those")


def _await(able: select.poll, allowance: Allowance) -> None:
    """Returns when the other end has done something; raises TimeoutError when it was silent for as long as it may."""
    if not able.poll(math.ceil(allowance.seconds() * 1000)):
        raise TimeoutError


def open_wire(addresses: Sequence[Address], allowance: Allowance) -> Wire:
    """Connects to the first of `addresses` that answers, each a numeric address; raises what the last one gave."""
    failure: Exception = httpcore.ConnectError("no address to connect to")
    for family, address in addresses:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(allowance.seconds())
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return Wire(connection)
        except TimeoutError:
            connection.close()
            failure = httpcore.ConnectTimeout(f"{address[0]} did not answer within {allowance.idle_seconds:g} s")
        except OSError as problem:
            connection.close()
            failure = httpcore.ConnectError(f"{address[0]}: {problem}")
        except Stopped:
            connection.close()
            raise
    raise failure
