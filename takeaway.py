"""The commands with which bulletins are cited, taken away and brought back: cite, export, load."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from urllib.parse import urlsplit

import typer

from arguments import (
    Format,
    every_source,
    fail,
    finish,
    open_archive,
    present_names,
    refuse,
    say_on_terminal,
    settings_in_force,
)
from queries import (
    Issuer,
    Level,
    OfSource,
    PublicId,
    Region,
    Series,
    Since,
    State,
    Topic,
    Until,
    Words,
    asked_for,
    shown_by,
)

if TYPE_CHECKING:
    from settings import Settings
    from web.catalogue import Catalogue

app = typer.Typer()
FORMATS, FORMS = ("jsonl", "csv", "briefing"), ("text", "bibtex")
STANDARD_INPUT = Path("-")
Write = Callable[[bytes], bool]
"""Takes a piece and says whether there is still somebody to read the next."""


Base = Annotated[
    str | None, typer.Option(help="where the archive is served, for the addresses of bulletins: https://…")
]


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def checked(name: str) -> str:
        if name not in names:
            raise typer.BadParameter(f"{name!r}, expected {', '.join(names)}")
        return name

    return checked


@app.command(context_settings={"ignore_unknown_options": True})
def export(
    words: Words = None,
    level: Level = None,
    source: OfSource = None,
    issuer: Issuer = None,
    region: Region = None,
    topic: Topic = None,
    series: Series = None,
    state: State = None,
    since: Since = None,
    until: Until = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format", callback=_one_of(FORMATS), help="jsonl, csv (for spreadsheets) or briefing (HTML to print)"
        ),
    ] = "jsonl",
    output: Annotated[
        Path | None, typer.Option(help="write this file, whole or not at all; else standard output")
    ] = None,
    base: Base = None,
) -> None:
    """Take away all that a search finds, or all there is: sorted by id, equal archives in equal bytes."""
    from archive.export import numbers_by_id
    from archive.query import BadQuery
    from web.briefing import MOST_BRIEFED, described
    from web.takeaway import written

    chosen = {"level": level, "source": source, "issuer": issuer, "region": region, "topic": topic}
    asked = asked_for(words, since, until, **chosen, series=series, state=state)
    address = None if base is None else _address(base)
    settings = settings_in_force()
    catalogue = _catalogue(settings)
    with open_archive(settings, create=False) as archive, archive.reading() as session:
        try:
            numbers = numbers_by_id(session, asked)
        except BadQuery as problem:
            refuse(str(problem))
        if format_name == "briefing" and len(numbers) > MOST_BRIEFED:
            refuse(f"a briefing of {len(numbers):,} bulletins, expected a search for at most {MOST_BRIEFED:,}")
        with _written_to(output) as write:
            for piece in written(session, numbers, format_name, catalogue, described(asked), address):
                if not write(piece):
                    break


@app.command()
def cite(
    public_id: PublicId,
    form: Annotated[str, typer.Option("--as", callback=_one_of(FORMS), help="text or bibtex")] = "text",
    base: Base = None,
) -> None:
    """Cite one bulletin: where it stands, when it was retrieved, and the hashes that prove what it was."""
    from terminal import printable
    from web.citing import bibtex, plain_citation

    write = bibtex if form == "bibtex" else plain_citation
    settings, found = settings_in_force(), shown_by(public_id)
    address = None if base is None else f"{_address(base).rstrip('/')}/bulletins/{found['id']}"
    print(printable(write(found, _catalogue(settings), address)), end="")


def _catalogue(settings: Settings) -> Catalogue:
    from desk import catalogue_of

    return catalogue_of(every_source().values(), replica=settings.invented)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="JSON Lines that `export` wrote; `-`: standard input")],
    format_name: Format = None,
) -> None:
    """Read an export back into an archive: what is known stays as it is, what differs is quarantined."""
    from ingest.loading import Loading
    from terminal import say
    from wiring import refuse_replica

    settings, now = settings_in_force(), datetime.now(UTC)
    refuse_replica(settings)
    name = "standard input" if file == STANDARD_INPUT else str(file)
    with _opened(file) as stream, open_archive(settings) as archive:
        loading = Loading(archive, every_source(), present_names(), name, now, say, say_on_terminal)
        reports = loading.load(stream)
    wanted = sum(report.accounts.attachments for report in reports)
    if wanted:
        say(f"{name}: {wanted} attachments are wanted: their bytes are not in an export, the next run asks for them")
    finish(reports, format_name)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(open(file, "rb"))
        except OSError as problem:
            refuse(f"{file}: {problem.strerror}, expected a file that `export` wrote")
        yield stream


def _address(printed: str) -> str:
    parts = urlsplit(printed)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        refuse(f"--base: {printed[:80]!r}, expected an address like https://desk.example.org")
    return printed


@contextmanager
def _written_to(output: Path | None) -> Iterator[Write]:
    """Where the bytes go: standard output, or a file that has its name once it is whole and durable."""
    if output is None:
        yield _to_standard_output
        return
    try:
        with _whole(output) as write:
            yield write
    except OSError as problem:
        fail(f"--output {output}: {problem.strerror or problem}, expected a file that can be written")


def _to_standard_output(piece: bytes) -> bool:
    from terminal import is_read

    sys.stdout.buffer.write(piece)
    return is_read()


@contextmanager
def _whole(output: Path) -> Iterator[Write]:
    """A file beside its place, which takes it when all is on disk; on any error it is gone and nothing has changed."""
    from archive.durable import sync_folder

    with suppress(FileNotFoundError):
        if not stat.S_ISREG(output.stat().st_mode):
            refuse(f"--output {output}: no plain file, expected a new one, or one to put in its place")
    arriving = output.with_name(f".{output.name}.{secrets.token_hex(8)}")
    try:
        with open(arriving, "xb") as file:
            yield lambda piece: file.write(piece) >= 0
            file.flush()
            os.fsync(file.fileno())
        os.replace(arriving, output)
        sync_folder(str(output.parent))
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
