"""What tells one disruption from another: its category and its periods."""

from __future__ import annotations

from datetime import datetime

from parsers.dates import Stated
from parsers.json_members import Members

INSTANTS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z")


def instants_of(status: Members, name: str) -> list[Stated]:
    """The instants of that name in the periods of a status, earliest first."""
    periods = Members.all_of(f"{status.where}: validityPeriods", status.values.get("validityPeriods") or [])
    stated = [period.instant(name, INSTANTS) for period in periods if period.values.get(name) is not None]
    return sorted(stated, key=moment_of)


def moment_of(stated: Stated) -> datetime:
    return datetime.fromisoformat(stated.iso)


def start_of(status: Members) -> str:
    """What tells a disruption from the others of its line: its category with its start, else with its severity."""
    starts = instants_of(status, "fromDate")
    since = starts[0].iso if starts else status.number("statusSeverity")
    return f"{category_of(status)} {since}".strip()


def category_of(status: Members) -> str:
    return disruption_of(status).words("category", may_lack=True)


def disruption_of(status: Members) -> Members:
    """What a status says of its disruption, which may be nothing."""
    return Members.of(f"{status.where}: disruption", status.values.get("disruption") or {})
