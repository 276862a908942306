"""The command line. Each command opens what it needs, calls it, prints rows and exits.

Exit codes: 0 done, 1 done with losses, 2 usage, 3 could not run.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import history
import maintaining
import queries
import takeaway
from arguments import (
    COULD_NOT_RUN,
    DONE,
    LOSSES,
    Format,
    SourceName,
    address_of,
    bytes_of,
    every_source,
    fail,
    fetched_at,
    finish,
    home_was_given,
    known_slugs,
    moment_of,
    open_archive,
    polled_sources,
    refuse,
    say_on_terminal,
    say_wrong_sources,
    settings_in_force,
    source_named,
    use_home,
)
from terminal import say, standard_streams

if TYPE_CHECKING:
    from archive.store import Archive

INTERRUPTED = 130
TOLD = (
    "ArchiveUnusable",
    "BadSettings",
    "CorruptBlob",
    "MissingBlob",
    "NotLoopback",
    "OutputFailed",
    "WrongArchive",
)
"""Errors whose message is a whole sentence for the operator."""

app = typer.Typer(
    name="bulletins",
    help="Scraper and archiver of the UK's public safety and security bulletins.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(maintaining.app)
app.add_typer(queries.app)
app.add_typer(history.app)
app.add_typer(takeaway.app)


@app.callback()
def _everywhere(
    home: Annotated[Path | None, typer.Option(help="the data folder; else BULLETINS_HOME, else the platform's")] = None,
) -> None:
    use_home(home)


@app.command()
def serve(
    replica: Annotated[bool, typer.Option("--replica", help="on the built-in replica of the upstreams")] = False,
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="the port to listen on; 0 takes a free one")] = 8750,
) -> None:
    """Run everything: the scheduler, its work, and the analysts' web."""
    from wiring import serve_all

    settings, chosen = settings_in_force(), list(every_source().values())
    say_wrong_sources()
    raise typer.Exit(
        serve_all(settings, chosen, replica=replica, host=host, port=port, home_was_given=home_was_given())
    )


@app.command()
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="all that are polled, if none")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="what a held page does not show is really gone")] = False,
    format_name: Format = None,
) -> None:
    """Fetch sources now, whether due or not, and store what is new."""
    from archive.targets import want_passed_over
    from wiring import refuse_replica, run_each, tools_for

    chosen = [source_named(name) for name in names] if names else polled_sources()
    settings = settings_in_force()
    refuse_replica(settings)
    with open_archive(settings) as archive, tools_for(settings, say=say_on_terminal, archive=archive) as tools:
        with archive.writing() as session:
            want_passed_over(session)
        reports = list(run_each(archive, chosen, tools, accept=accept))
    finish(reports, format_name)


@app.command("import")
def import_(
    name: SourceName,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="pages, feeds, PDFs, mail (.eml, .mbox, Maildir), WARC, WACZ or folders; `-`: standard input"
        ),
    ],
    url: Annotated[str | None, typer.Option(help="the address they came from; else their own or the source's")] = None,
    at: Annotated[
        str | None, typer.Option(help="when they were fetched (ISO 8601, UTC unless it says); else their own, or now")
    ] = None,
    format_name: Format = None,
) -> None:
    """Store files as if they had been fetched then. Opens no socket."""
    from ingest.importing import import_files
    from terminal import say
    from wiring import refuse_replica

    source, now = source_named(name), datetime.now(UTC)
    address, moment = address_of(source, url), None if at is None else fetched_at(at, now)
    settings = settings_in_force()
    refuse_replica(settings)
    with open_archive(settings) as archive:
        report = import_files(archive, source, files, now, url=address, at=moment, say=say)
    finish([report], format_name)


@app.command()
def text(
    file: Annotated[Path, typer.Argument(help="a PDF; `-` is standard input")], format_name: Format = None
) -> None:
    """Print the text of a document, page by page."""
    from terminal import print_rows
    from wiring import document_reader

    body = bytes_of(file)
    with document_reader(settings_in_force()) as reader:
        found = reader.read(body)
    rows: list[dict[str, Any]] = [{"page": page.page, "text": page.text, "how": page.how} for page in found.pages]
    if found.state != "done":
        rows.append({"state": found.state, "reason": found.reason})
    print_rows(rows, list(dict.fromkeys(key for row in rows for key in row)), format_name)
    raise typer.Exit(DONE if found.state == "done" else LOSSES)


