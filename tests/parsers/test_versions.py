"""A parser's version: another when its code is another, the same in every thread and process."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from parsers import versions
from parsers.source import parser_version, sources
from parsers.versions import version_of

CODE = '''"""What it is."""
from rooms_of_a_test.dates import WORDS
LEVELS = {"green", "amber", "red"}
def known(level: str) -> bool:
    """Whether it is one of them."""
    return level in {"green", "amber", "red"} and level in LEVELS | set(WORDS)
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "rooms_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("", "utf-8")
    (folder / "dates.py").write_text('WORDS = ("today",)\n', "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield folder
    for name in [name for name in sys.modules if name.startswith("rooms_of_a_test")]:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    versions.version_of.cache_clear()
    versions._read.cache_clear()


def version_with(package: Path, code: str, facts: str = "") -> str:
    (package / "levels.py").write_text(code, "utf-8")
    _forget()
    return version_of(("rooms_of_a_test.levels",), facts)


def test_comments_and_layout_are_not_part_of_it(package: Path) -> None:
    first = version_with(package, CODE)
    assert len(first) == 12
    assert version_with(package, "# Another day.\n" + CODE.replace("def known", "\n\n# Kept.\ndef known")) == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('in {"green"', 'in {"Green"'),
        ("level in {", "level not in {"),
        (" and level", " or level"),
        ("set(WORDS)", "set(WORDS[1:])"),
        ("known(level: str)", "known(level: str, /)"),
        ("LEVELS = {", "LEVELS = {1, "),
    ],
)
def test_other_code_has_another(old: str, new: str, package: Path) -> None:
    assert CODE.count(old) == 1
    assert version_with(package, CODE.replace(old, new)) != version_with(package, CODE)


def test_so_have_other_facts_and_other_code_that_is_imported(package: Path) -> None:
    first = version_with(package, CODE)
    assert version_with(package, CODE, "every_minutes=30") != first
    (package / "dates.py").write_text('WORDS = ("today", "tomorrow")\n', "utf-8")
    assert version_with(package, CODE) != first


@pytest.mark.parametrize(
    "line",
    [
        "from rooms_of_a_test.dates import WORDS",
        "from rooms_of_a_test import dates",
        "from . import dates",
        "from .dates import WORDS",
        "import rooms_of_a_test.dates as days",
        "def late() -> None:\n    from . import dates",
    ],
)
def test_however_it_is_imported(line: str, package: Path) -> None:
    first = version_with(package, f"{line}\n")
    (package / "dates.py").write_text('WORDS = ("today", "tomorrow")\n', "utf-8")
    assert version_with(package, f"{line}\n") != first


def test_all_that_classifies_is_part_of_every_parsers_version(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget()
    read: set[str] = set()
    known = versions._read

    def noted(name: str) -> tuple[str, tuple[str, ...]]:
        read.add(name)
        return known(name)

    monkeypatch.setattr(versions, "_read", noted)
    parser_version(type(sources()["bsia-cssc"]))
    rules = ("classification", "states", "police_references", "topics", "topic_words", "threat", "organisations")
    assert {f"parsers.{name}" for name in rules} <= read
    versions.version_of.cache_clear()


def test_every_process_tells_the_same() -> None:
    """Sets among the constants lie in another order in each process."""
    words = "from parsers.source import *; print(*(parser_version(type(each)) for each in sources().values()))"
    told = {
        subprocess.run(
            [sys.executable, "-c", words], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {" ".join(parser_version(type(each)) for each in sources().values()) + "\n"}


def test_every_thread_tells_the_same() -> None:
    _forget()
    every = [type(each) for each in sources().values()] * 2
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(parser_version, every))
    assert told[: len(every) // 2] == told[len(every) // 2 :]
