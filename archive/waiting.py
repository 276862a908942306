"""What waits for its host's turn: not asked yet, and not failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Boolean, bindparam, or_, update
from sqlalchemy.orm import Session

from archive.derived import Target
from archive.tables import plain

_TARGETS = plain(Target)
_PUT_OFF = (
    update(_TARGETS)
    .where(_TARGETS.c.id == bindparam("number"), _TARGETS.c.next_check_at < bindparam("until"))
    .values(next_check_at=bindparam("until"))
)
_SAY_WAITS = (
    update(_TARGETS)
    .where(_TARGETS.c.id.in_(bindparam("numbers", expanding=True)), _TARGETS.c.failures == 0)
    .where(or_(bindparam("over_links", type_=Boolean), _TARGETS.c.links_wait.is_(None)))
    .values(last_error=bindparam("why"), links_wait=None)
)
_SAY_LINKS_WAIT = (
    update(_TARGETS)
    .where(_TARGETS.c.id.in_(bindparam("numbers", expanding=True)), _TARGETS.c.failures == 0)
    .where(_TARGETS.c.last_error.is_(None))
    .values(links_wait=bindparam("why"))
)


def put_off(session: Session, until: Mapping[int, datetime]) -> None:
    """Have targets asked no sooner than that; one that is not asked any more stays so."""
    if until:
        session.execute(_PUT_OFF, [{"number": number, "until": at} for number, at in sorted(until.items())])


def note_waiting(session: Session, target_ids: Sequence[int], reason: str, *, links_had_a_turn: bool) -> None:
    """Pages that were not asked for that reason say so; one that failed when it was asked last says that.

    A listing whose links wait says that until one of them has had a turn, else it would always go before them.
    """
    session.execute(_SAY_WAITS, {"numbers": list(target_ids), "why": reason, "over_links": links_had_a_turn})


def note_links_wait(session: Session, listing_ids: Sequence[int], reason: str) -> None:
    """What these listings point to waits for its host; one that waits itself, or has failed, says that."""
    session.execute(_SAY_LINKS_WAIT, {"numbers": list(listing_ids), "why": reason})
