"""Walking what a crawler kept of the replica's whole timeline equals having polled it, from files and from a real pywb.

Both stand here because polling it takes long, and is done once in a test process.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.derived import Gap
from ingest.archives import Asker
from ingest.cdx_server import CdxServer
from tests.history.pywb_server import ADDRESS, archive_fetcher, serving_pywb
from tests.history.recorded import LIVES, imported, said, timeline, walked, write_warc
from tests.lifecycle.dumps import counts, differences, dump
from tests.lifecycle.world import opened


@pytest.fixture(scope="module")
def pywb_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("pywb")
    warcs = [write_warc(folder / f"{slug}.warc.gz", timeline(slug).exchanges) for slug in LIVES]
    with serving_pywb(folder / "served", warcs) as port:
        yield port


@pytest.mark.parametrize("slug", LIVES)
def test_backfilling_the_whole_timeline_equals_having_polled_it(
    slug: str, pywb_port: int, database_url: str, tmp_path: Path
) -> None:
    lived = timeline(slug)
    with archive_fetcher(pywb_port) as fetcher, opened(database_url, tmp_path) as archive:
        holding = CdxServer(Asker(fetcher, wait=lambda seconds: None), ADDRESS)
        report = walked(archive, lived.source, holding, lived.clock)
        assert differences(lived.said, said(archive)) == []
        assert dump(archive, [Gap])["gaps"] == []
        assert {row["cause"] for row in dump(archive)["changes"]} == {"backfill"}
    assert (report.state, report.accounts.errors) == ("done", 0)


@pytest.mark.parametrize("slug", LIVES)
def test_importing_the_whole_timeline_equals_having_polled_it(slug: str, database_url: str, tmp_path: Path) -> None:
    lived = timeline(slug)
    assert lived.kinds == LIVES[slug]
    file = write_warc(tmp_path / "timeline.warc.gz", lived.exchanges)
    with opened(database_url, tmp_path) as archive:
        report = imported(archive, lived.source, lived.clock, file)
        assert differences(lived.said, said(archive)) == []
        assert dump(archive, [Gap])["gaps"] == []
        assert {row["cause"] for row in dump(archive)["changes"]} == {"import"}
    assert (report.state, report.accounts.errors) == ("done", 0)


def test_files_are_walked_together_in_order_of_time_whatever_their_order_is(tmp_path: Path) -> None:
    lived = timeline("met-police")
    shuffled = list(lived.exchanges)
    random.Random(3).shuffle(shuffled)
    folder = tmp_path / "warcs" / "deep"
    folder.mkdir(parents=True)
    write_warc(folder / "a.warc.gz", shuffled[::2], revisits=False)
    write_warc(folder.parent / "b.warc.gz", shuffled[1::2], revisits=False)
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as archive:
        imported(archive, lived.source, lived.clock, *folder.parent.rglob("*.warc.gz"))
        assert differences(lived.said, said(archive)) == []


def test_imported_twice_it_is_the_same_archive(database_url: str, tmp_path: Path) -> None:
    lived = timeline("met-police")
    one = write_warc(tmp_path / "one.warc.gz", lived.exchanges)
    with opened(database_url, tmp_path) as archive:
        imported(archive, lived.source, lived.clock, one)
        before, rows = dump(archive), counts(archive)
        imported(archive, lived.source, lived.clock, one)
        assert differences(before, dump(archive)) == [] and counts(archive) == {**rows, "runs": 2}
        imported(archive, lived.source, lived.clock, write_warc(tmp_path / "two.warc.gz", lived.exchanges))
        assert differences(before, dump(archive)) == []
