"""The status page: what each source is doing, what came last, what needs attention. Server-rendered, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from archive.finding import Asked, search
from archive.overview import gaps, source_state, totals
from archive.store import Archive, ArchiveUnusable

NEWEST = 15
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; white-space: nowrap; }
td { white-space: nowrap; } td.prose { white-space: normal; min-width: 12rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.note { color: GrayText; }
"""


def make_app(archive: Archive, slugs: Sequence[str], banner: str = "") -> Starlette:
    """The pages of one archive; `slugs` are the sources to list, `banner` a line for the top of the page."""

    async def front(_request: Request) -> Response:
        return await _answered(lambda: HTMLResponse(_page(archive, slugs, banner), headers=HEADERS))

    async def status(_request: Request) -> Response:
        return await _answered(lambda: JSONResponse(_status(archive, slugs), headers=HEADERS))

    async def style(_request: Request) -> Response:
        return PlainTextResponse(STYLE, media_type="text/css", headers={**HEADERS, "Cache-Control": "max-age=3600"})

    return Starlette(routes=[Route("/", front), Route("/status.json", status), Route("/style.css", style)])


async def _answered(make: Any) -> Response:
    try:
        answer: Response = await run_in_threadpool(make)
    except ArchiveUnusable as problem:
        return PlainTextResponse(f"{problem}\n", status_code=503, headers=HEADERS)
    return answer


def _status(archive: Archive, slugs: Sequence[str]) -> dict[str, Any]:
    with archive.reading() as session:
        states = [_plain(source_state(session, slug)) for slug in slugs]
        return {"sources": states, "gaps": [_plain(gap) for gap in gaps(session)], "totals": totals(session)}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _page(archive: Archive, slugs: Sequence[str], banner: str) -> str:
    with archive.reading() as session:
        states = [source_state(session, slug) for slug in slugs]
        newest = list(search(session, Asked(limit=NEWEST)))
        missing = gaps(session)
        held = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in totals(session).items())
    parts = [
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>bulletins: status</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">',
        f"</head><body><main><h1>bulletins</h1><p>{escape(held)}.</p>",
        f'<p class="note">{escape(banner)}</p>' if banner else "",
        "<h2>Sources</h2>",
        _table(states, ("source", "state", "last_success", "next_check", "notifications", "pending", "quarantined")),
        *(f"<p><b>{escape(row['source'])}</b>: {escape(row['problem'])}</p>" for row in states if row["problem"]),
        "<h2>Newest bulletins</h2>",
        _table(newest, ("issued", "level", "title", "source", "state", "first_seen")),
        "<h2>Gaps</h2>" if missing else "",
        _table(missing, ("source", "since", "until", "reason")) if missing else "",
        '<p class="note">Times are UTC. The same as JSON: <a href="/status.json">status.json</a>.</p>',
        "</main></body></html>",
    ]
    return "".join(parts)


def _table(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    head = "".join(f'<th scope="col"{_style(name)}>{escape(name.replace("_", " "))}</th>' for name in names)
    body = "".join(f"<tr>{''.join(_cell(name, row.get(name)) for name in names)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _style(name: str) -> str:
    if name in ("notifications", "pending", "quarantined"):
        return ' class="number"'
    return ' class="prose"' if name in ("title", "reason") else ""


def _cell(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        shown = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    elif isinstance(value, int):
        shown = f"{value:,}"
    else:
        shown = "–" if value is None else escape(str(value))
    return f"<td{_style(name)}>{shown}</td>"
