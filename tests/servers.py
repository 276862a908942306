"""Servers on loopback that answer byte for byte as a test scripts it, and the way for a Fetcher to reach them."""

from __future__ import annotations

import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpcore

from ingest.transport import GuardedTransport
from ingest.wire import open_wire

Answer = bytes | Callable[[socket.socket], None]
"""What is sent for one request: bytes, or a function that is given the connection."""

Script = dict[str, Answer | list[Answer]]
"""The answer, or the answers in turn, to each path."""


def response(
    body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None, version: str = "1.1"
) -> bytes:
    """An HTTP/1.1 response with its Content-Length, or another `length` than is true."""
    stated = f"Content-Length: {len(body) if length is None else length}"
    head = "\r\n".join((f"HTTP/{version} {status}", *headers, stated))
    return head.encode("latin-1") + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return response(b"moved", f"Location: {location}", status=status)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: Sequence[str] = ()) -> bytes:
    """A response in chunks; another `end` than the last chunk cuts it."""
    head = "\r\n".join(("HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked"))
    return head.encode() + b"\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + end


def then_close(sent: bytes) -> Answer:
    """Sends this and closes the connection."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_RDWR)

    return answer


def reset(sent: bytes = b"") -> Answer:
    """Sends this and resets the connection."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(sent)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return answer


def flood(start: bytes, piece: bytes, until: threading.Event | None = None) -> Answer:
    """Sends `start`, then `piece` without end, until the other side has gone (or `until` is set)."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        while until is None or not until.is_set():
            connection.sendall(piece)

    return answer


NOTHING_THERE = response(b"no such page", status="404 Not Found")


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    connection: int


@dataclass
class Server:
    """A scripted server: the answers of a path are given in turn, the last one for good.

    `otherwise` answers the paths that the script does not have.
    """

    script: dict[str, list[Answer]]
    otherwise: Callable[[str], Answer] = lambda path: NOTHING_THERE
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "site.test") -> str:
        return f"http://{host}{path}"

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def answer_to(self, path: str) -> Answer:
        answers = self.script.get(path) or [self.otherwise(path)]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def serving(
    script: Script,
    *,
    tls: ssl.SSLContext | None = None,
    otherwise: Callable[[str], Answer] = lambda path: NOTHING_THERE,
) -> Iterator[Server]:
    """A running Server, which ends with every connection and thread of its own."""
    answers = {path: [*answer] if isinstance(answer, list) else [answer] for path, answer in script.items()}
    server = Server(answers, otherwise)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []
    numbers = itertools.count(1)

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            connections[:] = [*(each for each in connections if each.fileno() >= 0), connection]
            worker = threading.Thread(target=_converse, args=(server, connection, next(numbers), tls))
            threads[:] = [*(each for each in threads if each.is_alive()), worker]
            worker.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        listener.close()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def _converse(server: Server, connection: socket.socket, number: int, tls: ssl.SSLContext | None) -> None:
    """Answers every request on one connection until either side ends it."""
    try:
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        while request := _read_head(connection):
            first, *lines = request.decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if line)
            path = first.split(" ")[1]
            server.asked.append(Asked(path, headers, number))
            answer = server.answer_to(path)
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)
    except OSError:
        return
    finally:
        connection.close()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        data = connection.recv(65_536)
        if not data:
            return b""
        head += data
    return head


class LoopbackNetwork(httpcore.NetworkBackend):
    """Connects to one port of this machine whatever the host; deadline and caps hold as on the real network."""

    def __init__(self, port: int) -> None:
        self._port = port

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        return open_wire([(socket.AF_INET, ("127.0.0.1", self._port))], timeout)


def loopback(port: int, ssl_context: ssl.SSLContext | None = None) -> GuardedTransport:
    """The product's transport with the loopback network in place of the public one."""
    return GuardedTransport(network_backend=LoopbackNetwork(port), ssl_context=ssl_context)
