"""The web beside the scheduler: what its pages are told of sources and organisations, and where it listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terminal import say

if TYPE_CHECKING:
    from archive.store import Archive
    from parsers.source import Source
    from web.catalogue import Catalogue

REPLICA_BANNER = "These bulletins are invented: they come from the built-in replica."


@contextmanager
def desk(archive: Archive, chosen: Iterable[Source], host: str, port: int, *, replica: bool) -> Iterator[None]:
    """Serve the pages of an archive, and say where. Raises CannotListen."""
    from web.app import make_app
    from web.server import serving

    catalogue = catalogue_of(chosen, replica=replica)
    with serving(make_app(archive, catalogue), host, port) as bound:
        shown = f"[{host}]" if ":" in host else host
        say(f"the archive: http://{shown}:{bound}/")
        yield


def catalogue_of(chosen: Iterable[Source], *, replica: bool = False) -> Catalogue:
    """What the pages are told of these sources, and of all organisations."""
    from parsers.organisations import ORGANISATIONS
    from web.catalogue import Catalogue, SourceFacts

    facts = {
        each.slug: SourceFacts(
            each.slug, each.publisher, each.rights, each.basis, each.start[0], each.every_minutes, each.ended
        )
        for each in chosen
    }
    names = {slug: each.name for slug, each in ORGANISATIONS.items()}
    return Catalogue(facts, names, REPLICA_BANNER if replica else "", invented=replica)
