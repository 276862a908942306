"""When a source was seen to publish: kept on its row as one short text, which every poll can afford to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from archive.derived import Revision, SourceRow, Target
from archive.statements import Statements
from archive.tables import Capture, plain

KEPT = 500
"""So many of the latest publications of a source are kept."""
APART_MINUTES = 5
"""What is seen within so many minutes is one publication: the pages of one poll are read one after the other."""
ALARMS = frozenset({"amber", "red"})
NEWS = frozenset({"created", "revised"})
START_MARK, ALARM_MARK = "^", "!"
"""After the minute at which a source was first read live, and after that of an alarm."""
EPOCH, MINUTE = datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=1)

_REVISIONS, _SOURCES = plain(Revision), plain(SourceRow)
_LEVELS = select(
    _REVISIONS.c.notification_id, _REVISIONS.c.number, _REVISIONS.c.record["level"].as_string().label("level")
).where(
    _REVISIONS.c.notification_id.in_(bindparam("ids", expanding=True)),
    _REVISIONS.c.number.in_(bindparam("numbers", expanding=True)),
)
_PUBLISHED = select(_SOURCES.c.published).where(_SOURCES.c.slug == bindparam("slug"))


@dataclass(frozen=True, slots=True)
class Publication:
    """A minute in which something new of a source was seen; an alarm where it was a new AMBER or RED."""

    at: datetime
    is_alarm: bool = False


def publications_in(text: str) -> tuple[datetime | None, tuple[Publication, ...]]:
    """Since when a source is watched, and when it was seen to publish, oldest first, by what its row holds."""
    start, known = _read(text)
    seen = tuple(Publication(_time(minute), is_alarm) for minute, is_alarm in sorted(known.items()))
    return None if start is None else _time(start), seen


def _time(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


def published_by(within: Statements, slug: str) -> str:
    """What the row of a source holds by now."""
    return within.scalar(_PUBLISHED, {"slug": slug}) or ""


def note_publication(
    session: Session, source: SourceRow, target: Target, capture: Capture, changes: Sequence[Mapping[str, Any]]
) -> None:
    """Note that a live capture brought something new, unless it is what a page has when it is first read.

    `target` is as it was before the capture, `changes` are rows of `archive.changes.Changes`. A bulletin on a page
    of its own was published when a listing first pointed to that page.
    """
    if capture.cause != "capture":
        return
    told = [change for change in changes if change["kind"] in NEWS and change["cause"] == "capture"]
    news = [(change["notification_id"], change["revision"]) for change in told]
    start, known = _read(source.published)
    at = capture.fetched_at
    if capture.role == "detail" and any(revision == 1 for _, revision in news):
        at = min(at, target.first_seen_at)
    minute = (at - EPOCH) // MINUTE
    if start is None:
        source.published = _written(minute, {})
    elif news and minute >= start + APART_MINUTES and (target.newest_at is not None or capture.role == "detail"):
        one = next((each for each in known if abs(each - minute) < APART_MINUTES), minute)
        known[one] = known.get(one, False) or _is_alarm(session, news)
        source.published = _written(start, known)


def _is_alarm(session: Session, news: Sequence[tuple[int, int]]) -> bool:
    """Whether one of these revisions states an AMBER or RED that the one before it did not."""
    numbers = {each for _, number in news for each in (number, number - 1)}
    found = session.execute(_LEVELS, {"ids": [of for of, _ in news], "numbers": sorted(numbers)})
    levels = {(of, number): level for of, number, level in found}
    return any(
        levels.get((of, number)) in ALARMS and levels.get((of, number - 1)) != levels[of, number] for of, number in news
    )


def _read(text: str) -> tuple[int | None, dict[int, bool]]:
    """The minute since which a source is watched, and whether each of its publications is an alarm, by their minute."""
    words = text.split()
    start = next((int(each.rstrip(START_MARK)) for each in words if each.endswith(START_MARK)), None)
    known = {int(each.rstrip(ALARM_MARK)): each.endswith(ALARM_MARK) for each in words if START_MARK not in each}
    return start, known


def _written(start: int, known: Mapping[int, bool]) -> str:
    latest = sorted(known.items())[-KEPT:]
    return " ".join([f"{start}{START_MARK}", *(f"{at}{ALARM_MARK if is_alarm else ''}" for at, is_alarm in latest)])
