"""What commands have in common: reading their arguments, opening the archive, ending with a row and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from archive.store import Archive
    from ingest.report import Report
    from parsers.source import Source
    from settings import Settings

DONE, LOSSES, USAGE, COULD_NOT_RUN = 0, 1, 2, 3
MOST = 2**63 - 1
"""The largest number that a database takes."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ID = re.compile(r"\s*[0-9a-fA-F]{6,16}\s*")
FIRST_PAGES = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there was no web to fetch from."""
LONDON = ZoneInfo("Europe/London")
FORMATS = ("table", "jsonl", "csv")
_home: Path | None = None


def use_home(home: Path | None) -> None:
    """Remember the data folder that stood before the command."""
    global _home
    _home = home


def home_given() -> Path | None:
    """The data folder that stood before the command."""
    return _home


def home_was_given() -> bool:
    """Whether the data folder was chosen, by `--home` or BULLETINS_HOME."""
    return _home is not None or "BULLETINS_HOME" in os.environ


def known_format(name: str | None) -> str | None:
    """The format, if it is one."""
    if name is not None and name not in FORMATS:
        raise typer.BadParameter(f"{name!r}, expected {', '.join(FORMATS)}")
    return name


Format = Annotated[
    str | None,
    typer.Option("--format", callback=known_format, help="table, jsonl or csv; a table on a terminal, else jsonl"),
]
SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="the source's slug, as `sources` shows it")]


def settings_in_force() -> Settings:
    """The settings in force."""
    from settings import load_settings

    return load_settings(_home)


@contextmanager
def open_archive(settings: Settings, *, create: bool = True) -> Iterator[Archive]:
    """The archive of these settings; one that is missing is made, or refused with `create` off.

    What it keeps under former slugs of sources goes on under the present ones from then on.
    """
    from archive.migrate import open_archive as open_it
    from archive.renaming import rename_sources
    from terminal import say

    with open_it(settings.database, settings.blobs_at, create=create) as archive:
        for old, new in rename_sources(archive, present_names(), datetime.now(UTC)):
            say(f"source {old}: it is {new} now; what was kept of it goes on under that slug")
        yield archive


def present_names() -> dict[str, str]:
    """The present slug of each source by its former ones. Raises BadSource."""
    from parsers.configured import former_names

    return former_names(every_source())


def every_source() -> dict[str, Source]:
    """The sources of this version and of the settings, by slug, without those that cannot be one."""
    from parsers.configured import every_source as known

    return known(settings_in_force().source)


def known_slugs() -> list[str]:
    """The slugs of all sources."""
    return list(every_source())


def polled_sources() -> list[Source]:
    """The sources that are still polled; each that is not is told, since naming it runs it all the same."""
    from terminal import say

    say_broken()
    for source in every_source().values():
        if source.ended:
            say(f"{source.slug}: not polled: {source.ended}; name it to ask it all the same")
    return [source for source in every_source().values() if not source.ended]


def source_named(name: str) -> Source:
    """The source of that slug, or of that former one; any other is a usage error."""
    found = every_source()
    for sentence in wrong_sources() if name not in found else ():
        if f"source {name}: " in sentence:
            fail(sentence)
    name = present_names().get(name, name)
    if name not in found:
        say_broken()
        refuse(f"source {name}: there is none, expected one of {', '.join(found)}")
    return found[name]


def bytes_of(file: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`."""
    from ingest.files import UnreadableFile, read_file

    try:
        return read_file(file)
    except UnreadableFile as problem:
        refuse(str(problem))


def address_of(source: Source, printed: str | None) -> str | None:
    """The address that `--url` states, as the source writes it; None where it states none."""
    from ingest.addresses import address_at

    try:
        return None if printed is None else address_at(source, printed)
    except ValueError as problem:
        refuse(f"--url: {problem}")


def archive_address(printed: str) -> str:
    """The address of a web archive that `--archive` states."""
    from ingest.addresses import page_address

    try:
        return page_address(printed)
    except ValueError as problem:
        refuse(f"--archive: {problem}")


def moment_of(printed: str, option: str) -> datetime:
    """A time in UTC as an option states it; UTC where it states no zone."""
    try:
        moment = datetime.fromisoformat(printed)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        refuse(f"{option}: {printed!r}, expected a time like 2017-04-24T10:00:00Z")


def fetched_at(printed: str | None, now: datetime) -> datetime:
    """When `--at` says that a page was fetched; now where it says nothing."""
    if printed is None:
        return now
    moment = moment_of(printed, "--at")
    if moment > now:
        refuse(f"--at: {moment.isoformat()} lies in the future, expected a time that has been")
    if moment < FIRST_PAGES:
        refuse(f"--at: {moment.isoformat()} lies before the first web pages, expected 1990 or later")
    return moment


