"""What archives list of a source's past: rows that wait for their turn in time, and the searches that gave them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from archive.derived import Target
from archive.tables import LOADED, Capture, History, HistorySearch, plain
from archive.targets import find_target, note_answer, reread_at
from archive.upsert import insert_all_once, insert_once

RANKS = {"listing": 0, "older": 1, "detail": 2, "attachment": 3}
"""In which order a run asks what it asks at one moment."""
AGAIN_AFTER = timedelta(days=1)
"""A search is good until so much more time has passed: what was killed goes on without asking again."""

_HISTORY, _TARGETS = plain(History), plain(Target)
_OURS = and_(_HISTORY.c.source == bindparam("source"), _HISTORY.c.holding == bindparam("holding"))
_NEXT = (
    select(_HISTORY)
    .where(_OURS, _HISTORY.c.state == "waiting")
    .order_by(_HISTORY.c.at, _HISTORY.c.rank, _HISTORY.c.id)
    .limit(bindparam("most"))
)
_INDEXED = (
    select(_HISTORY.c.id)
    .where(_OURS, _HISTORY.c.url_key == bindparam("url_key"), _HISTORY.c.target_url == "")
    .order_by(_HISTORY.c.at, _HISTORY.c.id)
)
_BY_ID = (
    select(_HISTORY).where(_HISTORY.c.id.in_(bindparam("ids", expanding=True))).order_by(_HISTORY.c.at, _HISTORY.c.id)
)
_SAME_DIGEST = (
    select(_HISTORY.c.capture_id)
    .where(
        _OURS,
        _HISTORY.c.url_key == bindparam("url_key"),
        _HISTORY.c.target_url == bindparam("target_url"),
        _HISTORY.c.digest == bindparam("digest"),
        _HISTORY.c.state == "done",
    )
    .order_by(_HISTORY.c.id)
    .limit(1)
)
_BY_DIGEST = (
    select(_HISTORY)
    .where(
        _OURS,
        _HISTORY.c.target_url == "",
        _HISTORY.c.digest == bindparam("digest"),
        _HISTORY.c.media_type != "warc/revisit",
    )
    .order_by(_HISTORY.c.at, _HISTORY.c.id)
    .limit(1)
)
_TARGETS_FROM = (
    select(*(_TARGETS.c[name] for name in ("id", "role", "url", "facts")))
    .where(_TARGETS.c.source == bindparam("source"), _TARGETS.c.id > bindparam("after"), _TARGETS.c.role != LOADED)
    .order_by(_TARGETS.c.id)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address whose history is wanted, and the role that it has for its source."""

    id: int
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that one archive lists of one source's addresses, by their names."""

    source: str
    holding: str

    def names(self, **more: Any) -> dict[str, Any]:
        return {"source": self.source, "holding": self.holding, **more}


class RowTaken(Exception):
    """Another process has taken the row by now."""


def digest_of(text: str) -> str:
    """The key of a text of any length."""
    return hashlib.sha256(text.encode()).hexdigest()


def wanted_after(session: Session, plan: Plan, after: int) -> list[Wanted]:
    """The targets of the source with ids beyond `after`, in the order in which they were met."""
    found = session.execute(_TARGETS_FROM, {"source": plan.source, "after": after})
    return [Wanted(row.id, row.role, row.url) for row in found]


def begin_search(session: Session, plan: Plan, url: str, since: datetime | None, until: datetime) -> HistorySearch:
    """The search of an address from `since` until `until`: the unfinished or finished one that covers it, or anew."""
    key = digest_of(url)
    insert_once(
        session,
        HistorySearch,
        **plan.names(key=key, url=url, since=since, until=until, through=None, state="asking", found=0, reason=None),
    )
    query = select(HistorySearch).where(
        HistorySearch.source == plan.source, HistorySearch.holding == plan.holding, HistorySearch.key == key
    )
    search = session.scalars(query).one()
    _widen(search, since, until)
    return search


def _widen(search: HistorySearch, since: datetime | None, until: datetime) -> None:
    """Search again what an earlier, finished search did not reach; an unfinished one goes on as it began."""
    if search.since is not None and (since is None or since < search.since):
        search.since, search.through, search.state = since, None, "asking"
        search.until = max(until, search.until)
    elif until - search.until >= AGAIN_AFTER:
        search.through = search.until if search.state != "asking" else search.through
        search.until, search.state = until, "asking"


def add_rows(session: Session, plan: Plan, wanted: Wanted | None, rows: Sequence[dict[str, Any]]) -> None:
    """Add what a holding lists of an address, in this order, each once; without `wanted` only to its index.

    A row states `url_key url at digest status media_type file position length state reason`.
    """
    target_url, role = (wanted.url, wanted.role) if wanted else ("", "")
    common = plan.names(role=role, rank=RANKS.get(role, 0), target_url=target_url, capture_id=None)
    insert_all_once(session, History, [{**row, **common, "key": _key(target_url, row)} for row in rows])


