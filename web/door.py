"""Who is let in: readers who name this machine, so that no page of another site reads the archive through a browser."""

from __future__ import annotations

import ipaddress
import re
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.answers import HEADERS, refusal

HOST = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<bare>[^\s:\[\]]+))(?::[0-9]{0,5})?")

MOST_PARAMETERS = 100
"""Links of a page may repeat all that is asked for: 5,000 sources in an address of /changes took minutes."""


class Door:
    """Refuses other hosts (DNS rebinding) and endless addresses, and lets no answer out without our headers."""

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

        answer = _refused(Request(scope)) or self._app
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


def _refused(request: Request) -> ASGIApp | None:
    """Why a request is not let in, as an answer."""
    foreign = [host for host in request.headers.getlist("Host") if not is_this_machine(host)]
    if foreign:
        said = f"Host: {foreign[0][:80]}, expected localhost or a loopback address: others could read the archive"
        return refusal(request, HTTPStatus.MISDIRECTED_REQUEST, said)
    parameters = request.url.query.count("&") + 1
    if parameters > MOST_PARAMETERS:
        said = f"address: {parameters:,} parameters, expected at most {MOST_PARAMETERS}"
        return refusal(request, HTTPStatus.BAD_REQUEST, said)
    return None
