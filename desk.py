"""The web beside the scheduler: what its pages are told of sources, who draws documents, and where it listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terminal import say

if TYPE_CHECKING:
    from archive.store import Archive
    from ingest.documents import DocumentReader
    from parsers.source import Source
    from settings import Settings
    from web.catalogue import Catalogue
    from web.pictures import Draw

PICTURE_SECONDS = 10.0
"""A page that is not drawn by then is not shown: somebody waits for it."""
MAX_PICTURE_BYTES = 8 << 20
REPLICA_BANNER = "These bulletins are invented: they come from the built-in replica."


@contextmanager
def desk(
    archive: Archive, chosen: Iterable[Source], settings: Settings, host: str, port: int, *, replica: bool
) -> Iterator[None]:
    """Serve the pages of an archive, and say where. Raises CannotListen."""
    from web.app import make_app
    from web.server import serving

    catalogue = catalogue_of(chosen, replica=replica)
    with _documents(settings) as documents:
        app = make_app(archive, catalogue, draw=drawn_by(documents))
        with serving(app, host, port) as bound:
            shown = f"[{host}]" if ":" in host else host
            say(f"the archive: http://{shown}:{bound}/")
            yield


def _documents(settings: Settings) -> DocumentReader:
    """The reader that draws pages; its child starts with the first of them."""
    from ingest.documents import DocumentReader

    return DocumentReader(
        max_seconds=min(settings.document_seconds, PICTURE_SECONDS),
        max_bytes_of_memory=settings.document_memory_bytes,
        max_output_bytes=MAX_PICTURE_BYTES,
    )


def drawn_by(documents: DocumentReader) -> Draw:
    """Draws pages in the child process of a reader, for one thread at a time."""
    from web.pictures import CannotDraw

    def draw(body: bytes, page: int, width: int) -> bytes:
        drawn = documents.draw(body, page, width)
        if not drawn.png:
            raise CannotDraw(f"{drawn.state}: {drawn.reason}")
        return drawn.png

    return draw


def catalogue_of(chosen: Iterable[Source], *, replica: bool = False) -> Catalogue:
    """What the pages are told of these sources, and of all organisations."""
    from parsers.organisations import ORGANISATIONS
    from web.catalogue import Catalogue, SourceFacts

    chosen = list(chosen)
    former = {old: each.slug for each in chosen for old in each.formerly}
    facts = {
        each.slug: SourceFacts(
            each.slug, each.publisher, each.rights, each.basis, each.start[0], each.every_minutes, each.ended
        )
        for each in chosen
    }
    names = {slug: each.name for slug, each in ORGANISATIONS.items()}
    return Catalogue(facts, names, REPLICA_BANNER if replica else "", invented=replica, former=former)
