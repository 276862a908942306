"""When a page that answered is asked again: a listing by its source's rhythm, a detail by its age."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from archive.listings import Listing
from archive.publications import published_by
from archive.settle import Settled
from archive.statements import Statements
from archive.targets import Answered, hasten, note_answered, reread_at
from ingest.freshness import fresh_for, minutes_stated
from ingest.response import Response, retry_after_seconds
from ingest.rhythm import is_burst, rhythm_on, wait_until_next
from parsers.source import Source

JITTER = 0.1
"""Times of asking are spread by this share, so that sources do not march in step."""
LONGEST_WAIT = timedelta(hours=24)
"""What a server asks us to wait is believed up to this."""


def note_polled(
    within: Statements, source: Source, asked: Listing, answer: Response, settled: Settled, now: datetime, polls: int
) -> None:
    """Record that a page answered, and set when it is asked again; `polls` in a row have not asked it in full.

    A detail that makes a burst has the listings asked sooner than they were to be.
    """
    published = asked.published
    if settled.accounts.new or settled.accounts.revised:
        published = published_by(within, source.slug)
    if asked.role == "detail" and published != asked.published and is_burst(*rhythm_on(published, now), now):
        hasten(within, source.slug, _after(source, published, now, timedelta(0)))
    note_answered(within, asked.id, answered(source, asked, answer, now, polls, published))


def answered(
    source: Source, asked: Listing, answer: Response, now: datetime, polls: int, published: str | None = None
) -> Answered:
    """What is noted of a page that answered; `published` is what its source has published, if that is more by now."""
    minutes = asked.stated_minutes if answer.status == 304 else minutes_stated(answer.body)
    again_at: datetime | None = None
    if asked.role == "listing":
        fresh = _fresh_for(asked, answer, minutes)
        again_at = _after(source, asked.published if published is None else published, now, fresh)
        again_at = max(again_at, now + told_to_wait(answer, now))
    elif asked.role == "detail":
        again_at = reread_at(asked.first_seen_at, now)
    return Answered(now, answer.status, again_at, polls, minutes)


def told_to_wait(answer: Response, now: datetime) -> timedelta:
    """How long the answer itself asks us to wait (Retry-After)."""
    return min(timedelta(seconds=retry_after_seconds(answer, now) or 0.0), LONGEST_WAIT)


def jittered(wait: timedelta) -> timedelta:
    """About so long."""
    return wait * random.uniform(1 - JITTER, 1 + JITTER)


def _after(source: Source, published: str, now: datetime, fresh: timedelta) -> datetime:
    """When a listing that has just answered is asked again; while it states to be fresh it is not asked sooner."""
    rhythm, seen = rhythm_on(published, now)
    wait = wait_until_next(rhythm, seen, now, timedelta(minutes=source.every_minutes), fresh)
    return now + max(jittered(wait), min(wait, fresh))


def _fresh_for(asked: Listing, answer: Response, minutes: int | None) -> timedelta:
    """How long a listing is fresh: by its answer, else by the one that it confirms; as a feed by its own words."""
    stated = fresh_for(answer.headers)
    if stated is None and answer.status == 304 and asked.validated is not None:
        stated = fresh_for(asked.validated.headers)
    return max(stated or timedelta(0), timedelta(minutes=minutes or 0))
