"""The table of behaviours, played on a real archive: no bulletin is lost, altered or invented by any of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.derived import Gap, NotificationRow, Quarantined, Revision, Target
from archive.store import Archive
from archive.tables import Capture, Check
from ingest.report import Report
from replica.page import page_of
from tests.databases import fresh_postgres_database
from tests.fetching import NOW
from tests.lifecycle.dumps import feed
from tests.lifecycle.world import SmallSite, opened
from tests.upstreams.behaviours import Behaviour, Given
from tests.upstreams.broken_behaviours import BROKEN, ENDLESS, LED_ASTRAY, NOWHERE
from tests.upstreams.linked_behaviours import DETAILS, DOCUMENTS
from tests.upstreams.listing_behaviours import READ, REDIRECTS, REFUSING, STAND_INS, UNCHANGED
from tests.upstreams.stage import NEW, Scene, Stage, news_with_details, page_of_messages, staged

SCENES = {"listing": page_of_messages, "document": page_of_messages, "detail": news_with_details}
LISTINGS = [*READ, *REDIRECTS, *UNCHANGED, *REFUSING, *STAND_INS, *BROKEN, *ENDLESS, *LED_ASTRAY, *NOWHERE]
BEHAVIOURS = [*LISTINGS, *DETAILS, *DOCUMENTS]
MINUTES = {"listing": 20.0, "document": 70.0, "detail": 70.0}


@dataclass(frozen=True)
class Kept:
    """What an archive says was published, by words that mean the same in every archive."""

    bulletins: list[tuple[Any, ...]]
    changes: list[tuple[str, str, str]]
    documents: list[tuple[str, str | None]]

    def without(self, document: str) -> Kept:
        """The same as far as nothing has come of one document."""
        bulletins = [
            (state, said, [each for each in documents if not each[0].endswith(document)])
            for state, said, documents in self.bulletins
        ]
        return Kept(bulletins, self.changes, [each for each in self.documents if not each[0].endswith(document)])


def kept(archive: Archive) -> Kept:
    with archive.reading() as session:
        rows = session.execute(
            select(Revision.notification_id, NotificationRow.state, Revision.content_hash, Revision.documents)
            .join(NotificationRow, NotificationRow.id == Revision.notification_id)
            .order_by(Revision.notification_id, Revision.number)
        )
        bulletins = sorted((state, said, sorted(documents.items())) for _, state, said, documents in rows)
        held = session.execute(select(Target.url, Target.sha256).where(Target.role == "attachment"))
        documents = sorted((url, sha256) for url, sha256 in held)
    return Kept(bulletins, feed(archive), documents)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Archives whose source was read once, by scene; each test has a copy."""
    folders: dict[str, Path] = {}
    for make in dict.fromkeys(SCENES.values()):
        folder = folders[make.__name__] = tmp_path_factory.mktemp(make.__name__)
        with opened(f"sqlite:///{folder / 'archive.sqlite'}", folder) as archive, staged(make(), archive) as stage:
            assert stage.run().state == "done"
    return folders


@contextmanager
def played(role: str, begun: dict[str, Path], folder: Path) -> Iterator[Stage]:
    """A scene of which the first reading is done; its next one is due."""
    make = SCENES[role]
    shutil.copytree(begun[make.__name__], folder, dirs_exist_ok=True)
    with opened(f"sqlite:///{folder / 'archive.sqlite'}", folder) as archive, staged(make(), archive) as stage:
        stage.forward(MINUTES[role])
        yield stage


@pytest.fixture(scope="session")
def undisturbed(begun: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    """What there is to read in the end, by role."""
    found = {}
    for role in SCENES:
        with played(role, begun, tmp_path_factory.mktemp("undisturbed")) as stage:
            stage.step = stage.scene.steps[1]
            assert stage.run().told == []
            found[role] = kept(stage.archive)
    return found


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: f"{each.role}: {each.name}")
def test_nothing_is_lost_altered_or_invented(
    behaviour: Behaviour, begun: dict[str, Path], undisturbed: dict[str, Kept], tmp_path: Path
) -> None:
    with played(behaviour.role, begun, tmp_path) as stage:
        Play(stage, behaviour, undisturbed[behaviour.role]).perform()


ON_BOTH = ("200", "304", "403 Forbidden", "every other message", "Cloudflare's challenge", "led to the front page")


@pytest.mark.parametrize(
    "behaviour", [each for each in BEHAVIOURS if each.name in ON_BOTH], ids=lambda each: f"{each.role}: {each.name}"
)
def test_nor_is_it_on_postgresql(
    behaviour: Behaviour, postgres_port: int, undisturbed: dict[str, Kept], tmp_path: Path
) -> None:
    scene = SCENES[behaviour.role]()
    with (
        fresh_postgres_database(postgres_port) as url,
        opened(url, tmp_path) as archive,
        staged(scene, archive) as stage,
    ):
        stage.run()
        stage.asked()
        stage.forward(MINUTES[behaviour.role])
        Play(stage, behaviour, undisturbed[behaviour.role]).perform()


