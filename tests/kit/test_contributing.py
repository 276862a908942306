"""CONTRIBUTING's five commands, run as they stand there: from an address to green, touching one file and one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.kit.checkout import ROOT, copied

HEADING = "## Adding a source in five commands"


def commands_of(text: str) -> list[list[str]]:
    """The commands of the first block of code below the heading."""
    section = text.split(HEADING)[1].split("\n## ")[0]
    block = re.search(r"(?:^    \S.*\n)+", section, re.MULTILINE)
    assert block, "no block of code"
    return [shlex.split(line) for line in block[0].splitlines()]


def test_the_five_commands_lead_from_an_address_to_green(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    before = copy.files()
    commands = commands_of((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert len(commands) == 5
    for launcher, *arguments in commands:
        assert launcher == "./bulletins"
        done = copy(*arguments)
        assert done.code == 0, f"{arguments}: {done.out}{done.err}"
    after = copy.files()
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    source, cases = "parsers/sources/felpersham_forum.py", "tests/fixtures/felpersham-forum/"
    assert source in changed
    assert {name.removeprefix(cases).partition("/")[0] for name in changed if name.startswith(cases)} == {
        *("listing", "detail", "blocked", "older-page")
    }
    assert {name for name in changed if not name.startswith(cases)} == {source, "README.md"}
    assert len((copy.root / source).read_text("utf-8").splitlines()) <= 40
    rows = (ROOT / "README.md").read_text("utf-8").splitlines()
    (added,) = (row for row in (copy.root / "README.md").read_text("utf-8").splitlines() if row not in rows)
    assert added.startswith("| `felpersham-forum` | felpersham-forum |")
