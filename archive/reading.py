"""Reading the archive: notifications as they are now, and one with its history."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select, union
from sqlalchemy.orm import Session

from archive.derived import Alias, Attachment, Document, NotificationRow, Revision, Sighting, Target
from archive.origins import origin
from archive.tables import Capture, Identity, plain

SHORTEST_ID, HEX = 6, re.compile("[0-9a-f]+")
FOLLOWING = dict(itertools.pairwise("0123456789abcdefg"))
"""What comes after each digit of an id in the order of every locale: signs stand before digits in some."""

_IDENTITIES, _ROWS, _REVISIONS = plain(Identity), plain(NotificationRow), plain(Revision)
_SIGHTINGS, _TARGETS, _ALIASES = plain(Sighting), plain(Target), plain(Alias)
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_PRESENT = (
    select(
        *(_ROWS.c[name] for name in ("id", "state", "revision")),
        *(_IDENTITIES.c[name] for name in ("public_id", "source", "ref")),
        _REVISIONS.c.record,
    )
    .join(_IDENTITIES, _IDENTITIES.c.notification_id == _ROWS.c.id)
    .join(_REVISIONS, and_(_REVISIONS.c.notification_id == _ROWS.c.id, _REVISIONS.c.number == _ROWS.c.revision))
    .where(_ROWS.c.id.in_(_NUMBERS))
)
_SPANS = (
    select(
        _SIGHTINGS.c.notification_id,
        func.min(_SIGHTINGS.c.first_at),
        func.max(func.coalesce(_SIGHTINGS.c.last_at, _TARGETS.c.confirmed_at)),
    )
    .join(_TARGETS, _TARGETS.c.id == _SIGHTINGS.c.target_id)
    .where(_SIGHTINGS.c.notification_id.in_(_NUMBERS))
    .group_by(_SIGHTINGS.c.notification_id)
)
_WORDED = (
    select(_IDENTITIES.c.public_id, _REVISIONS.c.at)
    .join(_ROWS, _ROWS.c.id == _IDENTITIES.c.notification_id)
    .join(_REVISIONS, and_(_REVISIONS.c.notification_id == _ROWS.c.id, _REVISIONS.c.number == _ROWS.c.revision))
    .where(_IDENTITIES.c.public_id.in_(bindparam("ids", expanding=True)))
)
_TIMES = (
    select(_IDENTITIES.c.public_id, _REVISIONS.c.at, _REVISIONS.c.number)
    .join(_REVISIONS, _REVISIONS.c.notification_id == _IDENTITIES.c.notification_id)
    .where(_IDENTITIES.c.public_id.in_(bindparam("ids", expanding=True)))
)
_LEARNT = select(_ALIASES.c.ref, _ALIASES.c.notification_id).where(_ALIASES.c.notification_id.in_(_NUMBERS))

_OF_IT = select(_IDENTITIES.c.notification_id)
_BY_ID = _OF_IT.where(_IDENTITIES.c.public_id == bindparam("id"))
_BEGINNING = _OF_IT.where(
    _IDENTITIES.c.public_id >= bindparam("first"), _IDENTITIES.c.public_id < bindparam("after")
).limit(2)
_BY_REF = union(
    _OF_IT.where(_IDENTITIES.c.ref == bindparam("ref")),
    select(_ALIASES.c.notification_id).where(_ALIASES.c.ref == bindparam("ref")),
).limit(2)


class NotFound(LookupError):
    """No notification has that id, or more than one has an id that begins so."""


def notification(session: Session, number: int) -> dict[str, Any]:
    """The current record of a notification with its id, state, revision number and span of sightings."""
    return notifications(session, [number])[number]


def notifications(session: Session, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """The same of many, by number."""
    wanted = {"numbers": sorted(numbers)}
    spans = {number: (first, last) for number, first, last in session.execute(_SPANS, wanted)}
    learnt = {number: ref for ref, number in session.execute(_LEARNT, wanted)}
    return {
        row.id: {
            "id": row.public_id,
            **row.record,
            "source": row.source,
            "ref": learnt.get(row.id) or row.ref,
            "state": row.state,
            "revision": row.revision,
            "first_seen": spans.get(row.id, (None, None))[0],
            "last_seen": spans.get(row.id, (None, None))[1],
        }
        for row in session.execute(_PRESENT, wanted)
    }


def times_of(session: Session, public_ids: Collection[str]) -> dict[str, list[tuple[datetime, int]]]:
    """When each wording of each of these notifications was captured, with its number, in order of time, by id."""
    found: dict[str, list[tuple[datetime, int]]] = {}
    for public_id, at, number in session.execute(_TIMES, {"ids": sorted(public_ids)}):
        found.setdefault(public_id, []).append((at, number))
    return {public_id: sorted(times) for public_id, times in found.items()}


def worded_at(session: Session, public_ids: Collection[str]) -> dict[str, datetime]:
    """When the present wording of each of these notifications was captured, by id."""
    return {row.public_id: row.at for row in session.execute(_WORDED, {"ids": sorted(public_ids)})}


def number_of(session: Session, public_id: str) -> int:
    """The number of the notification with that id, else the only one whose id begins so or whose publisher calls it so.

    Raises NotFound.
    """
    wanted = public_id.strip().lower()
    exact: int | None = session.scalar(_BY_ID, {"id": wanted})
    if exact is not None:
        return exact
    found: set[int] = set()
    if len(wanted) >= SHORTEST_ID:
        found |= set(session.scalars(_BY_REF, {"ref": public_id}))
        if HEX.fullmatch(wanted):
            after = f"{wanted[:-1]}{FOLLOWING[wanted[-1]]}"
            found |= set(session.scalars(_BEGINNING, {"first": wanted, "after": after}))
    if len(found) != 1:
        what = "several begin so, expected more of it" if found else "there is none, expected an id that `search` shows"
        raise NotFound(f"notification {public_id}: {what}")
    return found.pop()


def history(session: Session, number: int) -> list[dict[str, Any]]:
    """The revisions of a notification by the time of their captures, each with where it came from."""
    rows = session.execute(
        select(Revision, Capture)
        .join(Capture, Capture.id == Revision.capture_id)
        .where(Revision.notification_id == number)
        .order_by(Revision.at, Revision.number)
    )
    return [
        {
            "revision": revision.number,
            "at": revision.at,
            "cause": revision.cause,
            "matched": f"{revision.method} {revision.score:.2f}",
            "content_hash": revision.content_hash,
            "capture": revision.capture_id,
            **{
                name: value
                for name, value in origin(capture.facts, revision.number, capture).items()
                if name != "status"
            },
            "parser": revision.parser_version,
            "documents": dict(revision.documents),
            "record": revision.record,
        }
        for revision, capture in rows
    ]


def sightings(session: Session, number: int) -> list[dict[str, Any]]:
    """The spans in which each page showed a notification."""
    rows = session.execute(
        select(Target.url, Sighting.first_at, func.coalesce(Sighting.last_at, Target.confirmed_at), Sighting.last_at)
        .join(Target, Target.id == Sighting.target_id)
        .where(Sighting.notification_id == number)
        .order_by(Sighting.first_at)
    )
    return [
        {"url": url, "first_at": first, "last_at": last, "still_shown": end is None} for url, first, last, end in rows
    ]


def documents(session: Session, number: int) -> list[dict[str, Any]]:
    """The attachments of a notification: address, what is held, how its text fared."""
    rows = session.execute(
        select(Attachment, Target, Document)
        .join(Target, Target.id == Attachment.target_id)
        .outerjoin(Document, Document.sha256 == Target.sha256)
        .where(Attachment.notification_id == number)
        .order_by(Target.id)
    )
    return [
        {
            "url": target.url,
            "title": attachment.title,
            "cited": attachment.cited,
            "recognised": attachment.recognised,
            "state": target.state,
            "sha256": target.sha256,
            "text": getattr(document, "state", None),
            "problem": target.last_error or getattr(document, "reason", None),
            "next_check_at": target.next_check_at,
        }
        for attachment, target, document in rows
    ]
