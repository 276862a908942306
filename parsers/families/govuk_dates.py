"""When a GOV.UK item was first issued, last updated, and what its change notes say."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from parsers.dates import Stated, read_date
from parsers.lines import fold
from parsers.page import PageChanged

if TYPE_CHECKING:
    from parsers.families.govuk_content import Item

INSTANTS = ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z")


class Note(NamedTuple):
    """One entry of an item's change history: when, as printed, and its words."""

    printed: str
    words: str


def read_instant(where: str, name: str, printed: str) -> Stated:
    """The instant as stated, its offset kept; PageChanged where it is none."""
    try:
        return read_date(printed, INSTANTS)
    except ValueError as problem:
        raise PageChanged(f"{where}: {name}: {problem}") from problem


def moment(stated: Stated) -> datetime:
    return datetime.fromisoformat(stated.iso)


def change_notes(item: Item) -> list[Note]:
    """The change history, newest first, whichever way the item has it."""
    notes = []
    for entry in item.details.objects("change_history"):
        printed = entry.required("public_timestamp")
        try:
            at = datetime.fromisoformat(printed).timestamp()
        except (ValueError, OverflowError) as problem:
            raise PageChanged(f"{entry.where}: public_timestamp {printed[:60]!r}, expected an instant") from problem
        notes.append((at, Note(printed, fold(entry.string("note") or ""))))
    return [note for _, note in sorted(notes, key=lambda note: note[0], reverse=True)]


def first_issued(item: Item) -> tuple[Stated | None, str]:
    """When the item was first published, and the member that says so; it does not move when the item is updated."""
    for where, members in (("details.first_public_at", item.details), ("first_published_at", item.members)):
        printed = members.string(where.rpartition(".")[2])
        if printed:
            return read_instant(item.page.url, where, printed), f"{where} {printed!r}"
    if notes := change_notes(item):
        read = read_instant(item.page.url, "details.change_history", notes[-1].printed)
        return read, f"details.change_history, its first entry {notes[-1].printed!r}"
    printed = item.details.string("public_timestamp") if item.details.values.get("first_published_version") else None
    if printed is None:
        return None, ""
    read = read_instant(item.page.url, "details.public_timestamp", printed)
    return read, f"details.public_timestamp {printed!r} of the first published version"


def last_updated(item: Item) -> Stated | None:
    """When the item last changed as its publisher counts changes: minor corrections do not move it."""
    printed = item.members.string("public_updated_at")
    return read_instant(item.page.url, "public_updated_at", printed) if printed else None
