"""The commands that only read the archive: search, show, changes, sources, status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.facets import STATES
from arguments import (
    MOST,
    Format,
    day_of,
    every_source,
    facets_of,
    ids_of,
    known_slugs,
    open_archive,
    query_of,
    refuse,
    say_broken,
    settings_in_force,
    source_named,
)

if TYPE_CHECKING:
    from archive.finding import Asked
    from archive.hosts import HostState
    from settings import Settings

app = typer.Typer()
Words = Annotated[
    list[str] | None, typer.Argument(metavar="[QUERY]...", help='words, "phrases", -not, OR, prefix*, level:amber')
]
PublicId = Annotated[str, typer.Argument(metavar="ID", help="an id, or its beginning, as `search` shows it")]
Level = Annotated[list[str] | None, typer.Option(help="green, yellow, amber or red")]
OfSource = Annotated[list[str] | None, typer.Option(help="a source's slug")]
Issuer = Annotated[list[str] | None, typer.Option(help="an organisation's slug")]
Region = Annotated[list[str] | None, typer.Option(help="a region as stated")]
Topic = Annotated[list[str] | None, typer.Option(help="terrorism, fraud, cyber, …")]
Series = Annotated[list[str] | None, typer.Option(help="cites a document of this series: london-protect, …")]
State = Annotated[list[str] | None, typer.Option(help=", ".join(STATES))]
Since = Annotated[str | None, typer.Option(help="issued on this day (London) or later")]
Until = Annotated[str | None, typer.Option(help="issued on this day (London) or earlier")]


def asked_for(words: list[str] | None, since: str | None, until: str | None, **chosen: list[str] | None) -> Asked:
    """The search that these words, days and filters by facet ask for."""
    from archive.finding import Asked

    return Asked(
        query=query_of(words),
        facets=facets_of(**chosen),
        since=None if since is None else day_of(since, "--since"),
        until=None if until is None else day_of(until, "--until") + timedelta(days=1),
    )


@app.command(context_settings={"ignore_unknown_options": True})
def search(
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
    rank: Annotated[bool, typer.Option("--rank", help="best first; else newest first")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    format_name: Format = None,
) -> None:
    """Search titles, texts and the pages of attachments."""
    from archive.finding import how_many
    from archive.finding import search as search_archive
    from archive.query import BadQuery
    from terminal import INVENTED, print_rows, say

    chosen = {"level": level, "source": source, "issuer": issuer, "region": region, "topic": topic}
    asked = replace(
        asked_for(words, since, until, **chosen, series=series, state=state),
        rank=rank,
        limit=limit,
    )
    try:
        settings = settings_in_force()
        with open_archive(settings, create=False) as archive, archive.reading() as session:
            rows = [{**row, "invented": settings.invented} for row in search_archive(session, asked)]
            columns = ["id", "issued", "source", "level", "state", "title/snippet"]
            print_rows(rows, columns, format_name, narrow=["id/issued/source", "level/state", "title/snippet"])
            found, more = how_many(session, asked)
    except BadQuery as problem:
        refuse(str(problem))
    if format_name == "table" or sys.stdout.isatty() or len(rows) < found:
        say(f"{len(rows)} of {'more than ' if more else ''}{found} bulletins{INVENTED if settings.invented else ''}")


@app.command()
def show(
    public_id: PublicId,
    diff: Annotated[bool, typer.Option("--diff", help="what each revision changed")] = False,
    format_name: Format = None,
) -> None:
    """Show one bulletin: record, evidence, revisions, sightings, attachments."""
    from terminal import print_shown

    found = shown_by(public_id)
    if diff:
        from web.diff_lines import lines_of

        found["differences"] = list(lines_of(found["revisions"]))
    print_shown(found, format_name)


def shown_by(public_id: str) -> dict[str, Any]:
    """All that is known of the bulletin with that id, or that beginning of one; refuses where there is no such."""
    from archive.changes import changes_of
    from archive.reading import NotFound, number_of
    from archive.showing import shown

    wanted, reason, settings = ids_of(public_id), "", settings_in_force()
    with open_archive(settings, create=False) as archive, archive.reading() as session:
        for each in wanted:
            try:
                became = changes_of(session, number_of(session, each))
                return {**shown(session, each), "changes": became, "invented": settings.invented}
            except NotFound as problem:
                reason = str(problem).partition(": ")[2]
    refuse(f"notification {public_id[:80]!r}: {reason}")


@app.command()
def changes(
    since: Annotated[int, typer.Option(min=0, max=MOST, metavar="CURSOR", help="only what came after this cursor")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="created, revised, withdrawn, …")] = None,
    source: OfSource = None,
    limit: Annotated[int | None, typer.Option(min=1, max=MOST)] = None,
    format_name: Format = None,
) -> None:
    """List what became of which bulletin, oldest first."""
    from archive.changes import KEYS, KINDS, Which, list_changes
    from terminal import INVENTED, print_rows, say

    for each in kind or []:
        if each not in KINDS:
            refuse(f"--kind: {each!r}, expected one of {', '.join(KINDS)}")
    which = Which(kind or [], facets_of(source=source, region=None).get("source", []))
    settings = settings_in_force()
    with open_archive(settings, create=False) as archive, archive.reading() as session:
        columns = ["cursor", "at", "kind", "state", "cause", "notification", "revision", "source", "issued", "title"]
        narrow = ["cursor/revision", "at/notification", "kind/state/cause", "title/source/issued"]
        rows = ({**row, "invented": settings.invented} for row in list_changes(session, since, limit, which))
        print_rows(rows, columns, format_name, keys=[*KEYS, "invented"], narrow=narrow)
    if settings.invented and (format_name == "table" or sys.stdout.isatty()):
        say(f"changes of bulletins{INVENTED}")


@app.command()
def sources(name: Annotated[str | None, typer.Argument(metavar="[SOURCE]")] = None, format_name: Format = None) -> None:
    """List the sources that this version reads, or one in full."""
    from ingest.parsing import source_rows
    from terminal import print_rows, say
    from upstreams import archive_at_hand, unknown_hosts

    say_broken()
    settings = settings_in_force()
    with archive_at_hand(settings) as archive:
        for sentence in unknown_hosts(settings, archive) if archive else ():
            say(sentence)
    rows = source_rows([source_named(name)] if name else every_source().values())
    columns = ["source/publisher", "listing/every_minutes/ended", "basis/url"]
    print_rows(rows, columns, format_name)


@app.command()
def status(format_name: Format = None) -> None:
    """Show each source's state; beside it, on standard error, gaps, totals and the settings in force."""
    from archive.hosts import troubled_hosts
    from archive.overview import gaps, source_states, totals
    from settings import print_settings
    from terminal import print_rows, say
    from upstreams import unknown_hosts

    settings = settings_in_force()
    print_settings(settings, say)
    say_broken()
    counts = ["notifications", "wanted", "missing", "pending", "quarantined", "gaps"]
    columns = ["source", "state", "last_success", "next_check", *counts, "problem"]
    narrow = ["source/state/problem", "last_success/next_check", "/".join(counts[:3]), "/".join(counts[3:])]
    with open_archive(settings, create=False) as archive, archive.reading() as session:
        rows = source_states(session, known_slugs())
        print_rows(rows, columns, format_name, narrow=narrow)
        _say_of_hosts(settings, troubled_hosts(session), datetime.now(UTC), say)
        for sentence in unknown_hosts(settings, archive):
            say(sentence)
        for gap in gaps(session):
            span = f"{gap['since']:%Y-%m-%d %H:%M} to {gap['until']:%Y-%m-%d %H:%M} UTC"
            say(f"{gap['source']}: gap from {span}: {gap['reason']}")
        say(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in totals(session).items()))


def _say_of_hosts(
    settings: Settings, troubled: Mapping[str, HostState], now: datetime, say: Callable[[str], None]
) -> None:
    """Whose robots.txt is not obeyed and why, and which hosts fail."""
    for each in settings.host:
        if each.robots == "ignore":
            say(f"{each.name}: robots.txt is not obeyed: {each.reason}")
    for name, state in troubled.items():
        failed = f"{state.failures} failures in a row, the last: {state.last_error}"
        until = state.closed_until
        closed = f", left alone until {until:%Y-%m-%d %H:%M:%S} UTC" if until and until > now else ""
        if state.failures or closed:
            say(f"{name}: {failed if state.failures else 'it asked for that'}{closed}")