@app.command()
def fetch(url: str, format_name: Format = None) -> None:
    """Fetch one address as a run would, and show the capture. Nothing is stored."""
    from ingest.fetch import FetchFailed, Refused
    from terminal import print_rows
    from wiring import fetch_rows

    try:
        print_rows(fetch_rows(settings_in_force(), url), ["url", "status", "fetched_at", "size", "sha256"], format_name)
    except Refused as problem:
        fail(str(problem))
    except FetchFailed as problem:
        fail(str(problem), LOSSES)


def _replay_into_folder(archive: Archive, folder: Path) -> None:
    """Derive a new archive in a data folder that is empty or is yet to be made, whatever database is set elsewhere."""
    from ingest.replay import CannotReplay, replay_into
    from settings import load_settings
    from terminal import say

    if folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None):
        fail(f"--into {folder}: there is something already, expected an empty folder or none")
    try:
        within = load_settings(folder).model_copy(update={"database_url": "", "blobs": ""})
        with open_archive(within) as new:
            count = replay_into(archive, new, every_source(), datetime.now(UTC), say)
    except CannotReplay as problem:
        fail(str(problem))
    say(f"{count} journal entries settled again in {folder}")


@app.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would change, write nothing")] = False,
    since: Annotated[str | None, typer.Option(help="only captures from this time on")] = None,
    into: Annotated[Path | None, typer.Option(help="derive a new archive in this empty data folder instead")] = None,
    format_name: Format = None,
) -> None:
    """Derive everything again from what is kept, with today's parsers. Opens no socket."""
    from ingest.replay import replay as replay_source
    from terminal import print_rows
    from wiring import refuse_replica

    settings = settings_in_force()
    if into is not None:
        if names or dry_run or since is not None:
            refuse("replay --into: derives the whole archive, expected neither SOURCE nor --dry-run nor --since")
        refuse_replica(settings)
        with open_archive(settings, create=False) as archive:
            _replay_into_folder(archive, into)
        return
    moment = None if since is None else moment_of(since, "--since")
    chosen = [source_named(name) for name in names or known_slugs()]
    with open_archive(settings, create=False) as archive:
        found = [replay_source(archive, source, since=moment, dry_run=dry_run) for source in chosen]
    for each in found:
        for line in (*each.problems, *(f"{each.source}: {notice}" for notice in each.notices)):
            say(line)
    print_rows(
        [row for each in found for row in each.rows()],
        ["source", "captures", "outcome", "field", "count", "sample"],
        format_name,
    )
    raise typer.Exit(LOSSES if any(each.problems for each in found) else DONE)


@app.command()
def migrate() -> None:
    """Make the database, or bring it to the shape that this version needs."""
    from archive.migrate import SHAPE

    with open_archive(settings_in_force()) as archive:
        say(f"archive {archive.engine.url.render_as_string(hide_password=True)}: shape {SHAPE}")


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
def test(arguments: Annotated[list[str] | None, typer.Argument(metavar="[PYTEST ARGUMENTS]...")] = None) -> None:
    """Run the whole gate (format, lint, types, tests), or only the tests that the arguments choose."""
    from tests.gate import main as gate

    raise typer.Exit(gate(arguments or []))


def main() -> None:
    """Run a command; whatever goes wrong ends in one sentence and an exit code, never in a traceback."""
    with standard_streams():
        code = _exit_code()
    sys.exit(code)


def _exit_code() -> int:
    try:
        return _run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as problem:
        if os.environ.get("BULLETINS_DEBUG"):
            raise
        say(f"bulletins: {_sentence(problem)}")
        return COULD_NOT_RUN


def _run() -> int:
    """The exit code of the command, once all that it printed has arrived."""
    try:
        app(prog_name="bulletins")
    except SystemExit as ended:
        sys.stdout.flush()
        return ended.code if isinstance(ended.code, int) else DONE
    return DONE


def _sentence(problem: Exception) -> str:
    told = type(problem).__name__ in TOLD or isinstance(problem, OSError)
    return str(problem) if told else f"{type(problem).__name__}: {problem} (BULLETINS_DEBUG=1 shows where)"


if __name__ == "__main__":
    main()
