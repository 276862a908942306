"""Parses cases in a process whose clocks have stopped at another moment; asked and answered in JSON."""

from __future__ import annotations

import datetime as clocks
import json
import sys
import time
from pathlib import Path
from typing import Any

asked = json.load(sys.stdin)
FROZEN = clocks.datetime.fromisoformat(asked["moment"]).replace(tzinfo=clocks.UTC)
_gmtime, _localtime, _strftime, _ctime = time.gmtime, time.localtime, time.strftime, time.ctime


class FrozenDate(clocks.date):
    """A date whose today is another."""

    @classmethod
    def today(cls) -> FrozenDate:
        return cls(FROZEN.year, FROZEN.month, FROZEN.day)


class FrozenDatetime(clocks.datetime):
    """A datetime whose now is another."""

    @classmethod
    def now(cls, tz: clocks.tzinfo | None = None) -> FrozenDatetime:
        moment = FROZEN.astimezone(tz) if tz else FROZEN.replace(tzinfo=None)
        return cls.combine(moment.date(), moment.timetz())

    @classmethod
    def utcnow(cls) -> FrozenDatetime:
        return cls.now()

    @classmethod
    def today(cls) -> FrozenDatetime:
        return cls.now()


def stop_the_clocks() -> None:
    """Before anything of ours is imported."""
    clocks.date, clocks.datetime = FrozenDate, FrozenDatetime  # type: ignore[misc]
    seconds = FROZEN.timestamp()
    time.time, time.time_ns = lambda: seconds, lambda: int(seconds * 10**9)
    time.gmtime = lambda when=None: _gmtime(seconds if when is None else when)
    time.localtime = lambda when=None: _localtime(seconds if when is None else when)
    time.strftime = lambda form, when=None: _strftime(form, when or _localtime(seconds))
    time.ctime = lambda when=None: _ctime(seconds if when is None else when)


def main() -> None:
    """Print what every case gives."""
    stop_the_clocks()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from parsers.page import PageChanged
    from parsers.source import Source, parse, sources

    known: dict[str, Source] = dict(sources())
    names: dict[str, Any] = {"__name__": "further"}
    exec(asked["further"], names)
    made = [each() for each in names.values() if isinstance(each, type) and issubclass(each, Source)]
    known |= {each.slug: each for each in made if each.slug}
    given = []
    for case in map(Path, asked["cases"]):
        meta, (page,) = json.loads((case / "meta.json").read_text("utf-8")), case.glob("page.*")
        role, facts = meta.get("role", "listing"), meta.get("facts", {})
        try:
            source = known[case.parent.name]
            given.append(repr(parse(source, page.read_bytes(), meta["url"], meta.get("media_type"), role, facts)))
        except PageChanged as problem:
            given.append(str(problem))
    json.dump(given, sys.stdout)


main()
