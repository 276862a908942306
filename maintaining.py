"""The commands with which a source is added or mended: new, fixture, parse, quarantine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arguments import (
    DONE,
    LOSSES,
    MOST,
    Format,
    SourceName,
    address_of,
    bytes_of,
    every_source,
    fail,
    home_given,
    open_archive,
    present_names,
    refuse,
    settings_in_force,
    source_named,
)
from terminal import say
from upstreams import archive_at_hand

if TYPE_CHECKING:
    from ingest.parsing import Parsed
    from kit.seen import Seen
    from parsers.source import Source

app = typer.Typer()
RECORD_COLUMNS = ("issued", "level", "region", "title", "issuers", "attachments")
NEXT = "./bulletins test tests/test_fixtures.py tests/house/test_documentation.py --accept"
Capture = Annotated[
    int | None, typer.Option(min=1, max=MOST, help="a capture of the archive, as `quarantine` names it")
]


@app.command()
def new(
    slug: Annotated[str, typer.Argument(help="what the source is called, for good: `village-watch`")],
    url: Annotated[str, typer.Argument(help="the page that lists its bulletins, or their feed")],
    family: Annotated[str | None, typer.Option(help="the family that reads it, where it is not recognised")] = None,
) -> None:
    """Add a source: recognise its platform, write its file and its first fixtures."""
    from kit.adding import FAMILIES_KNOWN, CannotAdd, add_source, refuse_slug
    from kit.places import Checkout, NoCheckout

    if family is not None and family not in FAMILIES_KNOWN:
        refuse(f"--family: {family!r}, expected one of {', '.join(FAMILIES_KNOWN)}")
    try:
        checkout = Checkout.here()
        refuse_slug(slug, [*every_source(), *present_names()], checkout)
        with _getting() as get:
            added = add_source(checkout, get, slug, url, family, datetime.now(UTC))
    except NoCheckout as problem:
        fail(str(problem))
    except CannotAdd as problem:
        refuse(str(problem))
    platform = added.draft.platform
    print(f"recognised {platform.family}: {'; '.join(platform.signs)}")
    print(f"{platform.start}: {len(added.reading.read)} entries, {len(added.reading.links)} links to others")
    for path in added.files:
        print(f"wrote {checkout.named(path)}")
    for sentence in added.problems:
        say(sentence)
    print(f"next: read {checkout.named(added.files[0])} and correct its publisher and rights; then {NEXT}")
    raise typer.Exit(LOSSES if added.problems else DONE)


@app.command()
def fixture(
    name: SourceName,
    url: Annotated[str | None, typer.Argument(help="a page of the source")] = None,
    capture: Capture = None,
    case: Annotated[str | None, typer.Option(help="the name of its folder; else listing, detail or refused")] = None,
    verbatim: Annotated[bool, typer.Option("--verbatim", help="keep the publisher's words")] = False,
) -> None:
    """Save a page as a test: its words replaced, without cookies and tokens."""
    from kit.cases import CannotSave, free_folder, made_case, write_case
    from kit.places import Checkout, NoCheckout
    from parsers.configured import SLUG

    source = source_named(name)
    if (url is None) == (capture is None):
        refuse("fixture: expected either a URL or --capture ID")
    if case is not None and not SLUG.fullmatch(case):
        refuse(f"--case: {case[:60]!r}, expected words of lower-case letters and digits, with hyphens between")
    try:
        checkout = Checkout.here()
        made = made_case(source, _page(source, url, capture), verbatim=verbatim)
        folder = free_folder(checkout.cases(source.slug), case or made.kind)
        write_case(folder, made)
    except (CannotSave, NoCheckout) as problem:
        fail(str(problem))
    print(f"wrote {checkout.named(folder)}: {made.file}, {len(made.body):,} bytes, {made.meta['words']} words")
    print(f"next: {NEXT}, and read the difference")


def _page(source: Source, url: str | None, capture: int | None) -> Seen:
    """The page that a fixture is made of, from the web or from the archive."""
    from kit.captured import seen_in

    if capture is not None:
        with open_archive(settings_in_force(), create=False) as archive:
            return seen_in(archive, capture, source.slug)
    address = address_of(source, url) or source.start[0]
    with _getting() as get:
        return get(address)


@contextmanager
def _getting() -> Iterator[Callable[[str], Seen]]:
    """One guarded fetch after the other; an answer that is no page, and none, end the command."""
    import wiring
    from ingest.fetch import FetchFailed, Refused
    from kit.seen import Seen

    settings = settings_in_force()
    with archive_at_hand(settings) as archive, wiring.tools_for(settings, say=say, archive=archive) as tools:

        def get(url: str) -> Seen:
            say(f"asking for {url}")
            try:
                answer = tools.fetcher.get(url).answer
            except (Refused, FetchFailed) as problem:
                raise OSError(str(problem)) from problem
            if answer.status != 200:
                raise OSError(f"{url}: status {answer.status}, expected a page (200)")
            return Seen(answer.url, answer.body, answer.headers, answer.fetched_at)

        yield get


@app.command()
def parse(
    name: SourceName,
    file: Annotated[Path | None, typer.Argument(help="a page, feed or text; `-` is standard input")] = None,
    url: Annotated[str | None, typer.Option(help="the page's address; by default the source's own")] = None,
    capture: Capture = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="a row for each field, with what it came from")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="again whenever the parser or the file is saved")] = False,
    format_name: Format = None,
) -> None:
    """Print the records of one document, without a database; on a terminal with what each field came from."""
    from ingest.parsing import parse_bytes, parse_capture

    if (file is None) == (capture is None):
        refuse("parse: expected either a FILE or --capture ID")
    if watch:
        _watch(name, file, url, capture, format_name, evidence=evidence)
        return
    source = source_named(name)
    address = address_of(source, url)
    if capture is not None:
        with open_archive(settings_in_force(), create=False) as archive:
            parsed = parse_capture(archive, source, capture, address)
    else:
        parsed = _parse_file(source, file or Path("-"), address, parse_bytes)
    _print_parsed(parsed, format_name, evidence=evidence)
    for problem in parsed.problems:
        say(problem)
    raise typer.Exit(LOSSES if parsed.problems else DONE)


def _print_parsed(parsed: Parsed, format_name: str | None, *, evidence: bool) -> None:
    """Records as they are in JSON Lines and CSV, else (or with `evidence`) a row for each field that they state."""
    from kit.evidence import COLUMNS, evidence_rows
    from terminal import print_rows

    if evidence or format_name == "table" or (format_name is None and sys.stdout.isatty()):
        print_rows(evidence_rows(parsed.rows), COLUMNS, format_name, keys=COLUMNS)
    else:
        print_rows(parsed.rows, RECORD_COLUMNS, format_name)


def _parse_file(source: Source, file: Path, address: str | None, parse_bytes: Callable[..., Parsed]) -> Parsed:
    """A file's records; one that lies in a fixture folder is taken for what its `meta.json` says it is."""
    from kit.cases import meta_beside

    meta: Mapping[str, Any] = meta_beside(file) if address is None else {}
    where = address or meta.get("url") or source.start[0]
    return parse_bytes(source, bytes_of(file), where, meta.get("media_type"), meta.get("role"), meta.get("facts"))


