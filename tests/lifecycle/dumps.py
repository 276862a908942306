"""What an archive holds, by names that mean the same in every archive: public ids, addresses and times, no row ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.derived import (
    AccountRow,
    Alias,
    Attachment,
    Change,
    Document,
    DocumentPage,
    Gap,
    Listed,
    NotificationRow,
    Quarantined,
    Revision,
    Sighting,
    Target,
)
from archive.store import Archive
from archive.tables import Assignment, Capture, Identity, Table

Names = Mapping[int, Any]
ROW_IDS = (
    *("id", "notification_id", "target_id", "listing_id"),
    *("capture_id", "last_capture_id", "repeats", "redirected_from"),
)
OURS_ALONE = (
    *("settled", "archived_at", "next_check_at", "lease_owner", "lease_until", "last_tried_at", "last_status"),
    "confirmed_polls",
)
"""Columns that say when, in which order and with what answer we worked, not what the archive holds."""

DERIVED_FROM_JOURNAL: Sequence[type[Table]] = (
    *(Identity, NotificationRow, Revision, Sighting, Attachment),
    *(Quarantined, Gap, AccountRow, Change, Assignment, Listed, Alias),
)
ALL: Sequence[type[Table]] = (*DERIVED_FROM_JOURNAL, Capture, Target, Document, DocumentPage)


def dump(archive: Archive, tables: Sequence[type[Table]] = ALL) -> dict[str, list[dict[str, Any]]]:
    """The rows of these tables in an order that depends on nothing but their contents; changes by cursor."""
    with archive.reading() as session:
        names = _names(session)
        return {table.__tablename__: _rows(session, table, names) for table in tables}


def counts(archive: Archive) -> dict[str, int]:
    """How many rows every table has."""
    with archive.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Table.metadata.tables.items()
        }


def feed(archive: Archive) -> list[tuple[str, str, str]]:
    """The change feed as (kind, cause, title or date), by cursor."""
    from archive.changes import list_changes

    with archive.reading() as session:
        return [(row["kind"], row["cause"], row["title"] or row["issued"]) for row in list_changes(session)]


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two dumps differ, one line a row, at most a few for each table."""
    found = []
    for table in one:
        missing = [row for row in one[table] if row not in other[table]]
        extra = [row for row in other[table] if row not in one[table]]
        found += [f"{table} only in the first: {row}" for row in missing[:3]]
        found += [f"{table} only in the second: {row}" for row in extra[:3]]
        if not missing and not extra and one[table] != other[table]:
            found.append(f"{table}: the same rows, {len(one[table])} and {len(other[table])} of them")
    return found


def _names(session: Session) -> dict[str, Names]:
    public = {row.notification_id: row.public_id for row in session.scalars(select(Identity))}
    targets = {row.id: row.url for row in session.scalars(select(Target))}
    rows = session.execute(select(Capture.id, Capture.url, Capture.fetched_at, Capture.sha256))
    captures = {number: (url, at, sha256) for number, url, at, sha256 in rows}
    return {"notification_id": public, "target_id": targets, "capture_id": captures}


def _rows(session: Session, table: type[Table], names: Mapping[str, Names]) -> list[dict[str, Any]]:
    rows = session.execute(select(*table.__table__.columns)).mappings()
    return sorted((_named(table, dict(row), names) for row in rows), key=_order(table))


def _named(table: type[Table], row: Mapping[str, Any], names: Mapping[str, Names]) -> dict[str, Any]:
    named = {name: value for name, value in row.items() if name not in (*ROW_IDS, *OURS_ALONE)}
    for name in ROW_IDS:
        if row.get(name) is not None:
            named |= _name(table, name, row[name], names)
    return named


def _name(table: type[Table], column: str, number: int, names: Mapping[str, Names]) -> dict[str, Any]:
    if column == "id":
        return {"public_id": names["notification_id"][number]} if table is NotificationRow else {}
    column_of = {"listing_id": "target_id", "notification_id": "notification_id", "target_id": "target_id"}
    kind = column_of.get(column, "capture_id")
    return {column: names[kind][number]}


def _order(table: type[Table]) -> Callable[[dict[str, Any]], Any]:
    if table is Change:
        return lambda row: row["cursor"]
    return lambda row: repr(sorted(row.items(), key=lambda item: item[0]))
