"""What an address asks for: the query and the filters of a search, read from its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from archive.facets import FACETS, value_of
from archive.finding import LONDON, Asked

MOST_AT_ONCE = 100
PER_PAGE = 25
SCOPE = ("q", *FACETS, "since", "until")
"""The parameters that say what a search is about; the others are its order and its place."""
ONCE = ("q", "since", "until", "rank", "limit", "before")
"""What two values of would contradict each other; filters take several."""
BIGGEST = 2**63
MOST_VALUES, MOST_CHARACTERS = 64, 4_000
"""Each link of a page repeats all that is asked for: a page of 1,500 filters had 42 MB."""


class BadRequest(ValueError):
    """An address that cannot be answered, as `parameter: value, expected what`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as asked for, and its parameters as they came, without empty ones."""

    asked: Asked
    pairs: Sequence[tuple[str, str]]

    def address(self, path: str, *without: str, **instead: str | None) -> str:
        """An address with these parameters: without some, with others in the place of their like."""
        gone = {*without, *instead, "before"}
        kept = [(name, value) for name, value in self.pairs if name not in gone]
        return _address(path, [*kept, *((name, value) for name, value in instead.items() if value is not None)])

    def toggled(self, path: str, name: str, value: str) -> str:
        """The address with one value of a filter more, or less where it is in force."""
        value = value_of(name, value)
        pairs = [pair for pair in self.pairs if pair[0] != "before"]
        is_on = any(each == name and value_of(name, given) == value for each, given in pairs)
        kept = [pair for pair in pairs if not (pair[0] == name and is_on and value_of(name, pair[1]) == value)]
        return _address(path, kept if is_on else [*kept, (name, value)])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for but all that there is."""
        return any(name in SCOPE for name, _ in self.pairs)


def wanted(params: QueryParams, former: Mapping[str, str], *, per_page: int = PER_PAGE) -> Wanted:
    """The search of these parameters; unknown ones are left out. Raises BadRequest.

    `former` gives the present slugs of sources by those that they had.
    """
    pairs = [(name, value.strip()) for name, value in params.multi_items() if value.strip()]
    pairs = [(name, former.get(value, value) if name == "source" else value) for name, value in pairs]
    pairs = [pair for pair in pairs if pair[0] in (*SCOPE, "rank", "limit", "before")]
    _bound(pairs)
    given = {name: _only(name, [value for each, value in pairs if each == name]) for name, _ in pairs if name in ONCE}
    until = _day("until", given.get("until"))
    asked = Asked(
        query=given.get("q"),
        facets=_facets(pairs),
        since=_start_of(_day("since", given.get("since"))),
        until=_start_of(until + timedelta(days=1) if until else None),
        rank=given.get("rank") == "1" and "q" in given,
        limit=_number("limit", given.get("limit"), 1, MOST_AT_ONCE, per_page),
        before=_number("before", given.get("before"), 0, BIGGEST - 1) if "before" in given else None,
    )
    if asked.rank and asked.before is not None:
        raise BadRequest("before: a listing by rank cannot be continued, expected a newest-first listing")
    return Wanted(asked, pairs)


def _bound(pairs: Sequence[tuple[str, str]]) -> None:
    if len(pairs) > MOST_VALUES:
        raise BadRequest(f"parameters: {len(pairs):,} values, expected at most {MOST_VALUES}")
    characters = sum(len(value) for name, value in pairs if name != "q")  # a query has a limit of its own
    if characters > MOST_CHARACTERS:
        raise BadRequest(f"parameters: {characters:,} characters, expected at most {MOST_CHARACTERS:,}")


def number_in(params: QueryParams, name: str, least: int, most: int) -> int | None:
    """A number among parameters; None where it is not given. Raises BadRequest."""
    given = [value for each in params.getlist(name) if (value := each.strip())]
    return _number(name, _only(name, given), least, most) if given else None


def _only(name: str, values: Sequence[str]) -> str:
    if len(values) > 1:
        raise BadRequest(f"{name}: given {len(values)} times, expected once")
    return values[0]


def _facets(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    chosen: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in FACETS:
            try:
                chosen.setdefault(name, []).append(value_of(name, value))
            except ValueError as problem:
                raise BadRequest(str(problem)) from problem
    return chosen


def _day(name: str, value: str | None) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError as problem:
        raise BadRequest(f"{name}: {value!r}, expected a day as YYYY-MM-DD") from problem
    if day is not None and not date(2, 1, 1) <= day <= date(9998, 12, 31):
        raise BadRequest(f"{name}: {value!r}, expected a day of the years 2 to 9998")
    return day


def _start_of(day: date | None) -> datetime | None:
    """The beginning of a day in London."""
    return None if day is None else datetime.combine(day, time(), LONDON)


def _number(name: str, value: str | None, least: int, most: int, otherwise: int = 0) -> int:
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and least <= int(value) <= most):
        raise BadRequest(f"{name}: {value[:40]!r}, expected a number from {least} to {most}")
    return int(value)


def _address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
