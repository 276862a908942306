"""What the README says is so: its sources, commands and settings are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import cli
import history
import maintaining
import queries
import takeaway
from parsers.source import sources
from settings import Settings

FILE = Path(__file__).resolve().parents[2] / "README.md"
README = FILE.read_text("utf-8")
HEAD = ["| source | publisher | first address | how sure we are |", "| --- | --- | --- | --- |"]


def table_of_sources() -> str:
    """The table as the sources state it, by slug."""
    ended = "; not polled any more: {}"
    rows = [
        f"| `{source.slug}` | {source.publisher} | {source.start[0]} | {source.basis}"
        f"{ended.format(source.ended) if source.ended else ''} |"
        for _, source in sorted(sources().items())
    ]
    return "\n".join([*HEAD, *rows])


def test_the_table_of_sources_is_generated_from_the_code(accept: bool) -> None:
    before, after = README.split("## Sources")
    table = after.split("\n\n")[1]
    if accept:
        FILE.write_text(f"{before}## Sources{after.replace(table, table_of_sources(), 1)}", "utf-8")
        return
    assert table == table_of_sources()


def test_every_command_is_described() -> None:
    commands = [
        *cli.app.registered_commands,
        *history.app.registered_commands,
        *maintaining.app.registered_commands,
        *queries.app.registered_commands,
        *takeaway.app.registered_commands,
    ]
    named = {command.name or command.callback.__name__ for command in commands if command.callback}
    described = README.split("| command |")[1].split("## Sources")[0]
    assert {name for name in named if f"`{name}" not in described and name != "test"} == set()
    assert "./bulletins test" in README


def test_every_setting_is_described() -> None:
    table = README.split("| setting |")[1]
    named = set(re.findall(r"BULLETINS_([A-Z_0-9]+)", table))
    assert named == {name.upper() for name in Settings.model_fields}