def _key(target_url: str, row: dict[str, Any]) -> str:
    place = (target_url, row["url"], row["at"].isoformat(), row["digest"], row["file"], row["position"])
    return digest_of("\n".join(map(str, place)))


def note_search(session: Session, search_id: int, **found: Any) -> None:
    """Note how far a search has come: `through`, `state`, `reason`."""
    session.execute(update(HistorySearch).where(HistorySearch.id == search_id).values(**found))


def next_rows(session: Session, plan: Plan, most: int) -> list[Any]:
    """The earliest rows that wait, at most so many."""
    return list(session.execute(_NEXT, plan.names(most=most)))


def next_row(session: Session, plan: Plan) -> Any:
    """The earliest row that waits, or None."""
    return next(iter(next_rows(session, plan, 1)), None)


def row_with_body(session: Session, plan: Plan, target_url: str, url_key: str, digest: str) -> int | None:
    """The capture that a row of the same address and digest became or confirmed."""
    wanted = plan.names(target_url=target_url, url_key=url_key, digest=digest)
    number = session.scalar(_SAME_DIGEST, wanted)
    return int(number) if number is not None else None


def note_row(
    session: Session, row_id: int, state: str, capture_id: int | None = None, reason: str | None = None
) -> None:
    """Say what became of a row that waited. Raises RowTaken where it waits no longer."""
    waiting = update(_HISTORY).where(_HISTORY.c.id == row_id, _HISTORY.c.state == "waiting")
    done = session.execute(waiting.values(state=state, capture_id=capture_id, reason=reason).returning(_HISTORY.c.id))
    if done.first() is None:
        raise RowTaken(f"history row {row_id}: another process took it, expected it to wait")


def indexed(session: Session, plan: Plan, url_key: str) -> list[int]:
    """The ids of the rows that the index of the files has of an address, oldest first."""
    return list(session.scalars(_INDEXED, plan.names(url_key=url_key)))


def rows_with_ids(session: Session, ids: Sequence[int]) -> list[Any]:
    """The rows with these ids, oldest first."""
    return list(session.execute(_BY_ID, {"ids": list(ids)}))


def indexed_digest(session: Session, plan: Plan, digest: str) -> Any:
    """The first response in the index with that payload, or None."""
    return session.execute(_BY_DIGEST, plan.names(digest=digest)).first()


def drop_index(session: Session, plan: Plan) -> tuple[int, int]:
    """Forget the index of the files; returns how many addresses were in it, and how many of them nobody wanted."""
    loose = _loose(plan)
    wanted = select(_HISTORY.c.url_key).where(*_of(plan), _HISTORY.c.target_url != "")
    count = select(func.count(_HISTORY.c.url_key.distinct())).where(*loose)
    every, unwanted = session.scalar(count) or 0, session.scalar(count.where(_HISTORY.c.url_key.not_in(wanted))) or 0
    session.execute(delete(_HISTORY).where(*loose))
    files = (HistorySearch.source == plan.source, HistorySearch.holding == plan.holding)
    session.execute(delete(HistorySearch).where(*files, HistorySearch.url.startswith("file:")))
    return every, unwanted


def _of(plan: Plan) -> tuple[Any, ...]:
    return _HISTORY.c.source == plan.source, _HISTORY.c.holding == plan.holding


def _loose(plan: Plan) -> tuple[Any, ...]:
    return (*_of(plan), _HISTORY.c.target_url == "")


def count_rows(session: Session, plan: Plan) -> dict[str, int]:
    """How many rows are in each state."""
    query = (
        select(_HISTORY.c.state, func.count()).where(*_of(plan), _HISTORY.c.target_url != "").group_by(_HISTORY.c.state)
    )
    return {state: count for state, count in session.execute(query)}  # noqa: C416


def is_searched(session: Session, plan: Plan) -> bool:
    """Whether any search of the plan has come to its end with a list of captures."""
    ours = (HistorySearch.source == plan.source, HistorySearch.holding == plan.holding)
    query = select(HistorySearch.id).where(*ours, HistorySearch.state == "done", HistorySearch.reason.is_(None))
    return session.scalar(query.limit(1)) is not None


def note_read_in_archive(session: Session, source: str, role: str, url: str, now: datetime) -> None:
    """A page or document was had from an archive: the live one is asked again by its age, not at once."""
    target = find_target(session, source, role, url)
    if target is not None and target.role != "listing" and target.sha256 is not None:
        note_answer(session, target, now, 200, reread_at(target.first_seen_at, now))


def capture_body(session: Session, capture_id: int) -> Capture | None:
    """A capture that has a body and is no redirect, or None."""
    capture = session.get(Capture, capture_id)
    given = capture is not None and capture.sha256 is not None and capture.size and capture.reason != "redirect"
    return capture if given else None
