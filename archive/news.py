"""What a line of another archive's export says of a bulletin that is kept here, and this archive does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

STAGES = {"current": 0, "rolled-off": 1, "ended": 1, "withdrawn": 1, "superseded": 2, "cancelled": 3}
"""How far a bulletin that is not seen again has come, by its state: it only ever goes on to a later stage."""


def differences(ours: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[str]:
    """What a line says that ours does not, both as they are exported; nothing for a part of ours, or an older one."""
    held = {each["content_hash"] for each in ours["revisions"]}
    documents = {pair for each in ours["revisions"] for pair in each["documents"].items()}
    for each in line["revisions"]:
        if each["content_hash"] not in held:
            yield f"revision {each['revision']} of {each['at']} says what is not kept here"
        for url, sha256 in each["documents"].items():
            if (url, sha256) not in documents:
                yield f"revision {each['revision']} of {each['at']} has {url} with other bytes, SHA-256 {sha256}"
    again = _out_of_order(ours, line)
    if again is not None:
        yield f"revision {again['revision']} of {again['at']} says what is kept here, but not after those before it"
    yield from _of_times(ours, line)


def _of_times(ours: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[str]:
    first, last = (datetime.fromisoformat(line[name]) for name in ("first_seen", "last_seen"))
    ours_first, ours_last = (datetime.fromisoformat(ours[name]) for name in ("first_seen", "last_seen"))
    if first < ours_first:
        yield f"first seen {line['first_seen']}, before {ours['first_seen']}"
    if last > ours_last:
        yield f"last seen {line['last_seen']}, after {ours['last_seen']}"
    is_older = last < ours_last or STAGES[line["state"]] < STAGES[ours["state"]]
    if line["state"] != ours["state"] and not is_older:
        yield f"{line['state']}, and {ours['state']} here"


def _out_of_order(ours: Mapping[str, Any], line: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first wording of a line that ours does not have after those before it; None where ours has all in order."""
    left = (each["content_hash"] for each in _wordings(ours))
    return next((each for each in _wordings(line) if each["content_hash"] not in left), None)


def _wordings(line: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The revisions in order of time, but those that say the same as the one before."""
    before = ""
    for each in sorted(line["revisions"], key=lambda each: (datetime.fromisoformat(each["at"]), each["revision"])):
        if each["content_hash"] != before:
            yield each
        before = each["content_hash"]
