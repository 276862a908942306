"""What is kept as it came: captures with their headers, and bodies to download, never to be shown as pages of ours."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.blobs import CorruptBlob, MissingBlob
from archive.journal import body_of
from archive.kept import attachment_url, captures, has_page, outcome
from archive.reading import NotFound
from archive.store import Archive, Session
from web.answers import HEADERS, is_held, page, tagged
from web.catalogue import Catalogue
from web.pictures import CannotDraw, Pictures
from web.wanted import BIGGEST

NAME = re.compile(r"[^A-Za-z0-9._-]+")
SHA256 = re.compile(r"[0-9a-f]{64}")
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
DOWNLOAD = {
    **HEADERS,
    **FOREVER,
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}
PICTURE = {
    **FOREVER,
    "Content-Security-Policy": "script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox allow-same-origin",
}
"""Browsers show a picture alone in a document of theirs, with a style of theirs."""
MOST_PAGES = 1_000_000
"""No number of a page is as large: what a database cannot hold is not looked for in one."""


def capture_page(archive: Archive, catalogue: Catalogue, number: int) -> Response:
    """One response as it came: when, from where, its status and headers, and what became of it."""
    with archive.reading() as session:
        row = _capture(session, number)
        return page("capture.html", catalogue=catalogue, row=row, gave=outcome(session, number))


def capture_body(archive: Archive, request: Request, number: int) -> Response:
    """The body of a capture, to download."""
    with archive.reading() as session:
        row = _capture(session, number)
        if row["sha256"] is None:
            raise NotFound(f"capture {number}: it has no body, expected one that came with one")
        return _download(archive, session, request, row["sha256"], f"capture-{number}")


def attachment(archive: Archive, request: Request, sha256: str) -> Response:
    """The bytes of an attachment, to download."""
    with archive.reading() as session:
        return _download(archive, session, request, sha256, _cited(session, sha256).rsplit("/", 1)[-1])


def page_picture(
    archive: Archive, pictures: Pictures, request: Request, sha256: str, number: int, width: int
) -> Response:
    """A page of an attachment as PNG. Raises NotFound where there is no such page, or none that can be drawn."""
    with archive.reading() as session:
        _cited(session, sha256)
        if not (number < MOST_PAGES and has_page(session, sha256, number)):
            raise NotFound(f"page {number} of {sha256}: there is none, expected one whose text is held")

    def body() -> bytes:
        with archive.reading() as session:
            return _body(archive, session, sha256)

    try:
        png = pictures.picture((sha256, number, width), body)
    except CannotDraw as problem:
        raise NotFound(f"page {number} of {sha256}: {problem}, expected one that can be drawn") from problem
    answer = tagged(png, request, "image/png")
    answer.headers.update(PICTURE)
    return answer


def _cited(session: Session, sha256: str) -> str:
    """An address of an attachment with these bytes."""
    url = attachment_url(session, sha256) if SHA256.fullmatch(sha256) else None
    if url is None:
        raise NotFound(f"attachment {sha256[:80]}: no bulletin cites it, expected the SHA-256 of one that is held")
    return url


def _capture(session: Session, number: int) -> dict[str, Any]:
    found = captures(session, [number]) if number < BIGGEST else {}
    if number not in found:
        raise NotFound(f"capture {number}: there is none, expected the number of one")
    return found[number]


def _body(archive: Archive, session: Session, sha256: str) -> bytes:
    try:
        return body_of(session, archive.blobs, sha256)
    except (CorruptBlob, MissingBlob) as problem:
        raise NotFound(f"blob {sha256}: {problem}, expected its bytes") from problem


def _download(archive: Archive, session: Session, request: Request, sha256: str, name: str) -> Response:
    etag = f'"{sha256}"'
    if is_held(request, etag):
        return Response(status_code=304, headers={**DOWNLOAD, "ETag": etag})
    body = _body(archive, session, sha256)
    plain = NAME.sub("-", name).strip("-.")[-80:] or "file"
    headers = {**DOWNLOAD, "Content-Disposition": f'attachment; filename="{plain}"', "ETag": etag}
    return Response(body, headers=headers, media_type="application/octet-stream")
