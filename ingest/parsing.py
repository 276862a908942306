"""Parsing without storing: what a maintainer looks at, and what the sources state of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.journal import body_of
from archive.store import Archive
from archive.tables import Capture
from ingest.settling import PAGE_ROLES, media_type
from parsers.mail import MEDIA_TYPE, is_message
from parsers.page import PageChanged
from parsers.source import Source, parse, parser_version


@dataclass(frozen=True, slots=True)
class Parsed:
    """The records of a document as rows, and a sentence for each thing that could not be read."""

    rows: tuple[dict[str, Any], ...] = ()
    problems: tuple[str, ...] = ()


def parse_bytes(
    source: Source,
    body: bytes,
    url: str,
    stated_type: str | None = None,
    role: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> Parsed:
    """Parse one document; nothing that is in it raises, and whatever its parser raises is a problem.

    Without a `role` the address says whether it is a listing or a detail.
    """
    stated_type = stated_type or (MEDIA_TYPE if is_message(body) else None)
    try:
        reading = parse(source, body, url, stated_type, role or source.role_of(url), facts)
    except PageChanged as problem:
        return Parsed(problems=(str(problem),))
    except Exception as problem:
        return Parsed(problems=(f"{url}: the parser failed with {type(problem).__name__}: {problem}",))
    rows = tuple(entry.notification.as_row() for entry in reading.read)
    refused = tuple(f"entry {entry.position + 1}: {entry.reason}" for entry in reading.refused)
    return Parsed(rows, refused)


def is_document(role: str | None, body: bytes) -> bool:
    """Whether a body is a document that bulletins cite: its words are read, and no parser of a source looks at it."""
    return role == "attachment" or body.startswith(b"%PDF")


def parse_capture(archive: Archive, source: Source, capture_id: int, url: str | None) -> Parsed:
    """Parse a stored capture again; a capture that is not there is a problem."""
    with archive.reading() as session:
        capture = session.get(Capture, capture_id)
        if capture is None or capture.sha256 is None:
            return Parsed(
                problems=(f"capture {capture_id}: there is none, expected one that `quarantine` or `show` names",)
            )
        body = body_of(session, archive.blobs, capture.sha256)
    if is_document(capture.role, body):
        return Parsed(
            problems=(
                f"capture {capture_id}: a document of {capture.url}, expected a page, a feed or a message: "
                "`text FILE` prints the words of a document",
            )
        )
    role = PAGE_ROLES.get(capture.role, capture.role)
    return parse_bytes(source, body, url or capture.url, media_type(capture.headers), role, capture.facts)


def source_rows(chosen: Iterable[Source]) -> Iterator[dict[str, Any]]:
    """What each source states of itself."""
    for source in chosen:
        yield {
            "source": source.slug,
            "publisher": source.publisher,
            "about": (type(source).__doc__ or "").strip(),
            "listing": source.listing,
            "every_minutes": source.every_minutes,
            "expect": [source.expect.start, source.expect.stop - 1],
            "ended": source.ended,
            "succeeded_by": source.succeeded_by,
            "basis": source.basis,
            "rights": source.rights,
            "url": source.start[0],
            "parser": parser_version(type(source)),
        }
