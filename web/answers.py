"""Answers: pages from templates that escape everything, JSON, problems, and the headers that all of them carry."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.query import BadQuery
from archive.reading import NotFound
from archive.store import ArchiveUnusable
from web import shown
from web.wanted import BadRequest

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
PIECES = 100
"""So many pieces of a template are sent together."""
AT_ONCE = 4
"""So many answers are made at once: each may hold a connection with its cache, and more only wait for processors."""
PROBLEM = "application/problem+json"
"""Problems of the API (RFC 9457)."""

_PAGES = Environment(
    loader=PackageLoader("web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_PAGES.filters |= {"moment": shown.moment, "machine": shown.machine, "issued": shown.issued, "class_of": shown.class_of}
_PAGES.filters |= {"scope": shown.scope, "language": shown.language}
_PAGES.filters |= {"span": shown.span, "stated": shown.moment_stated, "brief": shown.brief}
_PAGES.filters |= {"recognised": shown.recognised}
_PAGES.tests["web"] = shown.is_web
_PAGES.globals |= {"pieces": shown.pieces, "threat_levels": shown.THREAT_LEVELS}


def page(name: str, status: int = 200, **values: Any) -> Response:
    """A page from its template."""
    return HTMLResponse(written(_PAGES.get_template(name).render(**values)), status_code=status, headers=HEADERS)


def written(text: str) -> bytes:
    """A text in UTF-8; half of a character, which has no place there, as JSON escapes it."""
    return text.encode("utf-8", "backslashreplace")


def pieces_of(name: str, **values: Any) -> Iterator[str]:
    """A document from its template, a piece at a time."""
    stream = _PAGES.get_template(name).stream(**values)
    stream.enable_buffering(PIECES)
    return iter(stream)


def data(content: Any, request: Request, media_type: str = "application/json", status: int = 200) -> Response:
    """A JSON answer with an ETag; 304 where the reader has it already."""
    return tagged(written(json.dumps(content, ensure_ascii=False, default=plain)), request, media_type, status)


def tagged(body: bytes, request: Request, media_type: str, status: int = 200) -> Response:
    """A body with a strong ETag, or 304 without it where the request names that very one (RFC 9110, 13.1.2)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if status == HTTPStatus.OK and is_held(request, etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**HEADERS, "ETag": etag})
    return Response(body, status, headers={**HEADERS, "ETag": etag}, media_type=media_type)


def is_held(request: Request, etag: str) -> bool:
    """Whether the reader has it already, by what its If-None-Match names."""
    asked = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    return etag in asked or "*" in asked


def plain(value: object) -> str:
    """A value of ours as JSON has it: moments in UTC, as the command line prints them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


async def answered(request: Request, make: Callable[[], Response], turns: asyncio.Semaphore) -> Response:
    """The answer, made in a thread when it is its turn; what cannot be answered is said in a page, or as a problem."""
    try:
        async with turns:
            return await run_in_threadpool(make)
    except (BadRequest, BadQuery) as problem:
        return refusal(request, HTTPStatus.BAD_REQUEST, str(problem))
    except NotFound as problem:
        return refusal(request, HTTPStatus.NOT_FOUND, str(problem))
    except ArchiveUnusable as problem:
        return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, str(problem))


def refusal(request: Request, status: HTTPStatus, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """What is wrong, in one sentence."""
    if request.url.path.startswith("/api/"):
        answer = data({"status": status, "title": status.phrase, "detail": reason}, request, PROBLEM, status)
    else:
        values = {"query": request.query_params.get("q", ""), "is_search": request.url.path.startswith("/search")}
        catalogue = request.app.state.catalogue
        answer = page("refusal.html", status, title=status.phrase, reason=reason, catalogue=catalogue, **values)
    answer.headers.update(headers or {})
    return answer
