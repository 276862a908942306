"""How the parts are put together from the settings: what a run works with, and the whole of `serve`."""

from __future__ import annotations

import copy
import hashlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.documents import DocumentReader
from settings import REPLICA_MARK, Settings
from terminal import say
from upstreams import archive_at_hand, options_of, robots_rules, unknown_hosts

if TYPE_CHECKING:
    from archive.store import Archive
    from ingest.fetch import TransportFor
    from ingest.report import Report
    from ingest.robots import RobotsRules
    from ingest.tools import Tools
    from parsers.source import Source

REPLICA_STEP_SECONDS = 15.0
REPLICA_HASTE = 100.0
"""How many times sooner than in the world a source is asked again: after 9 s instead of a quarter of an hour."""
REPLICA_TICK_SECONDS = 1.0


class WrongArchive(Exception):
    """An archive of invented bulletins asked to take real ones, or the other way round."""


def document_reader(settings: Settings) -> DocumentReader:
    """The reader of documents with the limits of the settings."""
    return DocumentReader(max_seconds=settings.document_seconds, max_bytes_of_memory=settings.document_memory_bytes)


@contextmanager
def tools_for(
    settings: Settings,
    *,
    say: Callable[[str], None],
    archive: Archive | None = None,
    rules: RobotsRules | None = None,
    stop: threading.Event | None = None,
    transport_for: TransportFor | None = None,
    looks_at_robots: bool = True,
) -> Iterator[Tools]:
    """What one run works with; closed at the end. `rules` are those of the process where it has several runs."""
    from ingest.fetch import Fetcher
    from ingest.tools import Tools

    stop = stop or threading.Event()
    rules = rules or robots_rules(settings, archive, unhurried=transport_for is None)
    fetcher = Fetcher(
        user_agent=settings.user_agent,
        transport_for=transport_for,
        max_head_bytes=settings.max_head_bytes,
        max_wire_bytes=settings.max_wire_bytes,
        max_body_bytes=settings.max_body_bytes,
        deadline_seconds=settings.deadline_seconds,
        idle_seconds=settings.idle_seconds,
        max_redirects=settings.max_redirects,
        attempts=settings.attempts,
        max_wait_seconds=settings.max_wait_seconds,
        repeats=settings.repeats,
        sleep=_patience(stop),
        politeness=rules.politeness,
        robots=rules if looks_at_robots else None,
    )
    with fetcher, document_reader(settings) as documents:
        options = partial(options_of, settings)
        yield Tools(
            fetcher,
            documents,
            stop=stop,
            say=say,
            options_of=options,
            max_pages=settings.max_pages,
            max_documents=settings.max_documents,
        )


def _patience(stop: threading.Event) -> Callable[[float], None]:
    """Waits so many seconds; raises NotNow as soon as the run is to stop."""
    from ingest.politeness import NotNow

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise NotNow("the run is being stopped, expected the next one to ask", 0)

    return wait


def run_each(archive: Archive, chosen: Iterable[Source], tools: Tools, *, accept: bool) -> Iterator[Report]:
    """Run sources one after the other; one that fails is an error of its own row and keeps no other from its turn."""
    from archive.store import ArchiveUnusable
    from ingest.report import Report
    from ingest.run import run_source

    for source in chosen:
        try:
            yield run_source(archive, source, tools, accept=accept)
        except ArchiveUnusable:
            raise
        except Exception as problem:
            report = Report(source.slug, state="failed")
            report.fail(f"the run failed with {type(problem).__name__}: {problem}")
            yield report


def fetch_rows(settings: Settings, url: str) -> list[dict[str, Any]]:
    """One guarded fetch, each hop as a capture row. Raises Refused and FetchFailed."""
    with archive_at_hand(settings) as archive, tools_for(settings, say=say, archive=archive) as tools:
        fetched = tools.fetcher.get(url)
    return [
        {
            "url": hop.url,
            "status": hop.status,
            "fetched_at": hop.fetched_at,
            "size": len(hop.body),
            "sha256": hashlib.sha256(hop.body).hexdigest(),
            "http_version": hop.http_version,
            "elapsed_seconds": round(hop.elapsed_seconds, 3),
            "headers": [list(pair) for pair in hop.headers],
        }
        for hop in fetched.hops
    ]


def refuse_replica(settings: Settings) -> None:
    """Raise WrongArchive where the archive holds the replica's bulletins."""
    if settings.invented:
        raise WrongArchive(
            f"archive {settings.home}: holds the replica's invented bulletins, expected one for real ones"
        )


