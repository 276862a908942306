"""A run that is repeated adds checks and runs, nothing else."""

from __future__ import annotations

from pathlib import Path

from replica.sites import BsiaSite
from tests.lifecycle.dumps import counts
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, run, shown

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")


def grown(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in after if after[name] != before[name]}


def test_a_whole_run_repeated_adds_checks_and_runs_alone(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        upstream, clock = Upstream(BsiaSite(), step=11), Clock()
        first = run(archive, upstream, clock)
        before = counts(archive)
        clock.forward(20)
        again = run(archive, upstream, clock)
        assert (first.accounts.new, again.accounts.new, again.accounts.unchanged) == (21, 0, 21)
        assert grown(before, counts(archive)) == {"checks", "runs"}


def test_the_same_body_without_validators_is_a_check_too(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        upstream, clock = Upstream(SmallSite([SIX]), validators=False), Clock()
        run(archive, upstream, clock)
        before = counts(archive)
        clock.forward(20)
        run(archive, upstream, clock)
        assert upstream.pages_asked == [200, 200]
        assert grown(before, counts(archive)) == {"checks", "runs"}


def test_another_view_state_around_the_same_words_is_kept_and_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with opened(database_url, tmp_path) as archive:
        upstream, clock = Upstream(SmallSite([SIX]), validators=False), Clock()
        run(archive, upstream, clock)
        before = counts(archive)
        clock.forward(20)
        upstream.step = 1
        run(archive, upstream, clock)
        assert grown(before, counts(archive)) <= {"captures", "accounts", "runs", "deltas"}
