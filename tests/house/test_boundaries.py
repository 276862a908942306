"""Who may import whom, who may touch network, database and clock; each rule is also shown to find an offence."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.code import ROOMS, ROOT, Module, imports, modules, of_rooms, within

FETCHING = tuple("httpx httpcore ssl http.client urllib.request requests aiohttp smtplib ftplib".split())
OWNED: dict[tuple[str, ...], tuple[str, ...]] = {
    FETCHING: ("ingest", "replica.transport"),
    ("socket", "socketserver"): ("ingest", "replica", "web"),
    ("sqlalchemy", "alembic", "sqlite3", "psycopg"): ("archive",),
    ("apscheduler",): ("scheduler",),
    ("uvicorn",): ("web", "replica", "cli"),
    ("starlette", "jinja2"): ("web", "replica"),
    ("typer", "click"): ("cli", "arguments", "history", "maintaining", "queries", "takeaway"),
    ("rich",): ("terminal", "cli"),
    ("pydantic_settings",): ("settings",),
}
"""Libraries that only some modules may import."""

PURE = ("parsers", "archive.records")
IMPURE = tuple("time random secrets socket ssl os subprocess tempfile shutil uuid threading asyncio pathlib".split())
CLOCK_READINGS = frozenset("now utcnow today".split())
OUTSIDE_CALLS = frozenset("open input print exec eval".split())


def imports_upwards(found: list[Module]) -> Iterator[str]:
    """Imports of our own modules that the table of rooms does not allow, and rooms that it does not know."""
    for module in found:
        if module.room not in ROOMS:
            yield f"{module.name}: a room of its own, expected one of {', '.join(ROOMS)}"
            continue
        allowed = (module.room, *ROOMS[module.room])
        for line, name in imports(module):
            if name.partition(".")[0] in ROOMS and "*" not in allowed and not within(name, allowed):
                yield f"{module.name}:{line}: imports {name}, expected only {', '.join(allowed)}"


def imports_what_others_own(found: list[Module]) -> Iterator[str]:
    """Imports of network, database and framework libraries outside the rooms that own them."""
    for module in of_rooms(found):
        for line, name in imports(module):
            for libraries, owners in OWNED.items():
                if within(name, libraries) and not within(module.name, owners):
                    yield f"{module.name}:{line}: imports {name}, expected only in {', '.join(owners)}"


def reaches_outside(found: list[Module]) -> Iterator[str]:
    """Clock, chance, files, environment and processes in what has to be pure."""
    for module in found:
        if not within(module.name, PURE):
            continue
        for line, name in imports(module):
            if within(name, IMPURE):
                yield f"{module.name}:{line}: imports {name}, expected nothing from outside"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in CLOCK_READINGS:
                yield f"{module.name}:{node.lineno}: reads a clock by .{node.attr}, expected none"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTSIDE_CALLS:
                yield f"{module.name}:{node.lineno}: calls {node.func.id}(), expected nothing from outside"


def imports_undeclared(found: list[Module]) -> Iterator[str]:
    """Imports of installed packages that pyproject.toml does not name: a test dependency, or another's dependency."""
    declared = _declared()
    providers = {name: {_normal(each) for each in given} for name, given in packages_distributions().items()}
    for module in of_rooms(found):
        for line, name in imports(module):
            top = name.partition(".")[0]
            given = set() if top in sys.stdlib_module_names or top in ROOMS else providers.get(top, set())
            if given and not given & declared:
                yield f"{module.name}:{line}: imports {top}, expected {' or '.join(sorted(given))} in pyproject.toml"


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {_normal(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in project["dependencies"]}


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


RULES = (imports_upwards, imports_what_others_own, reaches_outside, imports_undeclared)


@pytest.fixture(scope="module")
def ours() -> list[Module]:
    return modules(ROOT)


@pytest.mark.parametrize("rule", RULES)
def test_the_code_keeps_the_rule(rule: Callable[[list[Module]], Iterator[str]], ours: list[Module]) -> None:
    offences = list(rule(ours))
    assert not offences, "\n" + "\n".join(offences)


def test_every_room_is_read(ours: list[Module]) -> None:
    assert {"archive", "parsers", "ingest", "replica", "cli", "tests"} <= {module.room for module in ours}


OFFENCES = [
    (imports_upwards, "archive/store.py", "import parsers.page"),
    (imports_upwards, "archive/store.py", "def read():\n    from ingest import run"),
    (imports_upwards, "archive/store.py", "import importlib\nimportlib.import_module('parsers.page')"),
    (imports_upwards, "archive/deep/store.py", "from ...parsers import page"),
    (imports_upwards, "parsers/page.py", "from archive import store"),
    (imports_upwards, "parsers/page.py", "import archive"),
    (imports_upwards, "parsers/sources/new.py", "from archive.recordsmith import Notification"),
    (imports_upwards, "replica/app.py", "from archive.records import Notification"),
    (imports_upwards, "web/app.py", "TYPE_CHECKING = 0\nif TYPE_CHECKING:\n    from parsers.source import Source"),
    (imports_upwards, "ingest/run.py", "import settings"),
    (imports_upwards, "settings.py", "import terminal"),
    (imports_upwards, "scheduler.py", "import tests.servers"),
    (imports_upwards, "cellar/wine.py", "import json"),
    (imports_upwards, "cellar.py", "import json"),
    (imports_what_others_own, "archive/store.py", "import httpx"),
    (imports_what_others_own, "archive/store.py", "from socket import gethostname"),
    (imports_what_others_own, "replica/app.py", "import httpx"),
    (imports_what_others_own, "ingest/run.py", "from sqlalchemy.orm import Session"),
    (imports_what_others_own, "cli.py", "def run():\n    import sqlite3"),
    (imports_what_others_own, "scheduler.py", "from urllib import request"),
    (reaches_outside, "parsers/dates.py", "import time"),
    (reaches_outside, "parsers/dates.py", "from os import environ"),
    (reaches_outside, "parsers/dates.py", "from datetime import datetime\ndatetime.now()"),
    (reaches_outside, "parsers/dates.py", "from datetime import date\nread_clock = date.today"),
    (reaches_outside, "parsers/families/feed.py", "import random"),
    (reaches_outside, "parsers/organisations.py", "open('organisations.csv')"),
    (reaches_outside, "archive/records.py", "import datetime\ndatetime.datetime.utcnow()"),
    (imports_undeclared, "ingest/fetch.py", "import pytest"),
]


@pytest.mark.parametrize(("rule", "path", "text"), OFFENCES)
def test_an_offence_is_found(
    rule: Callable[[list[Module]], Iterator[str]], path: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    assert len(list(rule(modules(tmp_path)))) == 1


ALLOWED = [
    ("parsers/page.py", "from archive import records\nfrom archive.records import Link\nfrom parsers import dates"),
    ("parsers/sources/new.py", "from ..families import dated_page"),
    ("ingest/run.py", "import httpx\nimport socket\nfrom archive import store\nfrom parsers.source import parse"),
    ("archive/store.py", "import sqlite3\nfrom urllib.parse import urlsplit\nimport time"),
    ("replica/transport.py", "import httpx"),
    ("cli.py", "import settings, scheduler, web.app, replica.server, tests.gate"),
    ("tests/test_run.py", "import sqlite3, httpx, time"),
]


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_what_is_allowed_is_not_reported(path: str, text: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    assert [offence for rule in RULES for offence in rule(modules(tmp_path))] == []


SETTINGS = {"pydantic", "pydantic_settings"}
LOADED = """
import importlib, pkgutil, sys
sys.path.insert(0, {root!r})
package = importlib.import_module({name!r})
for module in pkgutil.walk_packages(getattr(package, "__path__", []), package.__name__ + "."):
    importlib.import_module(module.name)
print(" ".join(sys.modules))
"""


def loaded_by(name: str) -> set[str]:
    """Top-level names of all modules that are loaded once a package of ours and all below it are imported."""
    program = LOADED.format(root=str(ROOT), name=name)
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return {loaded.partition(".")[0] for loaded in done.stdout.split()}


@pytest.mark.parametrize(
    ("name", "heavy"),
    [
        ("parsers", {"httpx", "httpcore", "sqlalchemy", "sqlite3", "pdfplumber", "requests"}),
        (
            "cli",
            {"httpx", "sqlalchemy", "pdfplumber", "pypdfium2", "uvicorn", "bs4", "lxml", "apscheduler", "pydantic"},
        ),
    ],
)
def test_importing_loads_nothing_heavy(name: str, heavy: set[str]) -> None:
    assert not loaded_by(name) & heavy


def test_what_is_loaded_is_noticed() -> None:
    assert {"archive", "sqlalchemy"} <= loaded_by("archive.tables")
