"""The project's own Python files as syntax trees, with what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS: dict[str, tuple[str, ...]] = {
    "archive": (),
    "parsers": ("archive.records",),
    "ingest": ("parsers", "archive"),
    "alerts": ("archive",),
    "kit": ("ingest", "parsers", "archive"),
    "web": ("archive",),
    "replica": (),
    "settings": (),
    "terminal": ("archive.spreadsheet",),
    "scheduler": ("ingest", "alerts", "archive"),
    "upstreams": ("settings", "ingest", "parsers", "archive"),
    "desk": ("settings", "terminal", "web", "ingest", "parsers", "archive"),
    "wiring": (
        "settings",
        "terminal",
        "upstreams",
        "scheduler",
        "desk",
        "web",
        "replica",
        "ingest",
        "parsers",
        "archive",
    ),
    "arguments": ("settings", "terminal", "ingest", "parsers", "archive"),
    "maintaining": ("arguments", "wiring", "upstreams", "settings", "terminal", "kit", "ingest", "parsers", "archive"),
    "queries": ("arguments", "upstreams", "settings", "terminal", "web", "ingest", "parsers", "archive"),
    "history": ("arguments", "wiring", "terminal", "ingest", "parsers"),
    "takeaway": (
        "arguments",
        "queries",
        "settings",
        "desk",
        "wiring",
        "terminal",
        "web",
        "ingest",
        "parsers",
        "archive",
    ),
    "cli": ("*",),
    "environment": (),
    "tests": ("*",),
    "bench": ("*",),
}
"""The top-level modules, and which of them each may import beside itself: `*` is all."""

AROUND = ("tests", "bench")


@dataclass(frozen=True)
class Module:
    """One file: `name` is dotted (`archive.records`), `text` its source."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def modules(root: Path) -> list[Module]:
    """Every Python file below `root`, except in folders whose name begins with a dot."""
    return [_module(root, path) for path in sorted(root.rglob("*.py")) if not _hidden(path.relative_to(root))]


def of_rooms(found: list[Module]) -> list[Module]:
    """The modules of the application: tests and benchmarks left out."""
    return [module for module in found if module.room not in AROUND]


def within(name: str, places: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of `places` or lies in one."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, in functions and for types too; `from a import b` gives `a.b`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            yield from ((node.lineno, name) for name in _constant_texts(node.args[:1]))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _module(root: Path, path: Path) -> Module:
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    text = path.read_text(encoding="utf-8")
    return Module(".".join(parts), path, text, ast.parse(text, filename=str(path)))


def _origin(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _constant_texts(nodes: list[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
