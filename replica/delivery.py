"""Deliveries that go wrong: slow, cut short, reset; over the transport that the server hands to the app."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Receive, Scope, Send

from replica.answers import Answer
from replica.faults import Delivery

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing then sends RST (socket(7))."""


async def deliver(answer: Answer, delivery: Delivery, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer as the delivery says; needs `ReplicaProtocol`, which puts the transport into the scope."""
    if delivery.kept is not None:
        headers = answer.header_pairs()
        if not delivery.chunked:
            headers.append((b"content-length", b"%d" % len(answer.body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if not await _drip(answer.body[: int(len(answer.body) * delivery.kept)], delivery, receive, send):
            return
    if delivery.ending == "whole":
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        await _end(scope["state"]["transport"], delivery.ending, receive)


async def _drip(body: bytes, delivery: Delivery, receive: Receive, send: Send) -> bool:
    """Send the body piece by piece; False when the client went away meanwhile."""
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        size = delivery.piece_bytes or max(1, len(body))
        for start in range(0, len(body), size):
            if delivery.pause_seconds:
                await asyncio.wait([gone], timeout=delivery.pause_seconds)
            if gone.done():
                return False
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        return True
    finally:
        gone.cancel()


async def _end(transport: Any, ending: str, receive: Receive) -> None:
    if ending == "reset":
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
