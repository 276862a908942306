"""States that publishers state: of a bulletin itself, and what one bulletin does to those it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from archive.aliases import numbers_of
from archive.changes import Changes
from archive.derived import NotificationRow, Revision
from archive.presence import come_back
from archive.records import Notification, ReadEntry

STATED_STATES = {"withdrawn": "withdrawn", "closed": "ended", "cancelled": "ended"}
"""What a bulletin says of itself in a code of the scheme `state` → the state that it then is in."""
ACTIONS = {"cancel": "cancelled", "update": "superseded"}
"""What a bulletin does in a code of the scheme `action` → the state for good of those that it refers to."""


def stated_state(codes: Iterable[tuple[str, str]]) -> str:
    """The state that a record says itself to be in."""
    said = (STATED_STATES[value] for scheme, value in codes if scheme == "state" and value in STATED_STATES)
    return next(said, "current")


def enter(row: NotificationRow, state: str, changes: Changes) -> None:
    """A notification that is shown is in the state that its record states; what another bulletin replaced stays so."""
    if row.state in ACTIONS.values() or row.state == state:
        return
    if state == "current":
        come_back(row, changes)
    else:
        row.state = state
        changes.into(state, row.id, row.revision)


def act(session: Session, source: str, entries: Sequence[ReadEntry], changes: Changes) -> set[int]:
    """Let bulletins that cancel or update others end those; returns the numbers of the ended ones.

    For good, and in whatever order they are learnt: one that any wording of another cancels is cancelled, one that is
    updated alone is superseded.
    """
    ended: set[int] = set()
    for entry in entries:
        ended |= _apply(session, source, entry.notification, None, changes)
    return ended


def act_late(
    session: Session, source: str, entries: Sequence[ReadEntry], changes: Changes, learnt: str | None = None
) -> set[int]:
    """Let bulletins that are held already, in any wording of theirs, end these new ones, which were read after them.

    `learnt` is an id that is new of one which was held before. Returns the ended ones.
    """
    new = {ref for ref in (learnt, *(entry.notification.ref for entry in entries)) if ref}
    ended: set[int] = set()
    for (stated,) in session.execute(_ACTING, {"source": source}) if new else ():
        ended |= _apply(session, source, Notification.from_row(stated), new, changes)
    return ended


_ACTING = (
    select(Revision.record)
    .join(NotificationRow, NotificationRow.id == Revision.notification_id)
    .where(NotificationRow.source == bindparam("source"), cast(Revision.record, Text).like('%"action"%'))
    .order_by(NotificationRow.id, Revision.number)
)


def _apply(session: Session, source: str, record: Notification, among: set[str] | None, changes: Changes) -> set[int]:
    """Let one wording end those that it refers to, all of them or those `among` these refs."""
    state = next((ACTIONS[value] for scheme, value in record.codes if scheme == "action" and value in ACTIONS), None)
    refs = _refs(record) if state else set()
    rows = _open_rows(session, source, refs if among is None else refs & among, state or "")
    for row in rows:
        row.state = str(state)
        changes.into(row.state, row.id, row.revision)
    return {row.id for row in rows}


def _refs(record: Notification) -> set[str]:
    """What a record refers to; a CAP reference is `sender,identifier,sent` (CAP 1.2, 3.2.1) that means the second."""
    named = {ref for each in record.references for ref in (each, *each.split(",")[1:2])}
    return named - {record.ref or ""}


def _open_rows(session: Session, source: str, refs: set[str], state: str) -> Sequence[NotificationRow]:
    """The bulletins of these refs that may come into a state: a cancellation outweighs an update."""
    numbers = numbers_of(session, source, refs).values()
    if not numbers:
        return ()
    final = ["cancelled", state]
    rows = select(NotificationRow).where(NotificationRow.id.in_(sorted(numbers)), NotificationRow.state.not_in(final))
    return session.scalars(rows.order_by(NotificationRow.id)).all()