def _watch(
    name: str, file: Path | None, url: str | None, capture: int | None, format_name: str | None, *, evidence: bool
) -> None:
    """Parse again at each save, in a process that imports the parser anew: what is wrong with it is shown."""
    from kit.watching import command_anew, watch

    if file == Path("-"):
        refuse("parse --watch: expected a FILE that can be saved, or --capture ID")
    root = Path(__file__).resolve().parent
    chosen = {"--url": url, "--capture": capture, "--format": format_name}
    options = [part for option, value in chosen.items() if value is not None for part in (option, str(value))]
    home = home_given()
    arguments = [*(["--home", str(home)] if home else []), "parse", name, *([str(file)] if file else []), *options]
    arguments += ["--evidence"] if evidence else []

    def act(changed: object) -> None:
        say(f"-- {datetime.now(UTC):%H:%M:%S} parse {name}; saved files are parsed again, Ctrl-C ends")
        command_anew(root, arguments)

    watch([root / "parsers", *([file] if file else [])], act)


@app.command()
def quarantine(
    which: Annotated[str | None, typer.Argument(metavar="[SOURCE|ID]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="also those that were read since")] = False,
    save: Annotated[Path | None, typer.Option(help="with an ID: write the failing page into this new file")] = None,
    format_name: Format = None,
) -> None:
    """List what could not be parsed, with the reasons; with an ID the failing page and how to mend its parser."""
    from archive.quarantine import list_quarantine
    from terminal import print_rows

    if which is not None and which.isdecimal():
        _quarantined(int(which), save, format_name)
        return
    if save is not None:
        refuse("--save: expected the ID of a quarantined entry before it")
    slug = source_named(which).slug if which else None
    with open_archive(settings_in_force(), create=False) as archive, archive.reading() as session:
        columns = ["id/capture", "source/what/state/at", "reason"]
        print_rows(list_quarantine(session, slug, all_states=everything), columns, format_name)


def _quarantined(number: int, save: Path | None, format_name: str | None) -> None:
    """One row in full, and the commands that follow."""
    from archive.mending import capture_as_saved, failing
    from kit.mending import with_next, write_new
    from terminal import print_fields

    with open_archive(settings_in_force(), create=False) as archive, archive.reading() as session:
        found = failing(session, number) if number <= MOST else None
        if found is None:
            refuse(f"quarantine {number}: there is none, expected an id that `quarantine` lists")
        saved = None if save is None else capture_as_saved(session, archive.blobs, found["capture"])
    if save is not None:
        if saved is None:
            fail(f"capture {found['capture']}: its body is not kept, expected one to save")
        try:
            write_new(save, saved[1])
        except FileExistsError:
            refuse(f"--save {save}: there is something already, expected a new file")
    print_fields(with_next(found, save), format_name)
