"""Serving a replica on a loopback port, and moving its timeline on."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from replica.app import Replica

LOOPBACK = "127.0.0.1"


class ReplicaProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; the app also gets the transport, so that it can break a connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio sets this only for sockets made with proto=IPPROTO_TCP; without it each answer waits for a late ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


class ReplicaServer(uvicorn.Server):
    """A server that says when it is ready and breaks what is still open when it stops."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)
        await super().shutdown(sockets)


@contextmanager
def serve(replica: Replica, port: int = 0) -> Iterator[int]:
    """Serve on 127.0.0.1 in a thread of our own, and give the port (a free one for 0); raises OSError when taken."""
    with socket.create_server((LOOPBACK, port)) as listener:
        server = ReplicaServer(_config(replica))
        thread = threading.Thread(target=server.run, args=([listener],), name="replica", daemon=True)
        thread.start()
        try:
            _await_ready(server, thread)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def _config(replica: Replica) -> uvicorn.Config:
    return uvicorn.Config(
        replica,
        http=ReplicaProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
    )


def _await_ready(server: ReplicaServer, thread: threading.Thread) -> None:
    while not server.ready.wait(timeout=0.1):
        if not thread.is_alive():
            raise RuntimeError("replica: its server ended before it was ready, expected it to listen")


@contextmanager
def moving(replica: Replica, every_seconds: float) -> Iterator[None]:
    """Move the replica on by one step each `every_seconds` until the end of the block."""
    stop = threading.Event()

    def move() -> None:
        while not stop.wait(every_seconds):
            replica.step()

    thread = threading.Thread(target=move, name="replica timeline", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
