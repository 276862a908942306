"""How a server may break off, go on for ever, or lead to where nobody may be led."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from typing import Any

import httpcore

from ingest.guard import PublicNetwork
from ingest.wire import Address, open_wire
from tests.servers import Answer, chunked, flood, redirect, reset, response, then_close
from tests.upstreams.behaviours import Behaviour, Given, failing
from tests.upstreams.listing_behaviours import HTML, encoded, page
from tests.upstreams.stage import HOST, Stage

HEAD = b"HTTP/1.1 200 OK\r\n"
WHOLE = "expected a complete answer"


def broken(name: str, makes: Callable[[Given], Answer], says: str = WHOLE) -> Behaviour:
    """What may be better at the next attempt, and is not."""
    return failing(name, makes, says, asked=3)


def once(name: str, makes: Callable[[Given], Answer], says: str) -> Behaviour:
    """What another attempt would not mend."""
    return failing(name, makes, says)


def silent(start: bytes = b"") -> Answer:
    """Sends this, then nothing until the other side has gone."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.recv(1)

    return answer


def dripping(connection: socket.socket) -> None:
    """A head, then a byte now and then."""
    connection.sendall(HEAD + b"Content-Length: 90000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.001)


BROKEN = [
    broken("reset before any byte", lambda given: reset()),
    broken("reset inside the head", lambda given: reset(HEAD)),
    broken("reset inside the body", lambda given: reset(response(given.page[:999], HTML, length=len(given.page)))),
    broken("shorter than stated", lambda given: then_close(response(given.page[:-9], HTML, length=len(given.page)))),
    broken("longer than stated", lambda given: response(given.page, HTML, length=len(given.page) - 9), "were stated"),
    broken("chunks without an end", lambda given: then_close(chunked(given.page[:999], end=b""))),
    broken("half a chunk", lambda given: then_close(chunked(given.page[:999], end=b"fff\r\nhalf"))),
    broken("no head at all", lambda given: then_close(given.page)),
    broken("garbage", lambda given: then_close(bytes(range(128, 256)) * 9)),
    broken("gzip cut short", lambda given: encoded(gzip.compress(given.page)[:-9], "gzip"), "cut short"),
    broken("gzip that is none", lambda given: encoded(given.page, "gzip"), "damaged"),
    broken("a head that never comes", lambda given: silent(), "nothing received"),
    broken("a body that stops", lambda given: silent(response(given.page[:99], length=9_999)), "nothing received"),
    once("an unknown encoding", lambda given: encoded(given.page, "compress"), "Content-Encoding"),
    once("part of the page", lambda given: response(given.page[:999], HTML, status="206 Part"), "206, a part"),
    failing(
        "304 to a request without conditions",
        lambda given: redirect("/moved"),
        "304 to a request without conditions",
        "302 done",
        asked=2,
        elsewhere={"/moved": lambda given: response(b"", status="304 Not Modified")},
    ),
]
ENDLESS = [
    Behaviour("a body that drips", lambda given: dripping, says="within the deadline", tick_seconds=1.0),
    once("a head without end", lambda given: flood(HEAD, b"X-More: and more\r\n" * 999), "head"),
    once("a body without end", lambda given: flood(HEAD + b"\r\n", b"x" * 9_999), "the cap allows"),
    once("a page beyond the cap", lambda given: response(b"", length=300_001), "300001 bytes stated"),
    once("a gzip bomb", lambda given: encoded(gzip.compress(bytes(9_000_000)), "gzip"), "when decoded"),
]


def to(name: str, location: str, says: str) -> Behaviour:
    """A redirect that is kept and not followed."""
    return Behaviour(name, lambda given: redirect(location), "refused", captures=("302 done",), says=says)


LED_ASTRAY = [
    failing("redirected to itself", lambda given: redirect(given.path), "in a circle", "302 done"),
    failing(
        "redirected in a circle",
        lambda given: redirect("/there", "301 Moved"),
        "in a circle",
        "301 done",
        "301 done",
        asked=2,
        elsewhere={"/there": lambda given: redirect(given.path, "301 Moved")},
    ),
    failing(
        "redirected for ever, with cookies",
        lambda given: redirect("/1"),
        "more than 5 redirects",
        *["302 done"] * 6,
        asked=6,
        elsewhere={
            f"/{place}": lambda given, place=place: response(
                b"", f"Location: /{place + 1}", "Set-Cookie: seen=1; Path=/", status="302 Found"
            )
            for place in range(1, 9)
        },
    ),
    to("redirected to this machine", "http://127.0.0.1/", "127.0.0.1 (loopback)"),
    to("redirected to a private network", "http://10.0.0.1/latest", "10.0.0.1 (private)"),
    to("redirected to a cloud's own data", "http://169.254.169.254/latest/meta-data/", "(link-local)"),
    to("redirected to a file", "file:///etc/passwd", "scheme 'file'"),
    to("redirected with a password", "http://user:secret@www.site.test/", "user information"),
    failing("redirected to no address", lambda given: redirect("http://[::1/"), "expected a URL", "302 done", asked=3),
]


class Refusing(httpcore.NetworkBackend):
    """A host at which nobody listens."""

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            free = listener.getsockname()[1]
        return open_wire([(socket.AF_INET, ("127.0.0.1", free))], timeout)


def unknown(host: str, port: int) -> list[Address]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def private(host: str, port: int) -> list[Address]:
    return [(socket.AF_INET, ("192.168.1.1", port))]


def put(network: httpcore.NetworkBackend) -> Callable[[Stage], None]:
    """Has the source's host behind this network."""

    def change(stage: Stage) -> None:
        stage.network.instead[HOST] = network

    return change


NOWHERE = [
    failing("a certificate of nobody we trust", lambda given: redirect(f"https://{HOST}/"), "TLS failed", "302 done"),
    failing("connections refused", page, "refused", asked=0, network=put(Refusing())),
    failing("a name without address", page, "Name or service", asked=0, network=put(PublicNetwork(unknown))),
    Behaviour("turned private", page, "refused", 0, says="192.168.1.1", network=put(PublicNetwork(private))),
]
