"""The command that fetches what the live web has lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from arguments import (
    Format,
    SourceName,
    archive_address,
    day_of,
    finish,
    open_archive,
    refuse,
    settings_in_force,
    source_named,
)

app = typer.Typer()
INTERNET_ARCHIVE = "https://web.archive.org"


@app.command()
def backfill(
    name: SourceName,
    since: Annotated[str | None, typer.Option("--from", help="captures of this day (London) or later")] = None,
    until: Annotated[str | None, typer.Option("--to", help="captures of this day (London) or earlier")] = None,
    at: Annotated[
        str, typer.Option("--archive", help="the Internet Archive, a pywb collection, or Common Crawl's index")
    ] = INTERNET_ARCHIVE,
    format_name: Format = None,
) -> None:
    """Take in what a web archive holds of a source, oldest first. Killed or stopped, it goes on at the next start.

    It keeps to the archive's limits for machines; no robots.txt is looked at.
    """
    from ingest.backfill import backfill as backfill_source
    from terminal import say
    from wiring import refuse_replica, tools_for

    source, address = source_named(name), archive_address(at)
    first = None if since is None else day_of(since, "--from")
    last = None if until is None else day_of(until, "--to") + timedelta(days=1)
    if first is not None and last is not None and first >= last:
        refuse(f"--from {since} --to {until}: nothing lies between, expected an earlier day first")
    settings = settings_in_force().model_copy(update={"attempts": 1})
    refuse_replica(settings)
    with (
        open_archive(settings) as archive,
        tools_for(settings, say=say, archive=archive, looks_at_robots=False) as tools,
    ):
        report = backfill_source(archive, source, address, tools, first, last)
    finish([report], format_name)
