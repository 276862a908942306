"""How upstreams are asked by the settings: the rules for hosts, whose turns they are, what is added to requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from archive.store import Archive
    from ingest.options import RequestOptions
    from ingest.politeness import HostRules
    from ingest.robots import RobotsRules
    from settings import Settings


def robots_rules(settings: Settings, archive: Archive | None, *, unhurried: bool = True) -> RobotsRules:
    """How hosts are asked by these settings; with an archive, in step with all other processes that work on it.

    One for a process, since its threads keep in step by it. Without `unhurried` there are no pauses: for the replica.
    """
    from ingest.politeness import Politeness, SharedLedger
    from ingest.robots import RobotsHere, RobotsInArchive, RobotsRules
    from ingest.tools import utc_now

    politeness = Politeness(
        lambda host: rules_of(settings, host, unhurried=unhurried),
        SharedLedger(archive) if archive and unhurried else None,
        max_wait_seconds=settings.max_wait_seconds,
        longest_turn_seconds=settings.deadline_seconds,
    )
    return RobotsRules(RobotsInArchive(archive) if archive else RobotsHere(), politeness, utc_now)


@contextmanager
def archive_at_hand(settings: Settings) -> Iterator[Archive | None]:
    """The archive in whose turns a command asks hosts that stores nothing; it is used as it is, never made or upgraded.

    None where there is none, it cannot be written to, or it is the replica's, which knows other robots.txt files.
    """
    from archive.blobs import ArchiveUnusable
    from archive.migrate import open_archive

    with ExitStack() as stack:
        found: Archive | None = None
        if not settings.invented:
            with suppress(ArchiveUnusable):
                archive = stack.enter_context(open_archive(settings.database, settings.blobs_at, create=False))
                with archive.writing():
                    found = archive
        yield found


def unknown_hosts(settings: Settings, archive: Archive) -> list[str]:
    """A sentence for each `[[host]]` that no source starts from and that never was asked: it may be misspelt."""
    from archive.hosts import known_hosts
    from parsers.configured import every_source

    starts = {urlsplit(url).hostname for source in every_source(settings.source).values() for url in source.start}
    stated = {each.name for each in settings.host} - starts
    with archive.reading() as session:
        never = sorted(stated - known_hosts(session, stated)) if stated else []
    return [f"host {name}: no source starts there and it was never asked, expected a host that is" for name in never]


def rules_of(settings: Settings, host: str, *, unhurried: bool = True) -> HostRules:
    """How one host may be asked: what `[[host]]` states of it, else the settings for all."""
    from ingest.politeness import HostRules

    own = next((each for each in settings.host if each.name == host), None)
    delay_seconds = settings.delay_seconds if own is None or own.delay_seconds is None else own.delay_seconds
    connections = settings.connections if own is None or own.connections is None else own.connections
    obeys = own is None or own.robots == "obey"
    return HostRules(delay_seconds if unhurried else 0.0, connections, obeys)


def options_of(settings: Settings, slug: str) -> RequestOptions:
    """What the settings add to the requests of a source, for the hosts that it starts from."""
    from ingest.options import NO_OPTIONS, RequestOptions, Way, origins_of
    from parsers.configured import every_source

    own = next((each for each in settings.request if each.source == slug), None)
    if own is None:
        return NO_OPTIONS
    origins = origins_of(every_source(settings.source)[slug].start)
    way = Way(own.proxy.get_secret_value() if own.proxy else None, own.http2)
    return RequestOptions(origins, own.headers, own.cookies, way)
