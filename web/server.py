"""Serving an ASGI application on a loopback address, in a thread that stops cleanly."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


class NotLoopback(Exception):
    """An address that others can reach, which nobody may listen on without accounts."""


def refuse_open_address(host: str) -> None:
    """Raise NotLoopback unless `host` is an address of this machine alone."""
    try:
        inside = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError as problem:
        raise NotLoopback(f"--host {host}: no address, expected a loopback one like 127.0.0.1 or ::1") from problem
    if not inside:
        raise NotLoopback(f"--host {host}: others could read the archive there, expected a loopback address")


class CannotListen(OSError):
    """An address and port that cannot be had."""


def _listen(listener: socket.socket, host: str, port: int) -> None:
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as problem:
        what = f"--host {host} --port {port}: {problem.strerror or problem}"
        raise CannotListen(f"{what}, expected a port that nobody listens on") from problem


@contextmanager
def serving(app: Starlette, host: str, port: int) -> Iterator[int]:
    """Serve `app` while the context lasts; gives the port. Raises CannotListen where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _listen(listener, host, port)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            proxy_headers=False,  # whoever reads from this machine would be believed to be a proxy
            server_header=False,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(timeout=5)
