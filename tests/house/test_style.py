"""Short files, short functions, names that say something, nothing swallowed, nothing left for later."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.house.code import ROOT, Module, modules, of_rooms, within

FILE_LINES = 300
ROOM_LINES = (("parsers.sources", 120), ("parsers.families", 90))
FUNCTION_LINES_MEDIAN = 8
FUNCTION_LINES_P90 = 30
SAYS_NOTHING = frozenset("util utils helper helpers common misc manager managers".split())
LEFT_FOR_LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def too_long(found: list[Module]) -> Iterator[str]:
    """Files over 300 lines, sources over 120, families over 90. A migration is as long as what it makes, for good."""
    for module in found:
        if within(module.name, ("archive.migrations.versions",)):
            continue
        cap = min((cap for room, cap in ROOM_LINES if within(module.name, (room,))), default=FILE_LINES)
        lines = len(module.text.splitlines())
        if lines > cap:
            yield f"{module.name}: {lines} lines, expected at most {cap}"


def named_for_nothing(found: list[Module]) -> Iterator[str]:
    """Modules and classes whose name does not say what they are."""
    for module in found:
        for part in module.name.split("."):
            if SAYS_NOTHING & set(part.lower().split("_")):
                yield f"{module.name}: {part}, expected a name that says what it is"


def asserts(found: list[Module]) -> Iterator[str]:
    """`assert` in the application: it disappears under `python -O`."""
    for module in of_rooms(found):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Assert):
                yield f"{module.name}:{node.lineno}: assert, expected an error that is raised"


def swallowed(found: list[Module]) -> Iterator[str]:
    """Exceptions caught without a type, or caught and dropped."""
    for module in found:
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            if node.type is None:
                yield f"{module.name}:{node.lineno}: except without a type, expected one"
            elif module in of_rooms([module]) and all(map(_does_nothing, node.body)):
                yield f"{module.name}:{node.lineno}: exception dropped, expected a reaction"


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


def left_for_later(found: list[Module]) -> Iterator[str]:
    """Comments that promise work, and functions that only say that they are not written."""
    for module in found:
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
            if token.type == tokenize.COMMENT and LEFT_FOR_LATER.search(token.string):
                yield f"{module.name}:{token.start[0]}: {token.string}, expected the work done"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and node.exc and "NotImplementedError" in ast.unparse(node.exc):
                yield f"{module.name}:{node.lineno}: not implemented, expected the work done"


def without_future_annotations(found: list[Module]) -> Iterator[str]:
    """Modules with code that do not defer annotations."""
    for module in found:
        code = [node for node in module.tree.body if not (isinstance(node, ast.Expr) and _does_nothing(node))]
        if code and "from __future__ import annotations" not in module.text:
            yield f"{module.name}: no `from __future__ import annotations`, expected it first"


RULES = (too_long, named_for_nothing, asserts, swallowed, left_for_later, without_future_annotations)


def function_lines(found: list[Module]) -> list[int]:
    """The length of each function and method, from `def` to its last line."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in found
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.fixture(scope="module")
def ours() -> list[Module]:
    return modules(ROOT)


@pytest.mark.parametrize("rule", RULES)
def test_the_code_keeps_the_rule(rule: Callable[[list[Module]], Iterator[str]], ours: list[Module]) -> None:
    offences = list(rule(ours))
    assert not offences, "\n" + "\n".join(offences)


def test_functions_are_short(ours: list[Module]) -> None:
    lines = function_lines(of_rooms(ours))
    assert median(lines) <= FUNCTION_LINES_MEDIAN
    assert quantiles(lines, n=10)[-1] <= FUNCTION_LINES_P90


LINE = "from __future__ import annotations\n"
OFFENCES = [
    (too_long, "archive/store.py", LINE * 301),
    (too_long, "parsers/sources/new.py", LINE * 121),
    (too_long, "parsers/families/new.py", LINE * 91),
    (named_for_nothing, "archive/utils.py", ""),
    (named_for_nothing, "ingest/helpers/text.py", ""),
    (named_for_nothing, "web/session_manager.py", ""),
    (asserts, "archive/store.py", "def keep(body):\n    assert body"),
    (swallowed, "archive/store.py", "try:\n    keep()\nexcept OSError:\n    pass"),
    (swallowed, "archive/store.py", "try:\n    keep()\nexcept OSError:\n    ..."),
    (swallowed, "tests/test_store.py", "try:\n    keep()\nexcept:\n    raise"),
    (left_for_later, "archive/store.py", "# TODO: keep it"),
    (left_for_later, "archive/store.py", "def keep():\n    raise NotImplementedError"),
    (without_future_annotations, "archive/store.py", '"""Keeps."""\n\nimport os\n'),
]


@pytest.mark.parametrize(("rule", "path", "text"), OFFENCES)
def test_an_offence_is_found(
    rule: Callable[[list[Module]], Iterator[str]], path: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    assert len(list(rule(modules(tmp_path)))) == 1


def test_functions_are_measured_to_their_last_line(tmp_path: Path) -> None:
    (tmp_path / "archive.py").write_text("def keep():\n    return [\n        1,\n    ]\n\n\nx = 1\n", encoding="utf-8")
    assert function_lines(modules(tmp_path)) == [4]
