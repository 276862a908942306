"""The documents that bulletins cite: kept once, linked to all who cite them, replaced, missing, hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.changes import list_changes
from archive.derived import Document, Target
from archive.finding import Asked, search
from archive.overview import source_state
from archive.reading import documents, history, number_of
from archive.store import Archive
from archive.tables import Capture, Check
from archive.targets import want_passed_over
from ingest.documents import DocumentReader
from ingest.report import Report
from ingest.run import run_source
from ingest.tools import Tools
from replica.faults import html_as_pdf, status
from tests.lifecycle.world import (
    PAGE,
    Clock,
    SmallSite,
    Upstream,
    bsia,
    fetcher,
    opened,
    run,
    shown,
    tools,
    with_document,
)
from tests.pdfs import table_document, text_document, zip_bomb

ONE, OTHER = "/Portals/4/one.pdf", "/Portals/4/other.pdf"
FIRST = text_document(["Meet at the north gate at noon"])
SECOND = text_document(["Meet at the south gate at noon"])


@dataclass
class Setting:
    """An archive, a site with two bulletins that cite documents, and a clock."""

    archive: Archive
    upstream: Upstream
    clock: Clock

    def run(self, minutes: float = 20) -> Report:
        self.clock.forward(minutes)
        return run(self.archive, self.upstream, self.clock)

    def changes(self) -> list[tuple[str, int]]:
        with self.archive.reading() as session:
            return [(row["kind"], row["revision"]) for row in list_changes(session)]

    def target(self, path: str) -> Target:
        with self.archive.reading() as session:
            return session.scalars(select(Target).where(Target.url.endswith(path))).one()


@pytest.fixture
def site() -> SmallSite:
    from replica.messages import messages

    plain = [key for key, message in messages().items() if "](" not in "".join(message.paragraphs)]
    first, second, *rest = shown(*plain[:6])
    page = [with_document(first, ONE), with_document(second, OTHER), *rest]
    return SmallSite([page] * 4, {(ONE, 0): FIRST, (OTHER, 0): FIRST, (ONE, 2): SECOND})


@pytest.fixture
def setting(database_url: str, tmp_path: Path, site: SmallSite) -> Iterator[Setting]:
    with opened(database_url, tmp_path) as archive:
        yield Setting(archive, Upstream(site), Clock())


def test_one_document_under_two_addresses_is_one_blob(setting: Setting) -> None:
    report = setting.run()
    assert (report.accounts.attachments, report.lossy) == (2, False)
    assert report.links == {"links": 2, "known": 0, "read": 2, "waiting": 0, "failed": 0}
    assert setting.target(ONE).sha256 == setting.target(OTHER).sha256
    with setting.archive.reading() as session:
        assert len(session.scalars(select(Document)).all()) == 1
        assert {kind for kind, _ in setting.changes()} == {"created"}


def test_its_text_is_found_with_every_bulletin_that_cites_it(setting: Setting) -> None:
    setting.clock.forward(1)
    with DocumentReader() as reader:
        run_source(setting.archive, bsia(), Tools(fetcher(setting.upstream, setting.clock), reader, setting.clock))
    with setting.archive.reading() as session:
        rows = list(search(session, Asked('"north gate"')))
    assert len(rows) == 2
    assert rows[0]["snippet"].startswith("[p. 1 of ")


def test_replaced_bytes_are_a_revision_of_each_that_cites_it(setting: Setting) -> None:
    setting.run()
    before = len(setting.changes())
    setting.upstream.step = 2
    setting.run(minutes=70)
    assert setting.changes()[before:] == [("revised", 2)]
    with setting.archive.reading() as session:
        changed = [row for row in search(session, Asked(limit=50)) if row["revision"] == 2]
        first, second = history(session, number_of(session, changed[0]["id"]))
    (old,), (new,) = first["documents"].values(), second["documents"].values()
    assert old != new == setting.target(ONE).sha256
    assert first["content_hash"] == second["content_hash"]


def test_it_is_asked_again_by_its_age_and_conditionally(setting: Setting) -> None:
    setting.run()
    setting.run(minutes=30)
    setting.run(minutes=35)
    asked = [answer for path, answer in setting.upstream.asked if path == ONE]
    assert asked == [200, 304]
    with setting.archive.reading() as session:
        kinds = session.execute(select(Check.kind).join(Capture).where(Capture.role == "attachment")).scalars().all()
    assert kinds == ["304", "304"]


def test_a_server_without_validators_costs_a_check_and_no_capture(setting: Setting) -> None:
    setting.upstream.validators = False
    setting.run()
    setting.run(minutes=70)
    with setting.archive.reading() as session:
        captures = session.scalars(select(Capture).where(Capture.role == "attachment")).all()
    assert len(captures) == 2


def test_a_dead_link_is_recorded_and_asked_again_without_failing_the_run(setting: Setting) -> None:
    setting.upstream.faults[ONE] = status(404)
    report = setting.run()
    assert (report.lossy, report.accounts.errors) == (False, 0)
    assert report.links["failed"] == 1
    target = setting.target(ONE)
    assert (target.state, target.failures, target.last_status) == ("missing", 1, 404)
    assert "404" in str(target.last_error)
    assert target.next_check_at is not None and target.next_check_at > setting.clock()
    del setting.upstream.faults[ONE]
    setting.run(minutes=70)
    assert setting.target(ONE).state == "held"
    assert {kind for kind, _ in setting.changes()} == {"created"}


def test_what_was_held_stays_when_its_link_dies(setting: Setting) -> None:
    setting.run()
    held = setting.target(ONE).sha256
    setting.upstream.faults[ONE] = status(410)
    setting.run(minutes=70)
    target = setting.target(ONE)
    assert (target.state, target.sha256) == ("held", held)
    with setting.archive.reading() as session:
        row = next(row for row in search(session, Asked(limit=50)) if row["attachments"])
        (document,) = documents(session, number_of(session, row["id"]))
    assert document["sha256"] == held and "410" in document["problem"]


@pytest.mark.parametrize("body", [zip_bomb(64), b"%PDF-1.7 nothing more", b""], ids=["bomb", "stump", "empty"])
def test_a_hostile_document_costs_itself_and_not_the_run(
    database_url: str, tmp_path: Path, site: SmallSite, body: bytes
) -> None:
    hostile = SmallSite(site.pages, {(ONE, 0): body, (OTHER, 0): table_document()})
    clock = Clock()
    with opened(database_url, tmp_path) as archive, DocumentReader(max_seconds=20) as reader:
        report = run_source(archive, bsia(), Tools(fetcher(Upstream(hostile), clock), reader, clock))
        with archive.reading() as session:
            states = session.scalars(select(Document.state)).all()
    assert report.accounts.new == 6
    assert "done" in states


def test_a_page_that_is_called_a_document_is_kept_and_said(database_url: str, tmp_path: Path, site: SmallSite) -> None:
    upstream, clock = Upstream(site), Clock()
    upstream.faults[ONE] = html_as_pdf()
    with opened(database_url, tmp_path) as archive, DocumentReader() as reader:
        report = run_source(archive, bsia(), Tools(fetcher(upstream, clock), reader, clock))
        assert report.lossy
        assert [f"https://www.bsia.co.uk{ONE}: a page of HTML, expected a document"] == report.notices
        with archive.reading() as session:
            assert session.scalars(select(Document.state)).all() == ["done"]
            (kept,) = session.scalars(select(Capture).where(Capture.url.endswith(ONE)))
            assert (kept.state, kept.reason) == ("failed", report.notices[0])
        setting = Setting(archive, upstream, clock)
        assert setting.target(ONE).state == "missing"
        upstream.faults.clear()
        setting.run(minutes=70)
        assert (setting.target(ONE).state, {kind for kind, _ in setting.changes()}) == ("held", {"created"})


def test_what_is_gone_for_good_is_not_asked_for_ever(setting: Setting) -> None:
    setting.upstream.faults |= {ONE: status(410), OTHER: status(404)}
    for _ in range(12):
        setting.run(minutes=31 * 24 * 60)
    asked = [path for path, _ in setting.upstream.asked]
    assert (asked.count(ONE), asked.count(OTHER)) == (2, 6)
    assert (setting.target(ONE).state, setting.target(OTHER).state) == ("gone", "gone")
    with setting.archive.reading() as session:
        assert source_state(session, "bsia-cssc")["missing"] == 2


def test_so_many_documents_of_a_bulletin_are_fetched_and_the_rest_is_said(setting: Setting, site: SmallSite) -> None:
    first, *others = site.pages[0]
    paths = [f"/Portals/4/{number}.pdf" for number in range(5)]
    for path in paths:
        first = with_document(first, path)
    setting.upstream.site = SmallSite([[first, *others]], {(path, 0): FIRST for path in (*paths, ONE, OTHER)})

    def run_with(most: int) -> Report:
        equipment = replace(tools(setting.upstream, setting.clock), max_documents=most)
        setting.clock.forward(20)
        return run_source(setting.archive, bsia(), equipment)

    report = run_with(4)
    assert report.lossy
    assert [notice.split(",")[0] for notice in report.notices] == ["2 documents are not fetched"]
    asked = [path for path, _ in setting.upstream.asked if path.endswith(".pdf")]
    assert sorted(asked) == sorted([ONE, OTHER, *paths[:3]])
    assert {setting.target(path).state for path in paths[3:]} == {"passed-over"}
    assert not run_with(4).notices
    with setting.archive.writing() as session:
        want_passed_over(session)
    assert not run_with(6).notices
    assert {setting.target(path).state for path in paths} == {"held"}


def test_one_that_we_hold_stays_when_its_address_is_gone_for_good(setting: Setting) -> None:
    setting.run()
    setting.upstream.faults[ONE] = status(410)
    for _ in range(4):
        setting.run(minutes=31 * 24 * 60)
    assert (setting.target(ONE).state, setting.target(ONE).next_check_at) == ("held", None)
    assert {kind for kind, _ in setting.changes()} == {"created"}


def test_an_unchanged_page_costs_one_conditional_request_and_one_row(setting: Setting) -> None:
    setting.run()
    setting.upstream.asked.clear()
    with setting.archive.reading() as session:
        before = len(session.scalars(select(Capture)).all())
    report = setting.run()
    assert setting.upstream.asked == [(PAGE, 304)]
    assert (report.accounts.seen, report.accounts.unchanged) == (6, 6)
    with setting.archive.reading() as session:
        assert len(session.scalars(select(Capture)).all()) == before
        assert session.scalars(select(Check.kind)).all() == ["304"]


def test_an_import_leaves_documents_wanted_for_the_next_run(setting: Setting, site: SmallSite) -> None:
    from ingest.settling import arrive
    from replica.page import page_of
    from tests.lifecycle.world import arrival

    arrive(setting.archive, bsia(), [arrival(page_of(site.pages[0]), setting.clock())], setting.clock())
    assert setting.target(ONE).state == "wanted"
    setting.run()
    assert setting.target(ONE).state == "held"