class Play:
    """One behaviour on one stage, and what must be found during and after it."""

    def __init__(self, stage: Stage, behaviour: Behaviour, whole: Kept) -> None:
        self.stage, self.behaviour, self.whole = stage, behaviour, whole
        self.paths = stage.scene.paths(behaviour.role)
        self.before = kept(stage.archive)

    def perform(self) -> None:
        report = self._misbehave()
        self._expect_requests()
        self._expect_kept(report)
        self._expect_rows()
        self._expect_next_poll()
        self._expect_whole_when_healthy()

    def _misbehave(self) -> Report:
        """One run while the server behaves so."""
        stage, behaviour = self.stage, self.behaviour
        stage.step = stage.scene.steps[1]
        for path in self.paths:
            given = _given(stage.scene, path)
            stage.server.script[path] = _in_turn(behaviour.sends(given))
            for other, makes in behaviour.elsewhere.items():
                stage.server.script[other] = _in_turn(makes(given))
        behaviour.network(stage)
        stage.watch.tick_seconds = behaviour.tick_seconds
        report = stage.run()
        for _ in range(1, behaviour.polls):
            stage.watch.seconds = max(self._due_in_seconds())
            report = stage.run(only_due=True)
        stage.watch.tick_seconds = 0.0
        return report

    @property
    def _fails(self) -> bool:
        return self.behaviour.outcome in ("failed", "refused")

    def _expect_requests(self) -> None:
        of_this = {*self.paths, *self.behaviour.elsewhere}
        assert len([path for path in self.stage.asked() if path in of_this]) == self.behaviour.asked

    def _expect_kept(self, report: Report) -> None:
        """Nothing that was there is another, and what is there now is the publisher's."""
        now, outcome = kept(self.stage.archive), self.behaviour.outcome
        if outcome == "read":
            assert now == self.whole
        elif outcome == "held":
            assert now.bulletins == self.whole.bulletins
        elif self.behaviour.role == "document":
            assert now.without(NEW) == self.whole.without(NEW)
            assert [sha256 for url, sha256 in now.documents if url.endswith(NEW)] == [None]
        else:
            assert now == self.before
        assert report.lossy == (outcome == "held" or (self._fails and self.behaviour.tells)), report.told
        assert bool(report.held) == (outcome == "held")
        assert any(self.behaviour.says in each for each in [*report.told, ""]), report.told

    def _expect_rows(self) -> None:
        stage, behaviour = self.stage, self.behaviour
        with stage.archive.reading() as session:
            since = Capture.fetched_at > NOW
            query = select(Capture.status, Capture.state).where(since, Capture.target_url.in_(self._urls()))
            captures = [f"{status} {state}" for status, state in session.execute(query.order_by(Capture.id))]
            checks = session.scalars(select(Check.id).join(Capture).where(Capture.target_url.in_(self._urls()))).all()
            held = session.scalars(select(Quarantined.id)).all()
            assert session.scalars(select(Gap.reason)).all() == []
        assert captures == list(behaviour.captures)
        assert len(checks) == behaviour.checks
        assert len(held) == behaviour.quarantined

    def _urls(self) -> list[str]:
        return [self.stage.server.url(path, "www.site.test") for path in self.paths]

    def _targets(self) -> Sequence[Target]:
        with self.stage.archive.reading() as session:
            return session.scalars(select(Target).where(Target.url.in_(self._urls()))).all()

    def _expect_next_poll(self) -> None:
        soonest, latest = self.behaviour.again
        for target in self._targets():
            assert target.next_check_at is not None
            minutes = (target.next_check_at - self.stage.now()).total_seconds() / 60
            assert soonest - 0.1 <= minutes <= latest + 0.1
        expected = self.behaviour.polls if self._fails else 0
        not_asked = {0} if self.behaviour.asked < len(self._targets()) else set()
        failures = {target.failures for target in self._targets()}
        assert {expected} <= failures <= {expected} | not_asked

    def _expect_whole_when_healthy(self) -> None:
        """At that next poll, by a server that is well, all is read that there is to read."""
        stage = self.stage
        for path in self.paths:
            del stage.server.script[path]
        stage.network.instead.clear()
        stage.watch.seconds = max(self._due_in_seconds())
        report = stage.run(only_due=True)
        assert report.told == []
        assert kept(stage.archive) == self.whole
        assert all(target.failures == 0 for target in self._targets())

    def _due_in_seconds(self) -> list[float]:
        due = [target.next_check_at for target in self._targets() if target.next_check_at]
        return [self.stage.watch.seconds + (each - self.stage.now()).total_seconds() for each in due]


def _given(scene: Scene, path: str) -> Given:
    half = page_of(scene.site.pages[-1][::2]) if isinstance(scene.site, SmallSite) else b""
    return Given(path, scene.shown(path).body, scene.shown(path, scene.steps[0]).body, half)


def _in_turn(answers: Any) -> list[Any]:
    return list(answers) if isinstance(answers, list | tuple) else [answers]
