"""A DNS server on loopback that changes its mind, and a resolver that asks it (RFC 1035)."""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ingest.wire import Address

A, CNAME, AAAA = 1, 5, 28
FAMILIES = {A: socket.AF_INET, AAAA: socket.AF_INET6}
MOST_ALIASES = 4


@dataclass
class Names:
    """What a name is in turn, the last for good: numeric addresses, or another name that it is an alias of."""

    answers: dict[str, list[Sequence[str]]]
    port: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)

    def answer(self, query: bytes) -> bytes:
        """All of a turn's records of the type that is asked for, and aliases, with no time to live."""
        name, end = _name(query, 12)
        kind = int.from_bytes(query[end : end + 2])
        self.asked.append((name, kind))
        turns = self.answers[name]
        # A name is asked for as A, then as AAAA: its turn is over after the second.
        given = turns.pop(0) if kind == AAAA and len(turns) > 1 else turns[0]
        records = [record for each in given if (record := _record(name, each, kind))]
        head = query[:2] + struct.pack("!5H", 0x8180, 1, len(records), 0, 0)
        return head + query[12 : end + 4] + b"".join(records)

    def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of a host in the order in which they came; raises OSError where it has none."""
        found = [(FAMILIES[kind], (each, port)) for kind in (A, AAAA) for each in self._look_up(host, kind)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def _look_up(self, name: str, kind: int, aliases: int = 0) -> list[str]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(5)
            asking.sendto(
                struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + _wire(name) + struct.pack("!2H", kind, 1), self._at
            )
            answer = asking.recv(4096)
        records = list(_records(answer))
        if aliases < MOST_ALIASES and records and all(each == CNAME for each, _ in records):
            return [found for _, other in records for found in self._look_up(other, kind, aliases + 1)]
        return [address for each, address in records if each == kind]

    @property
    def _at(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)


@contextmanager
def name_server(answers: dict[str, list[Sequence[str]]]) -> Iterator[Names]:
    """A running server of these names."""
    names = Names(answers)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as served:
        served.bind(("127.0.0.1", 0))
        names.port = served.getsockname()[1]

        def serve() -> None:
            while True:
                query, there = served.recvfrom(512)
                if not query:
                    return
                served.sendto(names.answer(query), there)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield names
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", ("127.0.0.1", names.port))
            thread.join()


def _record(name: str, given: str, kind: int) -> bytes:
    """A record with a time to live of 0; nothing where an address is of the other family."""
    try:
        ip = ipaddress.ip_address(given)
    except ValueError:
        return _wire(name) + struct.pack("!HHIH", CNAME, 1, 0, len(_wire(given))) + _wire(given)
    of = A if ip.version == 4 else AAAA
    return _wire(name) + struct.pack("!HHIH", of, 1, 0, len(ip.packed)) + ip.packed if of == kind else b""


def _records(answer: bytes) -> Iterator[tuple[int, str]]:
    """The type of each record, and the address or name in it."""
    place = _name(answer, 12)[1] + 4
    for _ in range(int.from_bytes(answer[6:8])):
        place = _name(answer, place)[1]
        kind, _, _, length = struct.unpack("!HHIH", answer[place : place + 10])
        data = answer[place + 10 : place + 10 + length]
        yield kind, _name(data, 0)[0] if kind == CNAME else str(ipaddress.ip_address(data))
        place += 10 + length


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _name(data: bytes, place: int) -> tuple[str, int]:
    """The name at a place, which is never compressed here, and where it ends."""
    labels = []
    while data[place]:
        labels.append(data[place + 1 : place + 1 + data[place]].decode())
        place += 1 + data[place]
    return ".".join(labels), place + 1