def day_of(printed: str, option: str) -> datetime:
    """The beginning of a day in London."""
    try:
        day = date.fromisoformat(printed) if DAY.fullmatch(printed) else None
    except ValueError:
        day = None
    if day is None or day == date.max:
        refuse(f"{option}: {printed!r}, expected a day like 2017-04-24")
    return datetime.combine(day, time.min, LONDON)


def ids_of(printed: str) -> list[str]:
    """The ids that are meant: the one stated or begun, else those that a ref of that name has in each source."""
    from archive.identity import public_id

    if ID.fullmatch(printed):
        return [printed.strip()]
    if not printed.isprintable():
        refuse(f"notification {printed[:80]!r}: no id, expected 6 to 16 hex digits as `search` shows them")
    return [public_id(slug, printed) for slug in (*known_slugs(), *present_names())]


def query_of(words: list[str] | None) -> str | None:
    """The words of a query as one string; None where there are none."""
    for word in words or []:
        if word.startswith("--"):
            refuse(f"{word}: no such option of search, expected a word or -word")
    return " ".join(words) if words else None


def facets_of(**chosen: list[str] | None) -> dict[str, list[str]]:
    """The filters that were chosen, by facet."""
    from archive.facets import CLOSED
    from parsers.organisations import ORGANISATIONS
    from parsers.recognised import SERIES
    from parsers.topic_words import IN_TEXT, IN_TITLE

    former = present_names()
    chosen["source"] = [former.get(slug, slug) for slug in chosen["source"] or []]
    known = {**CLOSED, "source": known_slugs(), "issuer": sorted(ORGANISATIONS)}
    known |= {"topic": sorted({*IN_TEXT, *IN_TITLE}), "series": sorted({each.slug for each in SERIES})}
    for name, expected in known.items():
        for value in chosen.get(name) or []:
            if value not in expected:
                refuse(f"--{name}: {value!r}, expected one of {', '.join(expected)}")
    chosen["region"] = [region.casefold() for region in chosen["region"] or []]
    return {name: values for name, values in chosen.items() if values}


def say_on_terminal(line: str) -> None:
    """Tell of progress where somebody watches."""
    from terminal import say

    if sys.stderr.isatty():
        say(line)


def finish(reports: list[Report], format_name: str | None) -> NoReturn:
    """Say what operators must hear, print one accounts row a source, exit by whether anything was lost."""
    from ingest.report import ACCOUNTS_COLUMNS, NARROW
    from terminal import print_rows, say

    for report in reports:
        for notice in report.told:
            say(f"{report.source}: {notice}")
        if report.accounts.quarantined:
            say(f"{report.source}: {report.accounts.quarantined} quarantined, `quarantine {report.source}` says why")
        if report.state != "done":
            say(f"{report.source}: {report.state}")
    rows = [report.row() for report in reports]
    print_rows(rows, ACCOUNTS_COLUMNS, format_name, keys=ACCOUNTS_COLUMNS, narrow=NARROW)
    raise typer.Exit(LOSSES if any(report.lossy for report in reports) else DONE)


def refuse(message: str) -> NoReturn:
    """End with a usage error."""
    fail(message, USAGE)


def fail(message: str, code: int = COULD_NOT_RUN) -> NoReturn:
    """End with a sentence and an exit code."""
    from terminal import say

    say(f"bulletins: {message}")
    raise typer.Exit(code)


def say_broken() -> None:
    """Name the source modules that cannot be imported: their sources are not there until somebody mends them."""
    from parsers.source import broken_sources
    from terminal import say

    for name, problem in broken_sources().items():
        say(f"{name}: {problem}, expected a module that can be imported")
    say_wrong_sources()


def say_wrong_sources() -> None:
    """Name the sources of the settings that cannot be one; the others are there all the same."""
    from terminal import say

    for sentence in wrong_sources():
        say(sentence)


def wrong_sources() -> list[str]:
    """A sentence for each source of the settings that cannot be one, with where it is stated."""
    from parsers.configured import configured_sources
    from settings import origin_of

    settings = settings_in_force()
    place = origin_of("source", settings)
    place = str(settings.home / place) if place.endswith(".toml") else place
    wrong = [f"{place}: {sentence}" for sentence in configured_sources(settings.source)[1]]
    unknown = [each.source for each in settings.request if each.source not in every_source()]
    return wrong + [f"request of source {slug}: there is no such source, expected one of them" for slug in unknown]
