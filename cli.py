"""The command line. Each command opens what it needs, calls it, prints rows and exits.

Exit codes: 0 done, 1 done with losses, 2 usage, 3 could not run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from archive.store import Archive
    from ingest.report import Report
    from parsers.source import Source
    from settings import Settings

DONE, LOSSES, USAGE, COULD_NOT_RUN = 0, 1, 2, 3
LONDON = ZoneInfo("Europe/London")
TOLD = ("ArchiveUnusable", "BadSettings", "CorruptBlob", "MissingBlob", "NotLoopback", "WrongArchive")
"""Errors whose message is a whole sentence for the operator."""

app = typer.Typer(
    name="bulletins",
    help="Scraper and archiver of the UK's public safety and security bulletins.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Format = Annotated[str | None, typer.Option("--format", help="table, jsonl or csv; a table on a terminal, else jsonl")]
SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="the source's slug, as `sources` shows it")]
_home: Path | None = None


@app.callback()
def _everywhere(
    home: Annotated[Path | None, typer.Option(help="the data folder; else BULLETINS_HOME, else the platform's")] = None,
) -> None:
    global _home
    _home = home


@app.command()
def serve(
    replica: Annotated[bool, typer.Option("--replica", help="on the built-in replica of the upstreams")] = False,
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="the port to listen on; 0 takes a free one")] = 8750,
) -> None:
    """Run everything: the scheduler, its work, and a status page."""
    from wiring import serve_all

    given = _home is not None or "BULLETINS_HOME" in os.environ
    raise typer.Exit(serve_all(_settings(), replica=replica, host=host, port=port, home_was_given=given))


@app.command()
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="all that are polled, if none")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="what a held page does not show is really gone")] = False,
    format_name: Format = None,
) -> None:
    """Fetch sources now, whether due or not, and store what is new."""
    from ingest.run import run_source
    from wiring import refuse_replica, tools_for

    chosen = [_source(name) for name in names] if names else _polled()
    settings = _settings()
    refuse_replica(settings)
    with _archive(settings) as archive, tools_for(settings, say=_say_on_terminal) as tools:
        reports = [run_source(archive, source, tools, accept=accept) for source in chosen]
    _finish(reports, format_name)


@app.command()
def parse(
    name: SourceName,
    file: Annotated[Path | None, typer.Argument(help="a page, feed or text; `-` is standard input")] = None,
    url: Annotated[str | None, typer.Option(help="the page's address; by default the source's own")] = None,
    capture: Annotated[int | None, typer.Option(help="a capture of the archive instead of a file")] = None,
    format_name: Format = None,
) -> None:
    """Print the records of one document, without a database."""
    from ingest.parsing import parse_bytes, parse_capture
    from terminal import print_rows, say

    source = _source(name)
    if (file is None) == (capture is None):
        _usage("parse: expected either a FILE or --capture ID")
    if capture is not None:
        with _archive(_settings(), create=False) as archive:
            parsed = parse_capture(archive, source, capture, url)
    else:
        parsed = parse_bytes(source, _bytes_of(file or Path("-")), url or source.start[0])
    print_rows(parsed.rows, ["issued", "level", "region", "title", "issuers", "attachments"], format_name)
    for problem in parsed.problems:
        say(problem)
    raise typer.Exit(LOSSES if parsed.problems else DONE)


@app.command("import")
def import_(
    name: SourceName,
    files: Annotated[list[Path], typer.Argument(help="pages as they were saved")],
    url: Annotated[str | None, typer.Option(help="the address they came from; by default the source's own")] = None,
    at: Annotated[
        str | None, typer.Option(help="when they were fetched (ISO 8601, UTC unless it says); else now")
    ] = None,
    format_name: Format = None,
) -> None:
    """Store files as if they had been fetched then. Opens no socket."""
    from ingest.importing import import_files

    source, now = _source(name), datetime.now(UTC)
    moment = _moment(at, "--at") if at else now
    if moment > now:
        _usage(f"--at: {moment.isoformat()} lies in the future, expected a time that has been")
    with _archive(_settings()) as archive:
        report = import_files(archive, source, files, url or source.start[0], moment, now)
    _finish([report], format_name)


@app.command(context_settings={"ignore_unknown_options": True})
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]...", help='words, "phrases", -not, OR, prefix*')
    ] = None,
    level: Annotated[list[str] | None, typer.Option(help="green, yellow, amber or red")] = None,
    source: Annotated[list[str] | None, typer.Option(help="a source's slug")] = None,
    issuer: Annotated[list[str] | None, typer.Option(help="an organisation's slug")] = None,
    region: Annotated[list[str] | None, typer.Option(help="a region as stated")] = None,
    state: Annotated[list[str] | None, typer.Option(help="current, withdrawn, rolled-off or ended")] = None,
    since: Annotated[str | None, typer.Option(help="issued on this day (London) or later")] = None,
    until: Annotated[str | None, typer.Option(help="issued on this day (London) or earlier")] = None,
    rank: Annotated[bool, typer.Option("--rank", help="best first; else newest first")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    format_name: Format = None,
) -> None:
    """Search titles, texts and the pages of attachments."""
    from archive.query import BadQuery
    from archive.reading import Asked, how_many
    from archive.reading import search as search_archive
    from terminal import print_rows, say

    asked = Asked(
        query=_query(words),
        facets=_facets(level=level, source=source, issuer=issuer, region=region, state=state),
        since=_day(since, "--since") if since else None,
        until=_day(until, "--until") + timedelta(days=1) if until else None,
        rank=rank,
        limit=limit,
    )
    try:
        with _archive(_settings(), create=False) as archive, archive.reading() as session:
            rows = list(search_archive(session, asked))
            print_rows(rows, ["id", "issued", "level", "state", "title/snippet"], format_name)
            found, more = how_many(session, asked)
    except BadQuery as problem:
        _usage(str(problem))
    if format_name == "table" or sys.stdout.isatty():
        say(f"{len(rows)} of {'more than ' if more else ''}{found} bulletins")


@app.command()
def show(
    public_id: Annotated[str, typer.Argument(metavar="ID", help="an id, or its beginning, as `search` shows it")],
    diff: Annotated[bool, typer.Option("--diff", help="what each revision changed")] = False,
    format_name: Format = None,
) -> None:
    """Show one bulletin: record, revisions, sightings, attachments."""
    from archive.reading import NotFound
    from archive.showing import shown
    from terminal import print_shown

    try:
        with _archive(_settings(), create=False) as archive, archive.reading() as session:
            print_shown(shown(session, public_id), format_name, diff=diff)
    except NotFound as problem:
        _usage(str(problem))


@app.command()
def changes(
    since: Annotated[int, typer.Option(min=0, metavar="CURSOR", help="only what came after this cursor")] = 0,
    limit: Annotated[int | None, typer.Option(min=1)] = None,
    format_name: Format = None,
) -> None:
    """List what became of which bulletin, oldest first."""
    from archive.changes import KEYS, list_changes
    from terminal import print_rows

    with _archive(_settings(), create=False) as archive, archive.reading() as session:
        columns = ["cursor", "at", "kind/cause", "notification/issued", "revision", "title"]
        print_rows(list_changes(session, since, limit), columns, format_name, keys=KEYS)


@app.command()
def sources(name: Annotated[str | None, typer.Argument(metavar="[SOURCE]")] = None, format_name: Format = None) -> None:
    """List the sources that this version reads, or one in full."""
    from ingest.parsing import source_rows
    from terminal import print_rows

    rows = source_rows([_source(name)] if name else None)
    columns = ["source/publisher", "listing", "every_minutes", "ended", "basis/url"]
    print_rows(rows, columns, format_name)


@app.command()
def status(format_name: Format = None) -> None:
    """Show each source's state, what waits or is missing, and the settings in force."""
    from archive.overview import gaps, source_state, totals
    from parsers.source import sources as all_sources
    from settings import print_settings
    from terminal import print_rows, say

    settings = _settings()
    print_settings(settings, say)
    counts = ["notifications", "pending/quarantined/gaps", "wanted/missing"]
    columns = ["source/state", "last_success/next_check", *counts, "problem"]
    with _archive(settings, create=False) as archive, archive.reading() as session:
        rows = [source_state(session, slug) for slug in all_sources()]
        print_rows(rows, columns, format_name)
        for gap in gaps(session):
            say(
                f"{gap['source']}: gap from {gap['since']:%Y-%m-%d %H:%M} to {gap['until']:%Y-%m-%d %H:%M} UTC: {gap['reason']}"
            )
        say(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in totals(session).items()))


