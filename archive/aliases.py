"""Further ids of a bulletin: one that was read by its address alone gets its publisher's id when a listing states it.

A detail that is imported before its listing was ever read has no id but its address. When the listing is read and
states an id of that very address, the id is the bulletin's from then on (change kind `rekeyed`); the number, the
public id and the first ref stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select, union_all
from sqlalchemy.orm import Session

from archive.changes import Changes
from archive.derived import Alias, NotificationRow, Sighting, Target
from archive.records import Reading
from archive.tables import Capture, Identity, plain

_IDENTITIES, _ALIASES = plain(Identity), plain(Alias)
_NUMBERS = union_all(
    *(
        select(table.c.ref, table.c.notification_id).where(
            table.c.source == bindparam("source"), table.c.ref.in_(bindparam("refs", expanding=True))
        )
        for table in (_IDENTITIES, _ALIASES)
    )
)


def numbers_of(session: Session, source: str, refs: Collection[str]) -> dict[str, int]:
    """The notifications of a source that carry these refs, by ref."""
    if not refs:
        return {}
    found = session.execute(_NUMBERS, {"source": source, "refs": sorted(refs)})
    return {ref: number for ref, number in found}  # noqa: C416


def learn_id(session: Session, capture: Capture, target: Target, reading: Reading, changes: Changes) -> str | None:
    """Note the id that a listing states of a detail whose bulletin was numbered by its address; returns a new one."""
    ref = capture.facts.get("ref")
    if capture.role != "detail" or not ref or [entry.notification.ref for entry in reading.read] != [ref]:
        return None
    if reading.refused or numbers_of(session, capture.source, [ref]):
        return None
    number = _numbered_by_address(session, target)
    if number is None:
        return None
    named = {"source": capture.source, "ref": ref, "notification_id": number, "capture_id": capture.id}
    session.execute(insert(_ALIASES).values(named))
    changes.add("rekeyed", number, session.get_one(NotificationRow, number).revision)
    return str(ref)


def _numbered_by_address(session: Session, target: Target) -> int | None:
    """The only bulletin that this address gave, if no listing has stated an id of it before."""
    given = (
        select(Sighting.notification_id, Capture.facts, Alias.ref)
        .join(Target, Target.id == Sighting.target_id)
        .join(Identity, Identity.notification_id == Sighting.notification_id)
        .join(Capture, Capture.id == Identity.capture_id)
        .outerjoin(Alias, Alias.notification_id == Sighting.notification_id)
        .where(Target.source == target.source, Target.role == "detail", Target.url.in_(list(written(target.url))))
    )
    found = {number: alias or facts.get("ref") for number, facts, alias in session.execute(given)}
    unnamed = [number for number, ref in found.items() if ref is None]
    return unnamed[0] if len(found) == len(unnamed) == 1 else None


def written(url: str) -> Iterator[str]:
    """The ways in which one address is written: http or https, with or without `www.` and a slash at its end."""
    parts = urlsplit(url)
    host, path = parts.netloc.removeprefix("www."), parts.path.rstrip("/")
    for scheme in ("https", "http"):
        for netloc in (host, f"www.{host}"):
            for end in ("", "/"):
                yield parts._replace(scheme=scheme, netloc=netloc, path=path + end, fragment="").geturl()