def replica_settings(settings: Settings, *, home_was_given: bool) -> Settings:
    """The settings of `serve --replica`: SQLite in the folder that was given, else in one of its own."""
    home = settings.home if home_was_given else settings.home / "replica"
    if (home / "archive.sqlite").exists() and not (home / REPLICA_MARK).exists():
        raise WrongArchive(
            f"archive {home}: was not made by the replica, expected an empty folder for invented bulletins"
        )
    home.mkdir(parents=True, exist_ok=True)
    (home / REPLICA_MARK).write_text("The bulletins in this folder are invented: `serve --replica` made them.\n")
    return settings.model_copy(update={"home": home, "database_url": "", "blobs": ""})


def serve_all(
    settings: Settings, chosen: list[Source], *, replica: bool, host: str, port: int, home_was_given: bool
) -> int:
    """Scheduler, workers and web for these sources in one process, until SIGTERM or SIGINT: the exit code."""
    from archive.migrate import open_archive
    from archive.renaming import rename_sources
    from archive.targets import want_passed_over
    from desk import desk
    from ingest.tools import utc_now
    from parsers.configured import former_names
    from parsers.source import broken_sources
    from web.server import refuse_open_address

    refuse_open_address(host)
    if replica:
        settings = replica_settings(settings, home_was_given=home_was_given)
    else:
        refuse_replica(settings)
    with ExitStack() as stack:
        told_to_stop = _told_to_stop()
        archive = stack.enter_context(open_archive(settings.database, settings.blobs_at))
        with archive.writing() as session:
            want_passed_over(session)
        rename_sources(archive, former_names({source.slug: source for source in chosen}), utc_now())
        transport_for = None
        if replica:
            transport_for = stack.enter_context(_replica_of_upstreams())
            chosen = [_paced(source) for source in chosen]
        stack.enter_context(desk(archive, chosen, settings, host, port, replica=replica))
        _say_where(settings)
        for name, problem in broken_sources().items():
            say(f"{name}: {problem}, expected a module that can be imported")
        for sentence in unknown_hosts(settings, archive):
            say(sentence)
        return _schedule(archive, chosen, settings, transport_for, told_to_stop)


def _told_to_stop() -> int:
    """A file descriptor that can be read from SIGTERM or SIGINT on.

    A handler may take no lock, and to set an Event that this very thread waits for takes one.
    """
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _tell(writable))
    return readable


def _tell(writable: int) -> None:
    with suppress(BlockingIOError):
        os.write(writable, b".")


@contextmanager
def _replica_of_upstreams() -> Iterator[TransportFor]:
    from replica.app import Replica
    from replica.server import moving, serve
    from replica.transport import replica_transport

    upstreams = Replica()
    with serve(upstreams) as port, moving(upstreams, REPLICA_STEP_SECONDS):
        say(f"replica of the upstreams on 127.0.0.1:{port}, moving on every {REPLICA_STEP_SECONDS:.0f} s")
        yield lambda host: replica_transport(port)


def _paced(source: Source) -> Source:
    """The source as the replica's faster time wants it."""
    quick = copy.copy(source)
    vars(quick)["every_minutes"] = source.every_minutes / REPLICA_HASTE
    return quick


def _say_where(settings: Settings) -> None:
    say(f"archive: {settings.home}")
    say(f"search it from another terminal: ./bulletins --home {_quoted(settings.home)} search fraud")


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _schedule(
    archive: Archive,
    chosen: list[Source],
    settings: Settings,
    transport_for: TransportFor | None,
    told_to_stop: int,
) -> int:
    from ingest.tools import utc_now
    from scheduler import TICK_SECONDS, Scheduler

    replica = transport_for is not None
    rules = robots_rules(settings, archive, unhurried=not replica)

    def tools(stopping: threading.Event) -> AbstractContextManager[Tools]:
        return tools_for(settings, say=lambda line: None, rules=rules, stop=stopping, transport_for=transport_for)

    scheduler = Scheduler(
        archive,
        chosen,
        tools,
        clock=utc_now,
        say=say,
        tick_seconds=REPLICA_TICK_SECONDS if replica else TICK_SECONDS,
        with_ended=replica,
        tells_all=not replica,
    )
    for source in chosen:
        if source.ended and not replica:
            say(f"{source.slug}: not polled: {source.ended}")
    scheduler.start()
    os.read(told_to_stop, 1)
    say("stopping: what has begun is brought to its end")
    if not scheduler.stop(settings.grace_seconds):
        say(f"stopped after {settings.grace_seconds:g} s; what was pending goes on at the next start")
        _end_at_once()
    say("stopped")
    return 0


def _end_at_once() -> None:
    """End this process under whatever hangs in it: Python itself would wait for every worker."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
