"""The log of runs, and the books of the links that a source's bulletins cite."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.derived import Attachment, Target
from archive.tables import Capture, Run
from archive.targets import LEASE_SECONDS, add_start_targets, claim, is_due, lock_source, release


def begin_run(
    session: Session, slug: str, start: Collection[str], owner: str, now: datetime
) -> tuple[int, list[int]] | None:
    """Lease a source's listing targets and log the run; its id and the targets' ids, or None where another has them."""
    lock_source(session, slug)
    wanted = add_start_targets(session, slug, start, now)
    got = claim(session, wanted, owner, now, LEASE_SECONDS)
    if got != sorted(wanted):
        release(session, got, owner)
        return None
    run_id = session.scalar(
        insert(Run).values(source=slug, started_at=now, state="running", accounts={}).returning(Run.id)
    )
    return int(run_id or 0), got


def end_run(
    session: Session, run_id: int, state: str, reason: str | None, accounts: Mapping[str, Any], now: datetime
) -> None:
    """Log how a run ended."""
    session.execute(
        update(Run).where(Run.id == run_id).values(ended_at=now, state=state, reason=reason, accounts=dict(accounts))
    )


def link_books(session: Session, slug: str, read: Collection[int], failed: Collection[int]) -> dict[str, int]:
    """The books of the links: cited = known + read + waiting + failed. `read` and `failed` are this run's targets."""
    cited = select(Attachment.target_id).where(Attachment.cited.is_(True)).distinct()
    rows = session.execute(select(Target.id, Target.sha256).where(Target.source == slug, Target.id.in_(cited))).all()
    books = {"links": len(rows), "known": 0, "read": 0, "waiting": 0, "failed": 0}
    for number, sha256 in rows:
        books[_account(number, sha256, read, failed)] += 1
    return books


def _account(number: int, sha256: str | None, read: Collection[int], failed: Collection[int]) -> str:
    if number in failed:
        return "failed"
    if number in read:
        return "read"
    return "waiting" if sha256 is None else "known"


def sources_with_work(session: Session, now: datetime) -> set[str]:
    """The sources that have a due target or a capture that waits to be settled."""
    due = session.scalars(select(Target.source).where(is_due(now)).distinct())
    waiting = session.scalars(select(Capture.source).where(Capture.state == "pending").distinct())
    return {*due, *waiting}


def sources_met(session: Session) -> set[str]:
    """The sources that have a listing which is asked in its time."""
    asked = (Target.role == "listing", Target.next_check_at.is_not(None))
    return set(session.scalars(select(Target.source).where(*asked).distinct()))
