"""What tells one disruption from another: its category and its periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parsers.dates import Stated
from parsers.families.json_members import instant_of, number_of, object_of, objects_of, words_of

Object = Mapping[str, Any]
INSTANTS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z")


def instants_of(status: Object, name: str, where: str) -> list[Stated]:
    """The instants of that name in the periods of a status, earliest first."""
    periods = objects_of(status.get("validityPeriods") or [], f"{where}: validityPeriods")
    stated = [instant_of(period, name, INSTANTS, where) for period in periods if period.get(name) is not None]
    return sorted(stated, key=moment_of)


def moment_of(stated: Stated) -> datetime:
    return datetime.fromisoformat(stated.iso)


def start_of(status: Object, where: str) -> str:
    """What tells a disruption from the others of its line: its category with its start, else with its severity."""
    starts = instants_of(status, "fromDate", where)
    since = starts[0].iso if starts else number_of(status, "statusSeverity", where)
    return f"{category_of(status, where)} {since}".strip()


def category_of(status: Object, where: str) -> str:
    disruption = object_of(status.get("disruption") or {}, f"{where}: disruption")
    return words_of(disruption, "category", where, may_lack=True)
