"""How late publications are seen, against requests: our rule, a fixed interval, miniflux's entry frequency.

    python -m bench.polling [--observed GIT] [--every 15] [--seed 1]

Histories: the FCDO's change notes of our collection of samples (real days, times of day drawn from the hours below);
with `--observed`, the times at which an observer saw them to ten minutes (a clone of github.com/fcobackup/fco-backup,
Open Government Licence), as the one index and country by country; and simulated ones. Each rule polls a history on a
clock of its own and learns only what its polls have seen; nothing is fetched.
"""

from __future__ import annotations

import argparse
import math
import re
import subprocess
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from archive.publications import KEPT, Publication
from bench.servers import machine
from ingest.rhythm import LONDON, LONGEST, SHORTEST, SPREAD, rhythm_of, wait_until_next

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "govuk" / "fcdo-git-history" / "countries"
HOURS = (
    *(282, 127, 110, 85, 80, 100, 121, 103, 172, 689, 1602, 1858),
    *(1899, 1747, 1775, 2234, 2857, 2780, 1396, 785, 561, 352, 335, 274),
)
"""The London hours of 22,324 changes that the observer saw from 2018 to 2025."""
OBSERVED_TO = timedelta(minutes=10)
NOT_OBSERVED = ("No unannounced", "Changes discovered", "Missed some", "Initial import")
NOTE = re.compile(r"^\*\*([0-9]{1,2} \w+ [0-9]{4})\*\*\n(.*)$", re.MULTILINE)
COUNTRIES = 8
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
FIXED_PHASES = 10
MINIFLUX_SHORTEST, MINIFLUX_LONGEST = timedelta(minutes=5), timedelta(hours=24)
LARGEST_FACTOR = 1_000


@dataclass(frozen=True, slots=True)
class History:
    """Publications in order of time, between two moments."""

    name: str
    since: datetime
    until: datetime
    times: Sequence[datetime]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--observed", type=Path)
    arguments.add_argument("--every", type=float, default=15, help="minutes that the source states")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    every = timedelta(minutes=options.every)
    print(machine())
    print("history | publications | rule | requests | mean | median | p95 (minutes)")
    for history in _histories(options.observed, options.seed):
        compare(history, every)


def _histories(observed: Path | None, seed: int) -> Iterator[History]:
    random = Random(seed)
    if CORPUS.exists():
        yield _between("FCDO notes, drawn hours", noted(CORPUS, random), 2025, 2026)
    if observed:
        seen = observed_in(observed, random)
        yield _between("FCDO index, observed", [at for at, _ in seen], 2023, 2025)
        year = [(at, where) for at, where in seen if at.year == 2023]
        for where, _ in Counter(where for _, where in year).most_common(COUNTRIES):
            yield _between(f"FCDO {where}", [at for at, each in year if each == where], 2023, 2024)
    since = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(3):
        yield History(f"simulated bursts {number + 1}", since, since + 52 * WEEK, bursts(random, since))
    yield History("simulated weekly letter", since, since + 52 * WEEK, letters(random, since))
    yield History("simulated even rate", since, since + 52 * WEEK, evenly(random, since))


def _between(name: str, times: Sequence[datetime], first: int, end: int) -> History:
    since, until = datetime(first, 1, 1, tzinfo=UTC), datetime(end, 1, 1, tzinfo=UTC)
    return History(name, since, until, sorted(at for at in times if since < at < until - SPREAD * HOUR))


def noted(folder: Path, random: Random) -> list[datetime]:
    """The change notes of all countries; the same words on the same day came at the same time."""
    at: dict[tuple[str, str], datetime] = {}
    for place in sorted(folder.glob("*.md")):
        for day, words in NOTE.findall(place.read_text("utf-8")):
            if (day, words) not in at:
                hour = random.choices(range(24), HOURS)[0]
                at[day, words] = _in_london(_date(day), hour) + random.random() * HOUR
    return list(at.values())


def _date(printed: str) -> date:
    return datetime.strptime(printed, "%d %B %Y").date()  # noqa: DTZ007 - a day without a time


