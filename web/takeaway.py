"""Searches to take away: JSON Lines, CSV and briefings, sent while they are read from one view of the archive."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import cast

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

from archive.export import exported, json_line, numbers_by_id
from archive.reading import number_of
from archive.spreadsheet import csv_lines
from archive.store import Archive, ArchiveUnusable, Session
from web.answers import HEADERS
from web.briefing import BRIEFING_HEADERS, MOST_BRIEFED, briefing, described
from web.catalogue import Catalogue
from web.wanted import BadRequest, Wanted, wanted

MEDIA_TYPES = {
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "briefing": "text/html; charset=utf-8",
}
FORMATS = tuple(MEDIA_TYPES)
MOST_TOGETHER = 4
"""So many exports are sent at once: each holds a connection to the database until its reader has it all."""
STALLED_SECONDS = 60.0
"""A reader who takes nothing for so long has left: it holds one of those places, and the archive as it was then."""
PIECE_BYTES = 64 * 1024
UNSAFE = re.compile(r"[^A-Za-z0-9]+")

_slots = threading.BoundedSemaphore(MOST_TOGETHER)
Take = Callable[[Session], Iterator[bytes]]


def search_export(archive: Archive, catalogue: Catalogue, request: Request, form: str) -> Response:
    """All that a search finds, by id. Raises BadRequest and BadQuery."""
    asked_for = wanted(request.query_params, catalogue.former)
    here = f"{request.url.scheme}://{request.url.netloc}"

    def take(session: Session) -> Iterator[bytes]:
        numbers = numbers_by_id(session, asked_for.asked)
        if form == "briefing" and len(numbers) > MOST_BRIEFED:
            raise BadRequest(
                f"a briefing of {len(numbers):,} bulletins, expected a search for at most {MOST_BRIEFED:,}"
            )
        return written(session, numbers, form, catalogue, described(asked_for.asked), here)

    return _sent(archive, take, form, _name(asked_for), request)


def api_export(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """The same in the format that the parameter `format` asks for; JSON Lines where it asks for none."""
    form = request.query_params.get("format", "").strip() or "jsonl"
    if form not in FORMATS:
        raise BadRequest(f"format: {form[:40]!r}, expected one of {', '.join(FORMATS)}")
    return search_export(archive, catalogue, request, form)


def bulletin_briefing(archive: Archive, catalogue: Catalogue, request: Request, public_id: str) -> Response:
    """One bulletin as a briefing. Raises NotFound."""
    here = f"{request.url.scheme}://{request.url.netloc}"

    def take(session: Session) -> Iterator[bytes]:
        number = number_of(session, public_id)
        return written(session, [number], "briefing", catalogue, f"bulletin {public_id}", here)

    return _sent(archive, take, "briefing", UNSAFE.sub("-", public_id)[:40], request)


def written(
    session: Session, numbers: Sequence[int], form: str, catalogue: Catalogue, title: str, base: str | None
) -> Iterator[bytes]:
    """These bulletins in one of the formats. `base` is where the archive is served, if anywhere."""
    if form == "briefing":
        return (
            piece.encode("utf-8", "backslashreplace") for piece in briefing(session, numbers, catalogue, title, base)
        )
    rows = exported(session, numbers, catalogue.rights_of, invented=catalogue.invented)
    return csv_lines(rows) if form == "csv" else map(json_line, rows)


def _sent(archive: Archive, take: Take, form: str, name: str, request: Request) -> Response:
    """An answer that is sent as it is read; what is wrong with the request is raised before it begins."""
    pieces = _read(archive, take)
    first = next(pieces, b"")
    kind, ending = ("inline", "html") if form == "briefing" else ("attachment", form)
    headers = {
        **(BRIEFING_HEADERS if form == "briefing" else HEADERS),
        "Content-Disposition": f'{kind}; filename="bulletins-{name}.{ending}"',
    }
    if request.method == "HEAD":
        pieces.close()
        return Response(headers=headers, media_type=MEDIA_TYPES[form])
    return Patient(_closing(first, pieces), headers=headers, media_type=MEDIA_TYPES[form])


class Patient(StreamingResponse):
    """An answer that waits for its reader, but not for ever; one that is cut off is never whole (RFC 9112, 8)."""

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)

        async with aclosing(cast(AsyncGenerator[bytes], self.body_iterator)):
            with suppress(TimeoutError):
                await super().stream_response(send_in_time)


def _read(archive: Archive, take: Take) -> Generator[bytes]:
    if not _slots.acquire(blocking=False):
        raise ArchiveUnusable(f"export: {MOST_TOGETHER} are sent already, expected a reader to wait for one to end")
    try:
        with archive.reading() as session:
            yield from _gathered(take(session))
    finally:
        _slots.release()


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer and larger pieces."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


async def _closing(first: bytes, pieces: Generator[bytes]) -> AsyncGenerator[bytes]:
    """The pieces, and an end to the reading of the archive when their reader leaves."""
    try:
        async for piece in iterate_in_threadpool(itertools.chain((first,), pieces)):
            yield piece
    finally:
        pieces.close()


def _name(asked_for: Wanted) -> str:
    """The file's name: the values that were asked for, in plain letters."""
    named: Mapping[str, None] = dict.fromkeys(value for name, value in asked_for.pairs if name not in ("rank", "limit"))
    return UNSAFE.sub("-", " ".join(named)).strip("-")[:60].strip("-") or "all"
