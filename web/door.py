"""Who is let in: readers who name this machine, so that no page of another site reads the archive through a browser."""

from __future__ import annotations

import ipaddress
import re
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.answers import HEADERS, refusal

HOST = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<bare>[^\s:\[\]]+))(?::[0-9]{0,5})?")


class Door:
    """Refuses what asks for another host (DNS rebinding), and sees to it that no answer is without our headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        foreign = [host for host in Headers(scope=scope).getlist("Host") if not is_this_machine(host)]
        answer = _refused(Request(scope), foreign[0]) if foreign else self._app
        await answer(scope, receive, send_guarded)


def is_this_machine(host: str) -> bool:
    """Whether a Host header (a name or an address, with or without a port) can only mean this machine."""
    parts = HOST.fullmatch(host)
    if not parts:
        return False
    name = (parts["bare"] or parts["bracketed"]).removesuffix(".").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _refused(request: Request, host: str) -> ASGIApp:
    reason = f"Host: {host[:80]}, expected localhost or a loopback address: others could read the archive otherwise"
    return refusal(request, HTTPStatus.MISDIRECTED_REQUEST, reason)
