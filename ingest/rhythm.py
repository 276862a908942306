"""When a source is asked next: by the hours in which it publishes, by bursts, and by what its answers state.

Where publications come at a rate that changes with time, and the number of requests is given, the mean delay until one
is seen is least when the time between requests is inversely proportional to the square root of the rate: requests at
a density d cost the integral of rate / 2d, and under a fixed integral of d that is least where d² goes with the rate.
A weight is such a density, 1 standing for the source's own `every_minutes`. Over a week the weights are 1 on the mean,
and the next request is due when the weight that has passed since the last one amounts to one interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from archive.publications import Publication, publications_in

LONDON = ZoneInfo("Europe/London")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

WINDOW = timedelta(weeks=8)
HALF_LIFE = timedelta(weeks=3)
"""A publication of three weeks ago tells half as much of the rhythm as one of now."""
IMAGINED = 24.0
"""So many publications, spread evenly, stand beside those that were seen: few change little."""
NEARBY = (1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9)
"""What a publication tells of its own hour of the day, in the middle, and of those around it."""

SPREAD = 4.0
"""A source is asked at most so many times as often as it states, and at least so many times as seldom."""
USUAL = 1.01
"""An hour of this weight is one in which the source publishes more than in others."""
SHORTEST, LONGEST = timedelta(minutes=2), timedelta(hours=24)

QUIET_OVER = timedelta(weeks=4)
EXPECTED_EVERY = timedelta(weeks=1)
"""A source that was seen to publish less often than that, over four weeks, is asked more seldom."""

FADING = timedelta(hours=4)
"""In this time the rate of a burst falls to 1/e, and so its weight in twice the time."""
BURST_OVER = timedelta(hours=24)
ALARM = SPREAD**2
"""How many times the mean rate follows a new AMBER or RED."""
FOLLOWING = 0.5
"""How many further publications each one brings that is not the first of a while."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a source publishes: the weight of each hour of the London week, Monday's first, and the mean rate.

    `calm` is the share of its requests that is left to a source that publishes less than once in a week.
    """

    weights: tuple[float, ...]
    calm: float
    an_hour: float

    def weight(self, at: datetime) -> float:
        """The weight of an hour; never less than 1 where the source usually publishes."""
        local = at.astimezone(LONDON)
        usual = self.weights[local.weekday() * 24 + local.hour]
        return max(usual * self.calm, 1.0 if usual >= USUAL else 1 / SPREAD)


def rhythm_on(published: str, now: datetime) -> tuple[Rhythm, tuple[Publication, ...]]:
    """The rhythm of a source by the end of this day, and what of its publications may make a burst of any hour of it.

    `published` is what its row holds of them.
    """
    return _rhythm_by(published, now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY)


@lru_cache(maxsize=128)
def _rhythm_by(published: str, by: datetime) -> tuple[Rhythm, tuple[Publication, ...]]:
    """Remembered without publications that are long past: of those there are up to 500."""
    watched_since, seen = publications_in(published)
    return rhythm_of(seen, watched_since, by), tuple(each for each in seen if each.at >= by - DAY - BURST_OVER)


def rhythm_of(seen: Sequence[Publication], watched_since: datetime | None, now: datetime) -> Rhythm:
    """The rhythm by what was seen in the last eight weeks; what lies in the future counts as not seen."""
    told = [(each, math.pow(0.5, (now - each.at) / HALF_LIFE)) for each in seen if now - WINDOW <= each.at <= now]
    by_day, by_hour = [IMAGINED / 7] * 7, [IMAGINED / 24] * 24
    for each, much in told:
        local = each.at.astimezone(LONDON)
        by_day[local.weekday()] += much
        for place, share in enumerate(NEARBY, start=local.hour - len(NEARBY) // 2):
            by_hour[place % 24] += much * share
    watched = min(max(now - (watched_since or now), timedelta(0)), WINDOW)
    lately = sum(each.at > now - QUIET_OVER for each, _ in told)
    expected = max(1.0, min(watched, QUIET_OVER) / EXPECTED_EVERY)
    return Rhythm(
        weights=_evened([math.sqrt(day * hour) for day in by_day for hour in by_hour]),
        calm=min(1.0, math.sqrt((lately + 1) / expected)),
        an_hour=_mean_rate(sum(much for _, much in told), watched),
    )


def _mean_rate(much: float, watched: timedelta) -> float:
    """Publications an hour; one a week is imagined beside them."""
    half_life = HALF_LIFE / HOUR
    hours = half_life / math.log(2) * (1 - math.pow(0.5, watched / HALF_LIFE))
    return (much + 1) / (hours + EXPECTED_EVERY / HOUR)


def _evened(weights: Sequence[float]) -> tuple[float, ...]:
    """The weights within their bounds, and 1 on the mean."""
    scale = len(weights) / sum(weights)
    for _ in range(8):
        scale *= len(weights) / sum(_within(scale * each) for each in weights)
    return tuple(_within(scale * each) for each in weights)


def _within(weight: float) -> float:
    return min(max(weight, 1 / SPREAD), SPREAD)


def excitement(seen: Sequence[Publication], rhythm: Rhythm, at: datetime) -> float:
    """How many times the mean rate is to be expected on top of it, after an alarm or several publications."""
    alarms, others = 0.0, -1.0
    for each in seen:
        if timedelta(0) <= at - each.at <= BURST_OVER:
            much = math.exp(-((at - each.at) / FADING))
            others += much
            alarms += much if each.is_alarm else 0.0
    following = FOLLOWING * max(others, 0.0) / (FADING / HOUR) / rhythm.an_hour
    return ALARM * alarms + following


def is_burst(rhythm: Rhythm, seen: Sequence[Publication], at: datetime) -> bool:
    """Whether more is to be expected by what came lately than by the usual rate."""
    return excitement(seen, rhythm, at) >= 1


def wait_until_next(
    rhythm: Rhythm, seen: Sequence[Publication], now: datetime, every: timedelta, fresh_for: timedelta = timedelta(0)
) -> timedelta:
    """How long to wait for the next request of a source that has just answered, within its bounds.

    `seen` is in order of time. `fresh_for` is how long its answer states to be fresh: until then it is not asked, but
    in a burst.
    """
    lately = takewhile(lambda each: now - each.at <= BURST_OVER, reversed(seen))
    recent = [each for each in lately if each.at <= now]
    shortest = min(every, max(SHORTEST, every / SPREAD))
    longest = max(every, min(every * SPREAD, LONGEST))
    left, until = every, now
    for begins, ends in _hours(now, now + longest):
        weight = _within(math.sqrt(rhythm.weight(begins) ** 2 + excitement(recent, rhythm, begins)))
        until = min(begins + left / weight, ends)
        left -= (until - begins) * weight
        if until < ends:
            break
    wait = max(until - now, shortest)
    if not is_burst(rhythm, recent, now):
        wait = max(wait, fresh_for)
    return min(wait, longest)


def _hours(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The hours between two moments; the first and the last may be parts of one."""
    while since < until:
        ends = min(since.replace(minute=0, second=0, microsecond=0) + HOUR, until)
        yield since, ends
        since = ends
