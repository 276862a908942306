"""The state of the archive for its operator: each source, its last runs, what waits and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive.derived import Document, Gap, NotificationRow, Quarantined, Target
from archive.leases import is_gone
from archive.runs import BACKFILL
from archive.tables import Capture, Identity, Run


def source_state(session: Session, slug: str) -> dict[str, Any]:
    """What an operator wants to know of one source."""
    listing = session.scalars(
        select(Target).where(Target.source == slug, Target.role == "listing").order_by(Target.next_check_at)
    ).all()
    last_run = session.scalars(select(Run).where(Run.source == slug).order_by(Run.id.desc()).limit(1)).first()
    return {
        "source": slug,
        "state": _state(listing, last_run),
        "last_success": max((each.confirmed_at for each in listing if each.confirmed_at), default=None),
        "next_check": min((each.next_check_at for each in listing if each.next_check_at), default=None),
        "notifications": _count(session, select(NotificationRow.id).where(NotificationRow.source == slug)),
        "last_new": session.scalar(_newest_identity(slug)),
        "pending": _count(session, select(Capture.id).where(Capture.source == slug, Capture.state == "pending")),
        "quarantined": _count(
            session, select(Quarantined.id).where(Quarantined.source == slug, Quarantined.state == "waiting")
        ),
        "gaps": _count(session, select(Gap.id).where(Gap.source == slug)),
        "wanted": _linked(session, slug, ("attachment",), "wanted"),
        "missing": _linked(session, slug, ("attachment", "detail"), "missing", "gone"),
        "problem": next(
            (each.held_reason or each.last_error for each in listing if each.held_reason or each.last_error), None
        ),
    }


def _state(listing: Sequence[Target], last_run: Run | None) -> str:
    goes_on = last_run is not None and last_run.state == "running"
    if _is_worked_on(listing):
        return "backfilling" if goes_on and last_run is not None and BACKFILL in last_run.accounts else "running"
    if any(each.held_reason for each in listing):
        return "held"
    if any(each.failures for each in listing) or (last_run is not None and last_run.state == "failed"):
        return "failing"
    if goes_on:
        return "killed"
    return "healthy" if any(each.confirmed_at for each in listing) else "never read"


def _is_worked_on(listing: Sequence[Target]) -> bool:
    """Whether a process holds a listing; one of this machine that is dead holds nothing."""
    return any(each.lease_owner and not is_gone(each.lease_owner) for each in listing)


def _newest_identity(slug: str) -> Select[Any]:
    return (
        select(func.max(Capture.fetched_at))
        .join(Identity, Identity.capture_id == Capture.id)
        .where(Identity.source == slug)
    )


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _linked(session: Session, slug: str, roles: Sequence[str], *states: str) -> int:
    ours = (Target.source == slug, Target.role.in_(roles), Target.state.in_(states))
    return _count(session, select(Target.id).where(*ours))


def gaps(session: Session, slug: str | None = None) -> list[dict[str, Any]]:
    """The spans of time that the archive cannot speak for."""
    query = select(Gap).order_by(Gap.id)
    rows = session.scalars(query.where(Gap.source == slug) if slug else query)
    return [
        {"source": row.source, "since": row.since, "until": row.until, "reason": row.reason, "capture": row.capture_id}
        for row in rows
    ]


def last_runs(session: Session, slug: str, most: int) -> list[dict[str, Any]]:
    """The runs of a source, the newest first: when, how they ended, and their books."""
    rows = session.scalars(select(Run).where(Run.source == slug).order_by(Run.id.desc()).limit(most))
    return [
        {"started_at": row.started_at, "ended_at": row.ended_at, "state": row.state, "reason": row.reason}
        | {"accounts": dict(row.accounts)}
        for row in rows
    ]


def totals(session: Session) -> dict[str, int]:
    """How much the archive holds."""
    return {
        "notifications": _count(session, select(NotificationRow.id)),
        "captures": _count(session, select(Capture.id)),
        "documents": _count(session, select(Document.sha256)),
        "unread_documents": _count(session, select(Document.sha256).where(Document.state != "done")),
    }
