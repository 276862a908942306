"""Bulletins to take away: each with all that is known of it, in an order and a form that depend on nothing else.

What depends on one archive alone (row numbers, how and when it worked) is left out, so equal archives give equal bytes.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, func, select
from sqlalchemy.orm import Session

from archive.derived import Attachment, NotificationRow, Revision, Sighting, Target
from archive.finding import Asked
from archive.origins import origin
from archive.reading import notifications
from archive.search import find_all
from archive.tables import Capture, Identity, plain

FORMAT = "bulletins/1"
"""Stands in every line: what a reader must know to take it for one of ours."""
BATCH = 200
"""So many bulletins are in memory at once."""
MANY = 10_000

_IDENTITIES, _ROWS, _REVISIONS, _CAPTURES = plain(Identity), plain(NotificationRow), plain(Revision), plain(Capture)
_SIGHTINGS, _TARGETS, _ATTACHMENTS = plain(Sighting), plain(Target), plain(Attachment)
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_EVERY = (
    select(_ROWS.c.id)
    .join(_IDENTITIES, _IDENTITIES.c.notification_id == _ROWS.c.id)
    .order_by(_IDENTITIES.c.public_id)
    .execution_options(yield_per=MANY)
)
_FIRST_REFS = select(_IDENTITIES.c.notification_id, _IDENTITIES.c.ref).where(
    _IDENTITIES.c.notification_id.in_(_NUMBERS)
)
_HISTORY = (
    select(_REVISIONS, *(_CAPTURES.c[name] for name in ("url", "status", "sha256", "facts")))
    .join(_CAPTURES, _CAPTURES.c.id == _REVISIONS.c.capture_id)
    .where(_REVISIONS.c.notification_id.in_(_NUMBERS))
    .order_by(_REVISIONS.c.notification_id, _REVISIONS.c.at, _REVISIONS.c.number)
)
_SHOWN = (
    select(
        _SIGHTINGS.c.notification_id,
        _TARGETS.c.url,
        _SIGHTINGS.c.first_at,
        func.coalesce(_SIGHTINGS.c.last_at, _TARGETS.c.confirmed_at).label("last_at"),
    )
    .join(_TARGETS, _TARGETS.c.id == _SIGHTINGS.c.target_id)
    .where(_SIGHTINGS.c.notification_id.in_(_NUMBERS))
)
_CITED = (
    select(_ATTACHMENTS, _TARGETS.c.url)
    .join(_TARGETS, _TARGETS.c.id == _ATTACHMENTS.c.target_id)
    .where(_ATTACHMENTS.c.notification_id.in_(_NUMBERS))
)
_HEADS = (
    select(
        _ROWS.c.id,
        _IDENTITIES.c.public_id,
        _ROWS.c.issued_sort,
        *(
            _REVISIONS.c.record[name].as_string().label(name)
            for name in ("title", "level", "issued", "issued_precision")
        ),
    )
    .join(_IDENTITIES, _IDENTITIES.c.notification_id == _ROWS.c.id)
    .join(_REVISIONS, and_(_REVISIONS.c.notification_id == _ROWS.c.id, _REVISIONS.c.number == _ROWS.c.revision))
    .where(_ROWS.c.id.in_(_NUMBERS))
)

Rights = Callable[[str], str]
"""Whose words the bulletins of a source are, by its slug; empty where nobody says."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a table of contents says of one bulletin, and where it stands in time."""

    number: int
    public_id: str
    issued_sort: datetime
    title: str | None
    level: str | None
    issued: str | None
    issued_precision: str | None


def numbers_by_id(session: Session, asked: Asked) -> Sequence[int]:
    """The numbers of all that a search finds (all there is, for one without a scope), by public id. Raises BadQuery."""
    if any(asked.scope.values()) or asked.query is not None:
        return array("q", find_all(session, **asked.scope))
    return array("q", session.scalars(_EVERY))


def exported(
    session: Session, numbers: Sequence[int], rights: Rights, *, invented: bool = False
) -> Iterator[dict[str, Any]]:
    """These bulletins in this order: what `show` prints of each, but for what depends on one archive alone.

    `invented` says of all of them that they are the replica's.
    """
    for start in range(0, len(numbers), BATCH):
        for row in _batch(session, list(numbers[start : start + BATCH]), rights):
            yield {**row, "invented": invented}


def heads(session: Session, numbers: Sequence[int]) -> Iterator[Head]:
    """What a table of contents says of these bulletins, in no order."""
    for start in range(0, len(numbers), BATCH):
        for row in session.execute(_HEADS, {"numbers": list(numbers[start : start + BATCH])}):
            yield Head(*row)


def json_line(row: Mapping[str, Any]) -> bytes:
    """A bulletin as a line of JSON in UTF-8: names sorted, no blanks. Halves of characters are escaped."""
    try:
        return (_json(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (_json(row, ensure_ascii=True) + "\n").encode()


def _json(row: Mapping[str, Any], *, ensure_ascii: bool) -> str:
    return json.dumps(row, ensure_ascii=ensure_ascii, sort_keys=True, separators=(",", ":"), default=moment_as_text)


def moment_as_text(value: datetime) -> str:
    """A moment as it is exported: in UTC, to the microsecond where it has any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _batch(session: Session, numbers: Sequence[int], rights: Rights) -> Iterator[dict[str, Any]]:
    wanted = {"numbers": sorted(numbers)}
    present = notifications(session, numbers)
    first_refs = {number: ref for number, ref in session.execute(_FIRST_REFS, wanted)}  # noqa: C416
    revisions = _by_notification(session.execute(_HISTORY, wanted))
    sightings = _by_notification(session.execute(_SHOWN, wanted))
    cited = _by_notification(session.execute(_CITED, wanted))
    for number in numbers:
        row = present[number]
        history = [_revision(each) for each in revisions[number]]
        yield {
            "format": FORMAT,
            **row,
            "first_ref": first_refs[number],
            "rights": rights(row["source"]) or None,
            "revisions": history,
            "sightings": sorted(map(_sighting, sightings.get(number, ())), key=_by_time),
            "documents": _documents(cited.get(number, ()), history),
        }


def _by_notification(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.notification_id, []).append(row)
    return found


def _revision(row: Row[Any]) -> dict[str, Any]:
    """A revision as `show` prints it, with the status of its capture, and whether it is another parser's doing."""
    return {
        "revision": row.number,
        "at": row.at,
        "matched": f"{row.method} {row.score:.2f}",
        "reparsed": row.cause == "parser",
        "content_hash": row.content_hash,
        "hash_version": row.hash_version,
        **origin(row.facts, row.number, row),
        "parser": row.parser_version,
        "documents": row.documents,
        "record": row.record,
    }


def _sighting(row: Row[Any]) -> dict[str, Any]:
    return {"url": row.url, "first_at": row.first_at, "last_at": row.last_at}


def _by_time(sighting: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, (sighting["first_at"], sighting["url"], sighting["last_at"])))


def _documents(cited: Iterable[Row[Any]], history: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The attachments by address, each with the SHA-256 that the newest revision to name one states."""
    held: dict[str, str] = {}
    for revision in sorted(history, key=lambda each: each["revision"]):
        held |= revision["documents"]
    rows = [{"url": row.url, "title": row.title, "cited": row.cited, "recognised": row.recognised} for row in cited]
    return sorted(({**row, "sha256": held.get(row["url"])} for row in rows), key=lambda row: str(row["url"]))
