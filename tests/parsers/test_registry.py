"""Sources are registered by existing; one that is broken costs itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import parsers.sources
from parsers import source as registry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A further folder of sources, forgotten again afterwards."""
    monkeypatch.setattr(parsers.sources, "__path__", [*parsers.sources.__path__, str(tmp_path)])
    for remembered in (registry.sources, registry._registry, registry._modules):
        remembered.cache_clear()
    yield tmp_path
    for remembered in (registry.sources, registry._registry, registry._modules):
        remembered.cache_clear()


def test_no_source_of_this_checkout_is_broken() -> None:
    assert registry.broken_sources() == {}
    assert "bsia-cssc" in registry.sources()


def test_a_broken_module_costs_its_own_sources_only(folder: Path) -> None:
    (folder / "broken_one.py").write_text("def entries(:\n")
    assert "bsia-cssc" in registry.sources()
    assert registry.broken_sources()["parsers/sources/broken_one.py"].startswith("SyntaxError")


def test_a_slug_that_is_there_twice_names_both(folder: Path) -> None:
    (folder / "second_one.py").write_text(
        "from parsers.families.dated_page import DatedPage\n"
        "class Second(DatedPage):\n    slug, listing = 'bsia-cssc', 'window'\n"
    )
    with pytest.raises(ValueError, match="Second"):
        registry.sources()