@app.command()
def text(
    file: Annotated[Path, typer.Argument(help="a PDF; `-` is standard input")], format_name: Format = None
) -> None:
    """Print the text of a document, page by page."""
    from wiring import document_reader
    from terminal import print_rows

    body = _bytes_of(file)
    with document_reader(_settings()) as reader:
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
    from wiring import fetch_rows
    from terminal import print_rows

    try:
        print_rows(fetch_rows(_settings(), url), ["url", "status", "fetched_at", "size", "sha256"], format_name)
    except Refused as problem:
        _fail(str(problem))
    except FetchFailed as problem:
        _fail(str(problem), LOSSES)


@app.command()
def quarantine(
    name: Annotated[str | None, typer.Argument(metavar="[SOURCE]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="also those that were read since")] = False,
    format_name: Format = None,
) -> None:
    """List the entries and documents that could not be parsed, with the reasons."""
    from archive.quarantine import list_quarantine
    from terminal import print_rows

    slug = _source(name).slug if name else None
    with _archive(_settings(), create=False) as archive, archive.reading() as session:
        columns = ["id", "source", "what", "reason", "capture", "at", "state"]
        print_rows(list_quarantine(session, slug, all_states=everything), columns, format_name)


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
    from terminal import print_rows, say

    moment = _moment(since, "--since") if since else None
    with _archive(_settings(), create=False) as archive:
        if into is not None:
            _replay_into(archive, into)
            return
        found = [replay_source(archive, _source(name), since=moment, dry_run=dry_run) for name in names or _known()]
    for each in found:
        for problem in each.problems:
            say(problem)
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
    from terminal import say

    with _archive(_settings()) as archive:
        say(f"archive {archive.engine.url.render_as_string(hide_password=True)}: shape {SHAPE}")


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
def test(arguments: Annotated[list[str] | None, typer.Argument(metavar="[PYTEST ARGUMENTS]...")] = None) -> None:
    """Run the whole gate (format, lint, types, tests), or only the tests that the arguments choose."""
    from tests.gate import main as gate

    raise typer.Exit(gate(arguments or []))


def _settings() -> Settings:
    from settings import load_settings

    return load_settings(_home)


@contextmanager
def _archive(settings: Settings, *, create: bool = True) -> Iterator[Archive]:
    from archive.migrate import open_archive

    with open_archive(settings.database, settings.blobs_at, create=create) as archive:
        yield archive


def _known() -> list[str]:
    from parsers.source import sources as all_sources

    return list(all_sources())


def _polled() -> list[Source]:
    from parsers.source import sources as all_sources

    return [source for source in all_sources().values() if not source.ended]


def _source(name: str) -> Source:
    from parsers.source import sources as all_sources

    found = all_sources()
    if name not in found:
        _usage(f"source {name}: there is none, expected one of {', '.join(found)}")
    return found[name]


def _bytes_of(file: Path) -> bytes:
    from ingest.importing import read_file

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else read_file(file)
    except OSError as problem:
        _usage(f"{file}: {problem.strerror or problem}, expected a readable file")


def _moment(printed: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(printed)
    except ValueError:
        _usage(f"{option}: {printed!r}, expected a time like 2017-04-24T10:00:00Z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(printed: str, option: str) -> datetime:
    try:
        day = date.fromisoformat(printed)
    except ValueError:
        _usage(f"{option}: {printed!r}, expected a day like 2017-04-24")
    return datetime.combine(day, time.min, LONDON)


def _query(words: list[str] | None) -> str | None:
    for word in words or []:
        if word.startswith("--"):
            _usage(f"{word}: no such option of search, expected a word or -word")
    return " ".join(words) if words else None


def _facets(**chosen: list[str] | None) -> dict[str, list[str]]:
    from archive.records import LEVELS

    for level in chosen["level"] or []:
        if level not in LEVELS:
            _usage(f"--level: {level!r}, expected one of {', '.join(LEVELS)}")
    chosen["region"] = [region.casefold() for region in chosen["region"] or []]
    return {name: values for name, values in chosen.items() if values}


def _replay_into(archive: Archive, folder: Path) -> None:
    from ingest.replay import CannotReplay, replay_into
    from parsers.source import sources as all_sources
    from settings import load_settings
    from terminal import say

    try:
        with _archive(load_settings(folder)) as new:
            count = replay_into(archive, new, all_sources(), datetime.now(UTC))
    except CannotReplay as problem:
        _fail(str(problem))
    say(f"{count} journal entries settled again in {folder}")


def _say_on_terminal(line: str) -> None:
    from terminal import say

    if sys.stderr.isatty():
        say(line)


def _finish(reports: list[Report], format_name: str | None) -> NoReturn:
    """Say what operators must hear, print one accounts row a source, exit by whether anything was lost."""
    from ingest.report import ACCOUNTS_COLUMNS
    from terminal import print_rows, say

    for report in reports:
        for notice in report.notices:
            say(f"{report.source}: {notice}")
        if report.state != "done":
            say(f"{report.source}: {report.state}")
    print_rows([report.row() for report in reports], ACCOUNTS_COLUMNS, format_name, keys=ACCOUNTS_COLUMNS)
    raise typer.Exit(LOSSES if any(report.lossy for report in reports) else DONE)


def _usage(message: str) -> NoReturn:
    _fail(message, USAGE)


def _fail(message: str, code: int = COULD_NOT_RUN) -> NoReturn:
    from terminal import say

    say(f"bulletins: {message}")
    raise typer.Exit(code)


def main() -> None:
    """Run a command; whatever goes wrong ends in one sentence and an exit code, never in a traceback."""
    try:
        app(prog_name="bulletins")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as problem:
        if os.environ.get("BULLETINS_DEBUG"):
            raise
        print(f"bulletins: {_sentence(problem)}", file=sys.stderr)
        sys.exit(COULD_NOT_RUN)


def _sentence(problem: Exception) -> str:
    told = type(problem).__name__ in TOLD or isinstance(problem, OSError)
    return str(problem) if told else f"{type(problem).__name__}: {problem} (BULLETINS_DEBUG=1 shows where)"


if __name__ == "__main__":
    main()
