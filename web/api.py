"""The API: the rows of the command line over HTTP, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.changes import changes_of, list_changes
from archive.finding import find_page, is_of_a_page
from archive.kept import captures, outcome
from archive.overview import source_state, source_states
from archive.reading import NotFound, documents, history, notification, number_of, sightings
from archive.store import Archive
from web.answers import data
from web.catalogue import Catalogue
from web.news import Chosen
from web.openapi import MOST_CHANGES
from web.wanted import BIGGEST, MOST_AT_ONCE, number_in, wanted


def list_notifications(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """The hits of a search, with the filters of the web: `items`, and `next` for `before`, or null."""
    asked_for = wanted(request.query_params, catalogue.former, per_page=MOST_AT_ONCE)
    with archive.reading() as session:
        found = find_page(session, asked_for.asked)
    items = [
        {**hit.row, "snippet": _snippet(hit.passage.where, hit.passage.text), "invented": catalogue.invented}
        for hit in found.hits
    ]
    return data({"items": items, "next": None if found.next is None else str(found.next)}, request)


def one_notification(archive: Archive, catalogue: Catalogue, request: Request, public_id: str) -> Response:
    """One bulletin with its sightings and attachments, and what became of it."""
    with archive.reading() as session:
        number = number_of(session, public_id)
        found = {
            **notification(session, number),
            "invented": catalogue.invented,
            "sightings": sightings(session, number),
            "documents": documents(session, number),
            "changes": changes_of(session, number),
        }
    return data(found, request)


def list_revisions(archive: Archive, request: Request, public_id: str) -> Response:
    """The revisions of one bulletin by the time of their captures."""
    with archive.reading() as session:
        return data({"items": history(session, number_of(session, public_id)), "next": None}, request)


def list_attachments(archive: Archive, request: Request, public_id: str) -> Response:
    """The attachments of one bulletin."""
    with archive.reading() as session:
        return data({"items": documents(session, number_of(session, public_id)), "next": None}, request)


def one_capture(archive: Archive, request: Request, number: int) -> Response:
    """One capture with its headers as they came, and what it gave."""
    with archive.reading() as session:
        found = captures(session, [number]) if number < BIGGEST else {}
        if number not in found:
            raise NotFound(f"capture {number}: there is none, expected the number of one")
        return data({**found[number], **outcome(session, number)}, request)


def list_sources(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """Every source that this version reads, with its state."""
    with archive.reading() as session:
        states = source_states(session, list(catalogue.sources))
    items = [_source(catalogue, each) for each in states]
    return data({"items": items, "next": None}, request)


def one_source(archive: Archive, catalogue: Catalogue, request: Request, slug: str) -> Response:
    """One source with its state, under a name that it had, too."""
    slug = catalogue.former.get(slug, slug)
    if slug not in catalogue.sources:
        raise NotFound(f"source {slug[:80]}: there is none, expected one of those listed")
    with archive.reading() as session:
        state = source_state(session, slug)
    return data(_source(catalogue, state), request)


def changes(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """The changes of chosen kinds and sources after the cursor `since`, oldest first; `next` goes on, or is null."""
    since = number_in(request.query_params, "since", 0, BIGGEST - 1) or 0
    limit = number_in(request.query_params, "limit", 1, MOST_CHANGES) or MOST_AT_ONCE
    which = Chosen.of(request.query_params, catalogue.former).which
    with archive.reading() as session:
        rows = [{**row, "invented": catalogue.invented} for row in list_changes(session, since, limit + 1, which)]
    goes_on = len(rows) > limit
    return data({"items": rows[:limit], "next": str(rows[limit - 1]["cursor"]) if goes_on else None}, request)


def _source(catalogue: Catalogue, state: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = catalogue.sources[state["source"]]
    told = {"publisher": facts.publisher, "rights": facts.rights, "url": facts.url, "ended": facts.ended}
    return {**state, **told}


def _snippet(where: str, text: str) -> str:
    return f"[{where}] {text}" if is_of_a_page(where) else text
