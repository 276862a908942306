"""The change feed: what became of which bulletin, in an order that a reader can resume from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from archive.derived import Change, Revision
from archive.facets import STATES
from archive.journal import take
from archive.statements import Statements
from archive.tables import Identity, plain

KINDS = ("created", "revised", "withdrawn", "reinstated", "state", "rekeyed", "linked", "unlinked", "removed")
KEYS = ("cursor", "kind", "state", "notification", "source", "issued", "title", "revision", "cause", "at")
STATE_OF = {"created": "current", "withdrawn": "withdrawn", "reinstated": "current"}
"""The state into which a bulletin comes by a change of that kind; changes of the kind `state` say it themselves."""
CAUSES = ("capture", "backfill", "import", "human", "replay", "parser")
_WRITE = insert(plain(Change))
_LISTED = (
    select(Change, Identity, Revision.record)
    .join(Identity, Identity.notification_id == Change.notification_id)
    .join(Revision, (Revision.notification_id == Change.notification_id) & (Revision.number == Change.revision))
)


@dataclass(slots=True)
class Changes:
    """Change rows gathered in one transaction. `write` takes their cursors, as its last statement but the insert."""

    cause: str
    at: datetime
    capture_id: int | None
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, notification_id: int, revision: int, cause: str | None = None) -> None:
        """Note one change, other than into a state. Raises ValueError for a kind or cause that readers do not know."""
        self._note(kind, notification_id, revision, cause or self.cause, None)

    def into(self, state: str, notification_id: int, revision: int) -> None:
        """Note that a bulletin comes into a state. Raises ValueError for one or a cause that readers do not know."""
        if state not in STATES:
            raise ValueError(f"change into {state}: expected one of {STATES}")
        kind = "withdrawn" if state == "withdrawn" else "state"
        self._note(kind, notification_id, revision, self.cause, state if kind == "state" else None)

    def _note(self, kind: str, notification_id: int, revision: int, cause: str, state: str | None) -> None:
        if kind not in KINDS or cause not in CAUSES:
            raise ValueError(f"change {kind} by {cause}: expected one of {KINDS} by one of {CAUSES}")
        named = {"kind": kind, "notification_id": notification_id, "revision": revision, "cause": cause, "state": state}
        self.rows.append({**named, "at": self.at, "capture_id": self.capture_id})

    def write(self, within: Statements) -> None:
        if not self.rows:
            return
        first = take(within, "changes", len(self.rows))
        within.execute(_WRITE, [{**row, "cursor": first + place} for place, row in enumerate(self.rows)])


@dataclass(frozen=True, slots=True)
class Which:
    """Which changes are meant: those of any of these kinds and of bulletins of any of these sources; of all without."""

    kinds: Sequence[str] = ()
    sources: Sequence[str] = ()

    def of(self, asked: Select[Any]) -> Select[Any]:
        if self.kinds:
            asked = asked.where(Change.kind.in_(self.kinds))
        if self.sources:
            theirs = select(Identity.notification_id).where(Identity.source.in_(self.sources))
            asked = asked.where(Change.notification_id.in_(theirs))
        return asked


ALL = Which()


def list_changes(
    session: Session, since: int = 0, limit: int | None = None, which: Which = ALL
) -> Iterator[dict[str, Any]]:
    """The change rows after the cursor `since`, oldest first, with the fields that `changes` prints."""
    asked = which.of(_LISTED).where(Change.cursor > since).order_by(Change.cursor).limit(limit)
    return (row for row, _ in _listed(session, asked))


def newest_changes(
    session: Session, since: int = 0, limit: int | None = None, before: int | None = None, which: Which = ALL
) -> list[dict[str, Any]]:
    """The same newest first; `before` is the last cursor of a page, and continues it."""
    return [row for row, _ in newest_in_full(session, since, limit, before, which)]


def newest_in_full(
    session: Session, since: int = 0, limit: int | None = None, before: int | None = None, which: Which = ALL
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """The same rows, each with the record of the revision that it speaks of."""
    asked = which.of(_LISTED).where(Change.cursor > since).order_by(Change.cursor.desc()).limit(limit)
    return _listed(session, asked if before is None else asked.where(Change.cursor < before))


def changes_of(session: Session, number: int) -> list[dict[str, Any]]:
    """What became of one notification, by its number, oldest first.

    `at` is the time of the capture by which it was learnt; `state` is the one into which it came, if any.
    """
    asked = select(Change).where(Change.notification_id == number).order_by(Change.cursor)
    return [
        {
            "cursor": change.cursor,
            "at": change.at,
            "kind": change.kind,
            "state": change.state or STATE_OF.get(change.kind),
            "revision": change.revision,
            "cause": change.cause,
            "capture": change.capture_id,
        }
        for change in session.scalars(asked)
    ]


def last_cursor(session: Session) -> int:
    """The cursor of the newest change; 0 where there is none."""
    return session.scalar(select(func.max(Change.cursor))) or 0


def _listed(session: Session, asked: Select[Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    for change, identity, record in session.execute(asked):
        row = {
            "cursor": change.cursor,
            "kind": change.kind,
            "state": change.state or STATE_OF.get(change.kind),
            "notification": identity.public_id,
            "source": identity.source,
            "issued": record["issued"],
            "title": record["title"],
            "revision": change.revision,
            "cause": change.cause,
            "at": change.at,
        }
        yield row, record
