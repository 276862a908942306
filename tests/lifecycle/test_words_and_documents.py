"""A bulletin whose document was replaced: its words are still those of the page, whoever reads them anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.export import exported
from archive.finding import Asked, search
from archive.provenance import Retrieval, retrieval
from archive.reading import history, number_of
from archive.spreadsheet import csv_lines
from ingest.replay import replay
from tests.archive.test_replay_with_another_parser import Shouting
from tests.lifecycle.test_documents_cited import FIRST, ONE, SECOND, Setting
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, shown, with_document

SIX = shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
PAGE = [with_document(SIX[0], ONE), *SIX[1:]]


@pytest.fixture
def setting(database_url: str, tmp_path: Path) -> Iterator[Setting]:
    with opened(database_url, tmp_path) as archive:
        site = SmallSite([PAGE] * 4, {(ONE, 0): FIRST, (ONE, 2): SECOND})
        yield Setting(archive, Upstream(site), Clock())


def test_after_it_the_words_are_still_those_of_the_page(setting: Setting) -> None:
    setting.run()
    setting.upstream.step = 2
    setting.run(minutes=70)
    with setting.archive.reading() as session:
        (row,) = (row for row in search(session, Asked(limit=50)) if row["revision"] == 2)
        first, second = history(session, number_of(session, row["id"]))
        found = retrieval({**row, "revisions": [first, second]})
        (line,) = exported(session, [number_of(session, row["id"])], lambda slug: "")
    assert found == Retrieval(first["at"], first["url"], first["sha256"])
    assert second["url"].endswith(ONE)
    assert f",{first['sha256']},{second['content_hash']}" in b"".join(csv_lines([line])).decode()


def test_what_another_parser_reads_then_comes_after_it(setting: Setting) -> None:
    setting.run()
    setting.upstream.step = 2
    setting.run(minutes=70)
    assert replay(setting.archive, Shouting()).counts["revised", "title"] == 6
    with setting.archive.reading() as session:
        (row,) = (row for row in search(session, Asked(limit=50)) if row["revision"] == 3)
        revisions = history(session, number_of(session, row["id"]))
    assert [each["revision"] for each in revisions] == [1, 2, 3]
    assert revisions[0]["documents"] != revisions[1]["documents"] == revisions[2]["documents"]
    titles = [each["record"]["title"] for each in revisions]
    assert titles == [titles[0], titles[0], titles[0].upper()]
    found = retrieval({**row, "revisions": revisions})
    assert found == Retrieval(revisions[0]["at"], revisions[0]["url"], revisions[0]["sha256"])
