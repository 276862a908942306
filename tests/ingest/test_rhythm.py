"""The rule that says when a source is asked next, as a rule: no network, no database, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.publications import Publication, publications_in
from ingest.rhythm import LONDON, USUAL, Rhythm, is_burst, rhythm_of, rhythm_on, wait_until_next

QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 6, 17, 11, 0, tzinfo=UTC)
"""A Wednesday, noon in London."""
EXACT = timedelta(milliseconds=1)
moments = st.datetimes(datetime(2017, 1, 1), datetime(2019, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
publications = st.builds(Publication, moments, st.booleans())
histories = st.lists(publications, max_size=40).map(lambda found: tuple(sorted(found, key=lambda each: each.at)))
intervals = st.timedeltas(timedelta(seconds=1), timedelta(days=3))


def asked_in(seen: Any, now: datetime, every: timedelta = QUARTER, **how: Any) -> timedelta:
    watched_since = how.pop("watched_since", None)
    return wait_until_next(rhythm_of(seen, watched_since, now), seen, now, every, **how)


def office_hours(until: datetime, weeks: int = 8, hour: int = 10) -> tuple[Publication, ...]:
    """Each working day at that hour in London."""
    days = [(until - timedelta(days=number)).astimezone(LONDON) for number in range(weeks * 7, 0, -1)]
    at = [day.replace(hour=hour, minute=30, second=0, microsecond=0) for day in days if day.weekday() < 5]
    return tuple(Publication(each.astimezone(UTC)) for each in at)


@given(histories, moments, moments, intervals, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_wait_is_within_its_bounds(
    seen: tuple[Publication, ...], watched_since: datetime, now: datetime, every: timedelta, fresh_for: timedelta
) -> None:
    wait = asked_in(seen, now, every, watched_since=watched_since, fresh_for=fresh_for)
    assert min(every, max(timedelta(minutes=2), every / 4)) <= wait
    assert wait <= max(every, min(every * 4, timedelta(hours=24)))
    assert wait == asked_in(seen, now, every, watched_since=watched_since, fresh_for=fresh_for)


@given(moments, intervals)
def test_who_is_not_known_is_asked_as_its_source_states(now: datetime, every: timedelta) -> None:
    assert abs(asked_in((), now, every) - every) < EXACT
    assert abs(asked_in((), now, every, watched_since=now - timedelta(days=6)) - every) < EXACT


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(weeks=60)))
def test_what_lies_ahead_or_long_ago_tells_nothing(now: datetime, by: timedelta) -> None:
    ahead = tuple(Publication(now + by * number, True) for number in (1, 2, 3))
    long_ago = (Publication(now - timedelta(weeks=9) - by),)
    assert asked_in((*long_ago, *ahead), now) == asked_in((), now)


@given(histories, moments, st.lists(st.integers(0, 24 * 60), min_size=1, max_size=5))
def test_more_lately_never_means_later(seen: tuple[Publication, ...], now: datetime, minutes: list[int]) -> None:
    rhythm = rhythm_of(seen, None, now)
    lately = [now - timedelta(minutes=number) for number in sorted(minutes, reverse=True)]
    before = tuple(each for each in seen if each.at < lately[0])
    plain = (*before, *(Publication(at) for at in lately))
    alarming = (*before, *(Publication(at, True) for at in lately))
    waits = [wait_until_next(rhythm, each, now, QUARTER, timedelta(minutes=20)) for each in (before, plain, alarming)]
    assert waits == sorted(waits, reverse=True)


@given(histories, moments)
def test_over_a_quiet_week_of_one_who_publishes_the_requests_are_as_many_as_stated(
    seen: tuple[Publication, ...], now: datetime
) -> None:
    rhythm = rhythm_of(seen, None, now)
    assert sum(rhythm.weights) / 168 == pytest.approx(1, abs=0.02)
    at, requests = now, 0
    while at < now + timedelta(weeks=1):
        at += wait_until_next(rhythm, (), at, QUARTER)
        requests += 1
    assert requests == pytest.approx(7 * 24 * 4, rel=0.03)


@given(histories, moments)
def test_in_its_usual_hours_a_source_is_not_asked_later_than_it_states(
    seen: tuple[Publication, ...], now: datetime
) -> None:
    rhythm = rhythm_of(seen, now - timedelta(weeks=6), now)
    local = [(now + timedelta(minutes=minutes)).astimezone(LONDON) for minutes in (0, 15)]
    if all(rhythm.weights[each.weekday() * 24 + each.hour] >= USUAL for each in local):
        assert wait_until_next(rhythm, (), now, QUARTER) <= QUARTER + EXACT


def test_office_hours_are_learnt() -> None:
    seen = office_hours(NOON)
    tuesday, sunday = NOON - timedelta(days=1, hours=2), NOON - timedelta(days=3, hours=9)
    assert asked_in(seen, tuesday) < timedelta(minutes=9)
    assert asked_in(seen, sunday) > timedelta(minutes=22)
    assert asked_in(seen[-2:], tuesday) > timedelta(minutes=11)


def test_weights_go_with_the_square_root_of_the_rate() -> None:
    """Nine publications in one hour bring it to four times the rate of the night, beside the imagined ones."""
    rhythm = rhythm_of((Publication(NOON),) * 9, None, NOON)
    wednesday = rhythm.weights[48:72]
    assert wednesday[12] / wednesday[3] == pytest.approx(2)


@pytest.mark.parametrize("change", [datetime(2018, 3, 25), datetime(2018, 10, 28)])  # noqa: DTZ001
def test_the_hours_are_those_of_london_when_the_clocks_change(change: datetime) -> None:
    """What was learnt before the change holds after it by the clock on the wall, and no hour of the day is lost."""
    midnight = change.replace(tzinfo=LONDON).astimezone(UTC)
    rhythm = rhythm_of(office_hours(midnight), None, midnight)
    monday = (change + timedelta(days=1)).replace(tzinfo=LONDON)
    assert max(range(24), key=lambda hour: rhythm.weight(monday.replace(hour=hour))) == 10
    at, requests = midnight, 0
    while at < midnight + timedelta(hours=25):
        wait = wait_until_next(rhythm, (), at, QUARTER)
        assert QUARTER / 2 < wait < 2 * QUARTER
        at, requests = at + wait, requests + 1
    assert 60 <= requests <= 100


@pytest.mark.parametrize(("published", "times"), [(0, 2.0), (1, 2**0.5), (2, (4 / 3) ** 0.5), (3, 1.0), (9, 1.0)])
def test_a_quiet_month_brings_fewer_requests(published: int, times: float) -> None:
    """By those weeks alone: the hours of day of so few publications hardly tell anything."""
    seen = tuple(Publication(NOON - timedelta(days=2 + number * 2.5)) for number in reversed(range(published)))
    rhythm = rhythm_of(seen, NOON - timedelta(weeks=5), NOON)
    even = Rhythm((1.0 - 1e-9,) * 168, rhythm.calm, rhythm.an_hour)
    assert wait_until_next(even, seen, NOON, QUARTER) / QUARTER == pytest.approx(times, rel=0.001)


def test_after_an_alarm_a_source_is_asked_closely_for_some_hours() -> None:
    waits = [
        asked_in((Publication(NOON - timedelta(hours=hours), True),), NOON, timedelta(hours=1))
        for hours in (0, 2, 4, 6, 8, 12, 24)
    ]
    assert waits == sorted(waits)
    assert timedelta(minutes=15) <= waits[0] < timedelta(minutes=17)
    assert waits[2] < timedelta(minutes=30) and waits[4] < timedelta(minutes=45)
    assert timedelta(minutes=40) < waits[5] and waits[-1] > timedelta(minutes=50)


def test_several_publications_within_hours_are_a_burst_and_one_is_not() -> None:
    one = (Publication(NOON - timedelta(minutes=10)),)
    several = tuple(Publication(NOON - timedelta(minutes=minutes)) for minutes in (90, 60, 30, 10))
    assert not is_burst(rhythm_of(one, None, NOON), one, NOON)
    assert asked_in(one, NOON) > QUARTER * 0.75
    for lately in (several[-2:], several):
        assert is_burst(rhythm_of(lately, None, NOON), lately, NOON)
    assert asked_in(several, NOON) < QUARTER / 2
    assert asked_in(several, NOON + timedelta(hours=12)) > QUARTER * 0.9


@given(st.dictionaries(st.integers(-90, 4 * 24 * 60), st.booleans(), max_size=30), st.integers(0, 24 * 60 - 1))
def test_what_is_remembered_for_a_day_tells_what_all_publications_tell(ago: dict[int, bool], minute: int) -> None:
    midnight = datetime(2026, 6, 17, tzinfo=UTC)
    now = midnight + timedelta(minutes=minute)
    last = int(now.timestamp()) // 60
    row = " ".join([f"{last - 90_000}^", *(f"{last - each}{'!' if alarm else ''}" for each, alarm in ago.items())])
    watched_since, every = publications_in(row)
    rhythm, lately = rhythm_on(row, now)
    assert rhythm == rhythm_of(every, watched_since, midnight + timedelta(days=1))
    assert is_burst(rhythm, lately, now) == is_burst(rhythm, every, now)
    assert wait_until_next(rhythm, lately, now, QUARTER) == wait_until_next(rhythm, every, now, QUARTER)
    assert all(each.at >= midnight - timedelta(days=1) for each in lately)


def test_who_publishes_all_the_time_is_in_no_burst() -> None:
    steady = tuple(Publication(NOON - timedelta(minutes=20 * number)) for number in reversed(range(4_000)))
    rhythm = rhythm_of(steady, NOON - timedelta(weeks=9), NOON)
    assert not is_burst(rhythm, steady, NOON)
    assert QUARTER / 2 < wait_until_next(rhythm, steady, NOON, QUARTER) < QUARTER


def test_what_states_to_be_fresh_is_not_asked_sooner_but_in_a_burst_and_never_later_than_the_bound() -> None:
    alarm = (Publication(NOON, True),)
    assert asked_in((), NOON, fresh_for=timedelta(minutes=40)) == timedelta(minutes=40)
    assert asked_in((), NOON, fresh_for=timedelta(minutes=5)) == pytest.approx(QUARTER, abs=EXACT)
    assert asked_in((), NOON, fresh_for=timedelta(days=9)) == timedelta(hours=1)
    assert asked_in(alarm, NOON, fresh_for=timedelta(minutes=40)) < timedelta(minutes=5)


def test_the_hurried_time_of_the_replica_is_kept() -> None:
    every = QUARTER / 100
    for seen in ((), (Publication(NOON, True),)):
        assert every - EXACT <= asked_in(seen, NOON, every, watched_since=NOON) <= every + EXACT
