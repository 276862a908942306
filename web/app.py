"""The analyst's desk: which address is answered by what. Server-rendered; nothing is loaded from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.reading import NotFound
from archive.store import Archive
from web import api, bulletins, kept, news, openapi, sources, takeaway
from web.answers import AT_ONCE, HEADERS, answered, data, refusal, tagged
from web.catalogue import Catalogue
from web.door import Door
from web.finding import search_page
from web.front import front_page, mark_seen, seen_cursor
from web.pictures import WIDTHS, Draw, Pictures
from web.wanted import BadRequest

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MOST_FORM_BYTES = 100
TOO_LARGE = f"a form of more than {MOST_FORM_BYTES} bytes, expected the cursor of the front page"
MOST_SECONDS = 10.0
"""An answer that the archive works on for longer is refused; what is taken away may take its time."""
Answer = Callable[[Request], Response]


class NumberConvertor(IntegerConvertor):
    """A number in an address: as long as a database can hold."""

    regex = "[0-9]{1,18}"


register_url_convertor("number", NumberConvertor())


def make_app(
    archive: Archive, catalogue: Catalogue, clock: Callable[[], datetime] | None = None, draw: Draw | None = None
) -> Starlette:
    """The pages, feeds and API of one archive; attachments are shown with pictures of their pages where `draw` is."""
    now = clock or (lambda: datetime.now(UTC))
    whole, archive = archive, archive.within(MOST_SECONDS)

    def _of(name: str) -> Callable[[Request], str]:
        return lambda request: _holdable(str(request.path_params[name]))

    of_id, of_slug = _of("id"), _of("slug")

    def compared(r: Request) -> Response:
        return bulletins.compare_page(archive, catalogue, r, of_id(r), r.path_params["old"], r.path_params["new"])

    gets: dict[str, Answer] = {
        "/": lambda r: front_page(archive, catalogue, r, now()),
        "/search": lambda r: search_page(archive, catalogue, r),
        "/search.atom": lambda r: news.search_feed(archive, catalogue, r, "atom"),
        "/search.json": lambda r: news.search_feed(archive, catalogue, r, "json"),
        "/search.jsonl": lambda r: takeaway.search_export(whole, catalogue, r, "jsonl"),
        "/search.csv": lambda r: takeaway.search_export(whole, catalogue, r, "csv"),
        "/search/briefing": lambda r: takeaway.search_export(whole, catalogue, r, "briefing"),
        "/bulletins/{id}/briefing": lambda r: takeaway.bulletin_briefing(whole, catalogue, r, of_id(r)),
        "/bulletins/{id}/cite.txt": lambda r: bulletins.citation(archive, catalogue, r, of_id(r), "txt"),
        "/bulletins/{id}/cite.bib": lambda r: bulletins.citation(archive, catalogue, r, of_id(r), "bib"),
        "/bulletins/{id}/compare": lambda r: bulletins.comparison(r, of_id(r)),
        "/bulletins/{id}/compare/{old:number}/{new:number}": compared,
        "/bulletins/{id}": lambda r: bulletins.bulletin_page(archive, catalogue, r, of_id(r), draw is not None),
        "/captures/{number:number}/body": lambda r: kept.capture_body(archive, r, r.path_params["number"]),
        "/captures/{number:number}": lambda r: kept.capture_page(archive, catalogue, r.path_params["number"]),
        "/attachments/{sha256}": lambda r: kept.attachment(archive, r, str(r.path_params["sha256"])),
        "/sources/{slug}": lambda r: sources.source_page(archive, catalogue, of_slug(r)),
        "/sources": lambda r: sources.sources_page(archive, catalogue),
        "/changes": lambda r: news.changes_page(archive, catalogue, r),
        "/changes.atom": lambda r: news.changes_feed(archive, catalogue, r, "atom"),
        "/changes.json": lambda r: news.changes_feed(archive, catalogue, r, "json"),
        "/status.json": lambda r: sources.status(archive, catalogue, r),
        "/api/v1/notifications/{id}/revisions": lambda r: api.list_revisions(archive, r, of_id(r)),
        "/api/v1/notifications/{id}/attachments": lambda r: api.list_attachments(archive, r, of_id(r)),
        "/api/v1/notifications/{id}": lambda r: api.one_notification(archive, catalogue, r, of_id(r)),
        "/api/v1/notifications": lambda r: api.list_notifications(archive, catalogue, r),
        "/api/v1/export": lambda r: takeaway.api_export(whole, catalogue, r),
        "/api/v1/captures/{number:number}": lambda r: api.one_capture(archive, r, r.path_params["number"]),
        "/api/v1/sources/{slug}": lambda r: api.one_source(archive, catalogue, r, of_slug(r)),
        "/api/v1/sources": lambda r: api.list_sources(archive, catalogue, r),
        "/api/v1/changes": lambda r: api.changes(archive, catalogue, r),
        "/api/v1/openapi.json": lambda r: data(openapi.document(), r),
        "/static/{name}": lambda r: _static(r, str(r.path_params["name"])),
        "/favicon.ico": lambda r: _static(r, "icon.svg"),
    }
    taken = openapi.parameters_by_path()
    gets |= {path: _taking(taken[name], gets[path]) for path in gets if (name := path.replace(":number", "")) in taken}
    routes = _routes(gets)
    if draw is not None:
        routes += _routes(_pictures(archive, Pictures(draw)))
    routes.append(Route("/seen", partial(_seen, archive), methods=["POST"]))
    app = Starlette(routes=routes, middleware=[Middleware(Door)], exception_handlers={HTTPException: _refused})
    app.state.catalogue = catalogue
    return app


def _holdable(name: str) -> str:
    """The name, unless no database could hold it. Raises NotFound."""
    if "\0" in name:
        raise NotFound(f"{name[:80]!r}: nothing is called that, expected a name without noughts")
    return name


def _taking(names: Sequence[str], answer: Answer) -> Answer:
    """The answer where no parameter is asked but these: a filter of another name would not be one, in silence."""

    def checked(request: Request) -> Response:
        for name in request.query_params:
            if name not in names:
                expected = f"one of {', '.join(names)}" if names else "none"
                raise BadRequest(f"parameter {name[:40]!r}, expected {expected}")
        return answer(request)

    return checked


def _routes(gets: Mapping[str, Answer]) -> list[Route]:
    """What takes turns: pictures, each of which waits for a process of its own, among themselves."""
    turns = asyncio.Semaphore(AT_ONCE)
    return [Route(path, _endpoint(make, turns), methods=["GET"]) for path, make in gets.items()]


def _pictures(archive: Archive, pictures: Pictures) -> dict[str, Answer]:
    def of_width(width: int) -> Answer:
        def answer(request: Request) -> Response:
            asked = request.path_params
            return kept.page_picture(archive, pictures, request, str(asked["sha256"]), asked["number"], width)

        return answer

    return {
        f"/attachments/{{sha256}}/pages/{{number:number}}{ending}.png": of_width(width)
        for ending, width in WIDTHS.items()
    }


def _endpoint(make: Answer, turns: asyncio.Semaphore) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        return await answered(request, lambda: make(request), turns)

    return endpoint


async def _seen(archive: Archive, request: Request) -> Response:
    """Only a form of ours sends this: browsers say where a request comes from (Sec-Fetch-Site, Origin)."""
    if not _is_ours(request):
        return refusal(request, HTTPStatus.FORBIDDEN, "from another site, expected the form of the front page")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_FORM_BYTES:
            return refusal(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    name, _, value = body.decode("ascii", "replace").partition("=")
    return mark_seen(archive, seen_cursor(value)) if name == "cursor" else RedirectResponse("/", 303, headers=HEADERS)


def _is_ours(request: Request) -> bool:
    """Whether a form of ours sent it: a page that tells no referrer has no origin of its own in older browsers."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin in (None, f"{request.url.scheme}://{request.url.netloc}")


async def _refused(request: Request, problem: Exception) -> Response:
    status = HTTPStatus(getattr(problem, "status_code", 500))
    what = f"{request.method} {request.url.path[:200]}: {status.phrase.lower()}"
    expected = "a page that this server has" if status == HTTPStatus.NOT_FOUND else "GET"
    return refusal(request, status, f"{what}, expected {expected}", getattr(problem, "headers", None))


def _static(request: Request, name: str) -> Response:
    """One of the few files that the pages load."""
    place = STATIC / name
    if len(name) > 100 or place.suffix not in MEDIA_TYPES or not place.is_file() or place.parent != STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return tagged(place.read_bytes(), request, MEDIA_TYPES[place.suffix])
