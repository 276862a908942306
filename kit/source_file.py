"""The file of a new source: its facts, written as the other sources are, and read back to be tried."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from kit.platforms import Platform
from parsers.configured import ARTICLE, FAMILIES
from parsers.source import Source

MAX_LINE = 120
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new source states."""

    slug: str
    name: str
    platform: Platform
    basis: str
    expect: range
    every_minutes: int = 60

    @property
    def module(self) -> str:
        return self.slug.replace("-", "_")

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.slug.split("-"))


def written(draft: Draft) -> str:
    """The text of the source's module."""
    module, _, family = {**FAMILIES, "article": ARTICLE}[draft.platform.family].partition(":")
    imports = ["import re\n"] if any("re.compile" in value for value in draft.platform.facts.values()) else []
    lines = [
        f'"""Bulletins of {_plain(draft.name)}."""',
        "",
        "from __future__ import annotations",
        "",
        *imports,
        f"from {module} import {family}",
        "",
        "",
        f"class {draft.class_name}({family}):",
        f'    """What {_plain(draft.name)} publishes at {_host(draft.platform.start)}."""',
        "",
        *_facts(draft),
    ]
    return "\n".join(lines) + "\n"


def _facts(draft: Draft) -> Iterator[str]:
    stated: dict[str, str] = {
        "slug": _quoted(draft.slug),
        "publisher": _quoted(draft.slug),
        "rights": _quoted(f"© {_plain(draft.name)}"),
        "basis": _quoted(draft.basis),
    }
    if "organisation" not in draft.platform.facts:
        stated["start"] = f"({_quoted(draft.platform.start)},)"
    stated["every_minutes"] = str(draft.every_minutes)
    stated["listing"] = '"window"'
    stated["expect"] = f"range({draft.expect.start}, {draft.expect.stop})"
    for name, value in {**stated, **draft.platform.facts}.items():
        yield from _fact(name, value)


def _fact(name: str, value: str) -> Iterator[str]:
    """The line of a fact; one that is too long has what its parentheses hold on a line of its own."""
    line = f"    {name} = {value}"
    head, opening, rest = value.partition("(")
    if len(line) <= MAX_LINE or not opening or not rest.endswith(")"):
        yield line
    else:
        yield from (f"    {name} = {head}(", f"        {rest.removesuffix(')')}", "    )")


def _plain(name: str) -> str:
    """A publisher's name as words that may stand in a string of code."""
    return re.sub(r"[^\w .,'&()-]+", " ", name).strip()[:60].strip() or "the publisher"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _host(url: str) -> str:
    return url.split("/")[2]


def read_back(draft: Draft, text: str) -> Source:
    """The source that this text defines, as it would be imported; nothing is registered."""
    module = ModuleType(f"parsers.sources.{draft.module}")
    exec(compile(text, f"{draft.module}.py", "exec"), vars(module))
    classes: Mapping[str, object] = vars(module)
    made = classes[draft.class_name]
    if not (isinstance(made, type) and issubclass(made, Source)):
        raise TypeError(f"{draft.class_name}: {made!r}, expected a source")
    return made()
