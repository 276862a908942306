"""A package adds sources by an entry point; one that is broken costs itself only."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers import source as registry
from parsers import versions

VILLAGE = '''"""Notices of a village."""
from __future__ import annotations

from parsers.families.feed import Feed
from tiny_bulletins.dates import MINUTES


class Village(Feed):
    slug = publisher = "tiny-village"
    rights = basis = "ours"
    start = ("https://village.example/feed.xml",)
    every_minutes = MINUTES
    listing = "window"
    expect = range(1, 50)
'''
OTHER = VILLAGE.replace("tiny_bulletins", "tiny_{name}")
BROKEN = {
    "syntax": ("def (:\n", "SyntaxError"),
    "clash": (OTHER.replace("tiny-village", "bsia-cssc"), "both use it"),
    "listing": (
        VILLAGE.replace('"window"', '"all"').replace("tiny_bulletins", "tiny_{name}"),
        "no known kind of listing",
    ),
}


def install(folder: Path, name: str, text: str) -> None:
    """A tiny package with an entry point, as an installer leaves it."""
    package, info = folder / name, folder / f"{name}-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").touch()
    (package / "dates.py").write_text("MINUTES = 60\n", "utf-8")
    (package / "sources.py").write_text(text.format(name=name.removeprefix("tiny_")), "utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[bulletins.sources]\n{name} = {name}.sources\n", "utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages, forgotten again afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    _forget()
    yield tmp_path
    for name in {each for each in sys.modules if each.startswith("tiny_")} - known:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    for remembered in (
        registry.sources,
        registry._registry,
        registry._modules,
        versions._read,
        versions.version_of,
    ):
        remembered.cache_clear()


def test_a_package_adds_a_source(installed: Path) -> None:
    install(installed, "tiny_bulletins", VILLAGE)
    source = registry.sources()["tiny-village"]
    assert source.every_minutes == 60
    assert registry.broken_sources() == {}
    assert "bsia-cssc" in registry.sources()


def test_what_it_imports_from_itself_is_part_of_its_version(installed: Path) -> None:
    install(installed, "tiny_bulletins", VILLAGE)
    first = registry.parser_version(type(registry.sources()["tiny-village"]))
    (installed / "tiny_bulletins" / "dates.py").write_text("MINUTES = 60\nHOURS = 1\n", "utf-8")
    versions._read.cache_clear()
    versions.version_of.cache_clear()
    assert registry.parser_version(type(registry.sources()["tiny-village"])) != first


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_package_costs_itself_only(fault: str, installed: Path) -> None:
    text, sentence = BROKEN[fault]
    install(installed, "tiny_bulletins", VILLAGE)
    install(installed, f"tiny_{fault}", text)
    assert {"tiny-village", "bsia-cssc"} <= registry.sources().keys()
    assert type(registry.sources()["bsia-cssc"]).__module__ == "parsers.sources.bsia_cssc"
    ((place, problem),) = registry.broken_sources().items()
    assert place == f"tiny_{fault}: tiny_{fault}.sources (entry point bulletins.sources)"
    assert sentence in problem