def _in_london(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(UTC)


def observed_in(clone: Path, random: Random) -> list[tuple[datetime, str]]:
    """When which country's advice was seen to change, by the observer's commits."""
    log = subprocess.run(
        ["git", "-C", str(clone), "log", "--format=%ct%x09%s"],
        capture_output=True,
        check=True,
        text=True,
        errors="replace",
    )
    rows = (line.split("\t", 1) for line in log.stdout.splitlines())
    return [
        (datetime.fromtimestamp(int(at), UTC) - random.random() * OBSERVED_TO, said.split(": ")[0])
        for at, said in rows
        if ": " in said and not said.startswith(NOT_OBSERVED)
    ]


def bursts(random: Random, since: datetime) -> list[datetime]:
    """About one a week, mostly in office hours, and every other week at any hour 4 to 15 within a day."""
    times = []
    for hour in range(52 * 168):
        at = since + hour * HOUR
        local = at.astimezone(LONDON)
        busy = 2.5 if 9 <= local.hour < 18 and local.weekday() < 5 else 0.35
        if random.random() < 1.2 / 168 * busy:
            times.append(at + random.random() * HOUR)
        if random.random() < 0.5 / 168:
            next_at = at + random.random() * HOUR
            for _ in range(random.randint(4, 15)):
                times.append(next_at)
                next_at += random.expovariate(1 / 1.5) * HOUR
    return sorted(each for each in times if each < since + 52 * WEEK - SPREAD * HOUR)


def letters(random: Random, since: datetime) -> list[datetime]:
    """One each Thursday between ten and noon."""
    first = _in_london(since.date(), 10) + 3 * DAY
    return [first + number * WEEK + random.random() * 2 * HOUR for number in range(51)]


def evenly(random: Random, since: datetime) -> list[datetime]:
    """Half a publication a day at any time: nothing can be learnt."""
    return sorted(since + random.random() * (52 * WEEK - SPREAD * HOUR) for _ in range(180))


def compare(history: History, every: timedelta) -> None:
    """Print the delays of each rule; miniflux's also with at least as many requests as ours."""
    ours = by_rhythm(history, every)
    show(history, "ours", len(ours), delays(history, [ours]))
    show(history, "fixed", len(ours), delays(history, [fixed(history, len(ours), phase) for phase in _phases()]))
    plain = by_frequency(history, 1, MINIFLUX_SHORTEST, MINIFLUX_LONGEST)
    show(history, "miniflux", len(plain), delays(history, [plain]))
    factor, longest, raised = with_requests(history, every, len(ours))
    minutes = longest / timedelta(minutes=1)
    show(history, f"miniflux, factor {factor}, at most {minutes:g} minutes", len(raised), delays(history, [raised]))


def with_requests(history: History, every: timedelta, requests: int) -> tuple[int, timedelta, list[datetime]]:
    """Miniflux's rule within our bounds with the least factor that brings so many requests.

    Where quiet weeks leave too few of them whatever the factor, its longest interval is lowered too.
    """
    shortest = max(SHORTEST, every / SPREAD)
    for times in (SPREAD, 2, 1.5, 1.25, 1):
        longest = min(LONGEST, every * times)
        if len(by_frequency(history, LARGEST_FACTOR, shortest, longest)) >= requests:
            break
    least, enough = 0, LARGEST_FACTOR
    while enough - least > 1:
        middle = (least + enough) // 2
        if len(by_frequency(history, middle, shortest, longest)) >= requests:
            enough = middle
        else:
            least = middle
    return enough, longest, by_frequency(history, enough, shortest, longest)


def _phases() -> Iterator[float]:
    return (number / FIXED_PHASES for number in range(FIXED_PHASES))


def by_rhythm(history: History, every: timedelta) -> list[datetime]:
    """When our rule polls; it knows a publication by the minute of the poll that saw it."""
    now, polls, seen, looked = history.since, list[datetime](), list[Publication](), 0
    rhythm, day = rhythm_of((), history.since, now), now.date()
    while now < history.until:
        polls.append(now)
        found = bisect_right(history.times, now)
        if found > looked:
            seen = [*seen[-KEPT + 1 :], Publication(now.replace(second=0, microsecond=0))]
        if found > looked or now.date() != day:
            rhythm, day, looked = rhythm_of(seen, history.since, now), now.date(), found
        now += wait_until_next(rhythm, seen, now, every)
    return polls


def fixed(history: History, requests: int, phase: float) -> list[datetime]:
    every = (history.until - history.since) / requests
    return [history.since + (number + phase) * every for number in range(requests)]


def by_frequency(history: History, factor: int, shortest: timedelta, longest: timedelta) -> list[datetime]:
    """When miniflux polls (2.2, scheduler `entry_frequency`): a week by the count that the mean gap of a week gives."""
    now, polls = history.since, []
    while now < history.until:
        polls.append(now)
        lately = history.times[bisect_left(history.times, now - WEEK) : bisect_right(history.times, now)]
        gap = (lately[-1] - lately[0]) / (len(lately) - 1) if len(lately) > 1 else timedelta(0)
        count = math.ceil(WEEK / gap) if gap else 0
        now += min(max(WEEK / (count * factor), shortest), longest) if count else longest
    return polls


def delays(history: History, polled: Sequence[Sequence[datetime]]) -> list[float]:
    """Minutes from each publication to the poll that saw it, in order, over all runs."""
    found = []
    for polls in polled:
        for at in history.times:
            place = bisect_left(polls, at)
            if place < len(polls):
                found.append((polls[place] - at) / timedelta(minutes=1))
    return sorted(found)


def show(history: History, rule: str, requests: int, found: Sequence[float]) -> None:
    mean, middle, late = sum(found) / len(found), found[len(found) // 2], found[int(len(found) * 0.95)]
    row = (history.name, len(history.times), rule, requests, f"{mean:.2f}", f"{middle:.2f}", f"{late:.2f}")
    print("| " + " | ".join(str(each) for each in row) + " |", flush=True)


if __name__ == "__main__":
    main()
