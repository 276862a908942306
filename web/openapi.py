"""The API described for programs (OpenAPI 3.1): its addresses, their parameters, what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archive.changes import CAUSES, KEYS, KINDS
from archive.facets import CLOSED, FACETS
from archive.kept import SHOWN
from web.takeaway import MEDIA_TYPES
from web.wanted import BIGGEST, MOST_AT_ONCE

VERSION = "1"
MOST_CHANGES = 1_000
STRINGS = {"type": "array", "items": {"type": "string"}}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
WORD = {"type": ["string", "null"]}
NUMBER = {"type": "integer"}
LISTED = {"type": "array", "items": {"type": "object"}}
WORDS = {"type": "string"}
TRUTH = {"type": "boolean"}
STATED: Mapping[str, Any] = {
    **dict.fromkeys(("source", "ref", "url", "text", "id", "state"), WORDS),
    **dict.fromkeys(("title", "level", "issued", "issued_precision", "expires", "region", "language"), WORD),
    **dict.fromkeys(("codes", "threat_levels", "links", "attachments"), LISTED),
    **dict.fromkeys(("references", "issuers", "topics"), STRINGS),
    "handling": WORD,
    "revision": NUMBER,
    "first_seen": MOMENT,
    "last_seen": MOMENT,
    "invented": TRUTH,
}
"""A notification as the command line prints it."""
NOT_HASHED = ("source", "ref", "url", "issuers", "topics", "handling", "evidence")
ABOUT = (
    "What the archive holds, read only. The bytes of a capture are at /captures/{number}/body, those of an attachment"
    " at /attachments/{sha256}; that `sha256` is the SHA-256 of what they answer. The `content_hash` of a revision is"
    " the SHA-256 of its `record` as canonical JSON (RFC 8785, in NFC), without "
    f"{', '.join(NOT_HASHED[:-1])} and {NOT_HASHED[-1]}."
)


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "bulletins", "version": VERSION, "description": ABOUT},
        "paths": {f"/api/v1{path}": {"get": operation} for path, operation in _operations()},
        "components": {"schemas": _schemas()},
    }


def parameters_by_path() -> dict[str, tuple[str, ...]]:
    """The parameters that each address of the API takes in its query."""
    return {
        f"/api/v1{path}": tuple(each["name"] for each in operation["parameters"] if each["in"] == "query")
        for path, operation in _operations()
    }


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    public_id = _in_path("id", {"type": "string"}, "the id of a bulletin, or its only beginning of six letters or more")
    number = _in_path("number", {"type": "integer", "minimum": 0, "maximum": BIGGEST - 1}, "the number of a capture")
    slug = _in_path("slug", {"type": "string"}, "the slug of a source")
    yield "/notifications", _operation("Bulletins of a search, newest first", "Notifications", *_of_a_search())
    yield "/notifications/{id}", _operation("One bulletin", "Notification", public_id, can_be_missing=True)
    yield "/notifications/{id}/revisions", _operation("Its revisions", "Rows", public_id, can_be_missing=True)
    yield "/notifications/{id}/attachments", _operation("Its attachments", "Rows", public_id, can_be_missing=True)
    yield "/export", _export()
    yield "/captures/{number}", _operation("One response as it came", "Capture", number, can_be_missing=True)
    yield "/sources", _operation("All sources and their state", "Rows")
    yield "/sources/{slug}", _operation("One source and its state", "Row", slug, can_be_missing=True)
    since = _in_query("since", {**NUMBER, "minimum": 0, "maximum": BIGGEST - 1}, "only what came after this cursor")
    limit = _in_query("limit", {**NUMBER, "minimum": 1, "maximum": MOST_CHANGES}, "at most so many")
    kind = _in_query("kind", {"type": "array", "items": {"enum": list(KINDS)}}, "any of these kinds")
    source = _in_query("source", STRINGS, "of bulletins of any of these sources")
    yield "/changes", _operation("The change feed, oldest first", "Changes", since, limit, kind, source)


def _export() -> dict[str, Any]:
    """All that a search finds, in a form to keep; sent as it is read, so there is no ETag."""
    form = _in_query("format", {"type": "string", "enum": list(MEDIA_TYPES)}, "jsonl where it is not given")
    found = _operation("All bulletins of a search, by id, to take away", "Row", *_of_scope(), form)
    types = {each.partition(";")[0]: {"schema": {"type": "string"}} for each in MEDIA_TYPES.values()}
    found["responses"].pop("304")
    found["responses"]["200"] = {"description": "each bulletin with its revisions and sightings", "content": types}
    return found


def _of_a_search() -> Iterator[dict[str, Any]]:
    yield from _of_scope()
    yield _in_query("rank", {"type": "string", "enum": ["1"]}, "best first; only with q, and without before")
    yield _in_query("limit", {**NUMBER, "minimum": 1, "maximum": MOST_AT_ONCE}, "at most so many")
    yield _in_query("before", {**NUMBER, "minimum": 0, "maximum": BIGGEST - 1}, "the `next` of the page before")


def _of_scope() -> Iterator[dict[str, Any]]:
    yield _in_query("q", {"type": "string"}, 'words, "a phrase", -not, OR, prefix*, field:value')
    for name in FACETS:
        each: dict[str, Any] = {"type": "string"}
        if name in CLOSED:
            each["enum"] = list(CLOSED[name])
        if name == "year":
            each["pattern"] = "^[0-9]{4}$"
        yield _in_query(name, {"type": "array", "items": each}, f"any of these values of {name}")
    for name in ("since", "until"):
        yield _in_query(name, {"type": "string", "format": "date"}, "a day in London, itself included")


def _in_query(name: str, schema: Mapping[str, Any], about: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema), "description": about}


def _in_path(name: str, schema: Mapping[str, Any], about: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": dict(schema), "description": about}


def _operation(about: str, schema: str, *parameters: dict[str, Any], can_be_missing: bool = False) -> dict[str, Any]:
    told = {"200": _answer("what was asked", schema, "application/json"), "304": {"description": "as the ETag named"}}
    told["400"] = _answer("what is wrong with it", "Problem", "application/problem+json")
    if can_be_missing:
        told["404"] = _answer("there is none", "Problem", "application/problem+json")
    told["503"] = _answer("the archive cannot be read", "Problem", "application/problem+json")
    return {"summary": about, "parameters": list(parameters), "responses": told}


def _answer(about: str, schema: str, media_type: str) -> dict[str, Any]:
    return {"description": about, "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _schemas() -> dict[str, Any]:
    notification = _object({**STATED}, *STATED)
    told = {"kind": {"enum": list(KINDS)}, "cause": {"enum": list(CAUSES)}, "cursor": NUMBER, "invented": TRUTH}
    change = _object(told, *KEYS, "invented")
    problem = {"status": NUMBER, "title": {"type": "string"}, "detail": {"type": "string"}}
    return {
        "Notification": notification,
        "Notifications": _page_of({"$ref": "#/components/schemas/Notification"}),
        "Changes": _page_of(change),
        "Capture": _object({"id": NUMBER}, "id", *SHOWN, "accounts", "revisions", "quarantine", "more"),
        "Row": {"type": "object"},
        "Rows": _page_of({"type": "object"}),
        "Problem": _object(problem, *problem),
    }


def _object(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _page_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return _object({"items": {"type": "array", "items": dict(items)}, "next": WORD}, "items", "next")
