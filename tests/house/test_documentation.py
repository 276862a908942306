"""What the README says is so: its sources, commands and settings are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import cli
import queries
from parsers.source import sources
from settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def test_the_table_of_sources_is_that_of_the_code() -> None:
    ended = "; not polled any more: {}"
    rows = [
        f"| `{source.slug}` | {source.publisher} | {source.start[0]} | {source.basis}"
        f"{ended.format(source.ended) if source.ended else ''} |"
        for source in sources().values()
    ]
    table = README.split("## Sources")[1].split("\n\n")[1]
    assert table.splitlines()[2:] == rows


def test_every_command_is_described() -> None:
    commands = [*cli.app.registered_commands, *queries.app.registered_commands]
    named = {command.name or command.callback.__name__ for command in commands if command.callback}
    described = README.split("| command |")[1].split("## Sources")[0]
    assert {name for name in named if f"`{name}" not in described and name != "test"} == set()
    assert "./bulletins test" in README


def test_every_setting_is_described() -> None:
    table = README.split("| setting |")[1]
    named = set(re.findall(r"BULLETINS_([A-Z_0-9]+)", table))
    assert named == {name.upper() for name in Settings.model_fields}
