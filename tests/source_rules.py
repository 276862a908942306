"""What a source must keep to; each rule yields a sentence that says what to do about an offence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from parsers.page import PageChanged
from parsers.source import Source, parse
from tests.house.code import Module, imports, within

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
NETWORK = tuple(
    "socket ssl http urllib.request httpx httpcore requests aiohttp smtplib ftplib ingest asyncio subprocess".split()
)
MOST_CALLS_PER_KB = 6_000
"""Function calls per 1,000 bytes of a page (and 1,000 more): three times what the busiest of our parsers needs."""
MOMENTS = ("2003-02-01T04:05:06", "2031-10-11T12:13:14")


def without_cases(sources: Mapping[str, Source], fixtures: Path) -> Iterator[str]:
    """Sources that no test reads: no page with records or links, or no changed or blocked page with its error."""
    for slug, source in sources.items():
        kinds = {path.name for path in (fixtures / slug).glob("*/expected*")}
        make = (
            f"`./bulletins fixture {slug} {source.start[0]}`, then `./bulletins test tests/test_fixtures.py --accept`"
        )
        if "expected.json" not in kinds:
            yield f"source {slug}: no case in tests/fixtures/{slug} is read, expected a healthy page: {make}"
        if "expected_error.txt" not in kinds:
            yield (
                f"source {slug}: no case in tests/fixtures/{slug} is refused, expected a changed or blocked page with "
                f"its error: save one as tests/fixtures/{slug}/blocked/page.html with its meta.json, then {make}"
            )


def slugs_used_twice(classes: Iterable[type[Source]]) -> Iterator[str]:
    """Slugs that two sources have, or that one has and another had."""
    owners: dict[str, type[Source]] = {}
    for each in classes:
        for slug in (each.slug, *each.formerly):
            if slug in owners:
                yield (
                    f"slug {slug!r}: {_place(owners[slug])} and {_place(each)} both use it, expected one: "
                    "give the newer of them another slug"
                )
            owners.setdefault(slug, each)


def _place(each: type[Source]) -> str:
    return f"{each.__module__}.{each.__name__}"


def imports_the_network(found: Sequence[Module]) -> Iterator[str]:
    """Parsers that import what fetches."""
    for module in found:
        if not within(module.name, ("parsers",)):
            continue
        for line, name in imports(module):
            if within(name, NETWORK):
                yield (
                    f"{module.path.name}:{line}: {module.name} imports {name}, expected nothing that reaches out: a "
                    "parser is handed bytes; yield a Link for what else is to be read, and ingest/ fetches it"
                )


def too_busy(source: Source, case: Path) -> Iterator[str]:
    """A parser that does more for a page than its size warrants, counted in function calls, not in time."""
    body, meta = case_of(case)
    calls, most = _calls(source, body, meta), MOST_CALLS_PER_KB * (len(body) / 1000 + 1)
    if calls > most:
        yield (
            f"source {source.slug}: {calls:,} function calls for the {len(body):,} bytes of {case.name}, expected at "
            f"most {most:,.0f}: cut the region out first, and go through its lines once, not once for each entry"
        )


def case_of(case: Path) -> tuple[bytes, dict[str, Any]]:
    """The document of a case and what `meta.json` says of it."""
    (page,) = case.glob("page.*")
    meta: dict[str, Any] = json.loads((case / "meta.json").read_text("utf-8"))
    return page.read_bytes(), meta


def _calls(source: Source, body: bytes, meta: Mapping[str, Any]) -> int:
    """Calls of Python and C functions in one parse, once everything that is made only once has been made."""
    _parse(source, body, meta)
    counted = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        _parse(source, body, meta)
    finally:
        sys.setprofile(before)
    return counted


def _parse(source: Source, body: bytes, meta: Mapping[str, Any]) -> object:
    try:
        role, facts = meta.get("role", "listing"), meta.get("facts", {})
        return parse(source, body, meta["url"], meta.get("media_type"), role, facts)
    except PageChanged as problem:
        return str(problem)


def clock_derived(cases: Sequence[Path], *, further: str = "") -> Iterator[str]:
    """Cases that give other records at another time of the world; `further` is code that brings more sources."""
    first, second = (_at(moment, cases, further) for moment in MOMENTS)
    for case, then, now in zip(cases, first, second, strict=True):
        if then != now:
            yield (
                f"{case.parent.name}/{case.name}: its records depend on when it is parsed "
                f"({_first_difference(then, now)}), expected what the page states: "
                "take every date from the page, and leave empty what it does not state"
            )


def _first_difference(then: str, now: str) -> str:
    place = next((place for place, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), 0)
    return f"{then[max(0, place - 30) : place + 30]!r} against {now[max(0, place - 30) : place + 30]!r}"


def _at(moment: str, cases: Sequence[Path], further: str) -> list[str]:
    """What each case gives in a process whose clocks say this moment."""
    program = ROOT / "tests" / "clock_driver.py"
    asked = json.dumps({"moment": moment, "cases": [str(case) for case in cases], "further": further})
    done = subprocess.run([sys.executable, "-I", str(program)], input=asked, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[str] = json.loads(done.stdout)
    return found
