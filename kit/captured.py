"""A page that the archive keeps, as the kit looks at it."""

from __future__ import annotations

from archive.mending import capture_as_saved
from archive.store import Archive
from ingest.settling import PAGE_ROLES
from kit.cases import CannotSave
from kit.seen import Seen


def seen_in(archive: Archive, number: int, source: str) -> Seen:
    """The page of a capture of a source. Raises CannotSave where there is none."""
    with archive.reading() as session:
        found = capture_as_saved(session, archive.blobs, number)
        if found is None or found[0].source != source:
            whose = "there is none with a body" if found is None else f"it is one of {found[0].source}"
            raise CannotSave(f"capture {number}: {whose}, expected one of {source} that `quarantine` or `show` names")
        capture, body = found
        headers = tuple((str(name), str(value)) for name, value in capture.headers)
        role = PAGE_ROLES.get(capture.role, capture.role)
        return Seen(capture.url, body, headers, capture.fetched_at, role, dict(capture.facts))
