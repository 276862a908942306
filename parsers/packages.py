"""Modules of sources that installed packages bring, by the entry point group `bulletins.sources`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

GROUP = "bulletins.sources"


def stated_modules() -> Iterator[EntryPoint]:
    """The entry points of the group, in the order of their names; the value of each is a module."""
    yield from sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value))


def imported(stated: EntryPoint) -> ModuleType:
    """The module that an entry point names; raises whatever its import raises, or TypeError where it is none."""
    module = importlib.import_module(stated.module)
    if stated.attr:
        raise TypeError(f"entry point {stated.value!r}, expected a module without an attribute")
    return module


def place_of(stated: EntryPoint) -> str:
    """How an operator finds an entry point."""
    package = stated.dist.name if stated.dist else "a package"
    return f"{package}: {stated.value} (entry point {GROUP})"
