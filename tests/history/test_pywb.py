"""Backfilling from a real pywb that holds the replica's whole timeline equals having polled it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.archives import Asker
from ingest.cdx_server import CdxServer
from tests.corpus import corpus
from tests.history.pywb_server import ADDRESS, archive_fetcher, serving_pywb
from tests.history.recorded import said, timeline, walked, write_warc
from tests.lifecycle.dumps import differences, dump
from tests.lifecycle.world import opened

SLUGS = ("bsia-cssc", "met-police")


@pytest.fixture(scope="module")
def pywb_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("pywb")
    warcs = [write_warc(folder / f"{slug}.warc.gz", timeline(slug).exchanges) for slug in SLUGS]
    with serving_pywb(folder / "served", warcs) as port:
        yield port


@pytest.mark.parametrize("slug", SLUGS)
def test_backfilling_the_whole_timeline_equals_having_polled_it(
    slug: str, pywb_port: int, database_url: str, tmp_path: Path
) -> None:
    lived = timeline(slug)
    with archive_fetcher(pywb_port) as fetcher, opened(database_url, tmp_path) as archive:
        holding = CdxServer(Asker(fetcher, wait=lambda seconds: None), ADDRESS)
        report = walked(archive, lived.source, holding, lived.clock)
        assert differences(lived.said, said(archive)) == []
        assert {row["cause"] for row in dump(archive)["changes"]} == {"backfill"}
    assert (report.state, report.accounts.errors) == ("done", 0)


def test_what_pywb_lists_of_real_captures_is_what_it_gives(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from ingest.holdings import NotGiven, PassedOver, Row

    samples = corpus("warc/pywb/sample_archive/warcs")
    files = [samples / name for name in ("dupes.warc.gz", "iana.warc.gz")]
    given, passed = [], []
    with serving_pywb(tmp_path / "served", files) as port, archive_fetcher(port) as fetcher:
        holding = CdxServer(Asker(fetcher, wait=lambda seconds: None), ADDRESS)
        for url in ("http://example.com/", "http://www.iana.org/", "http://www.iana.org/domains/example"):
            for row in (row for page in holding.pages(url, None, datetime(2020, 1, 1, tzinfo=UTC)) for row in page):
                assert isinstance(row, Row)
                try:
                    given.append((row.url, row.status, holding.fetch(row)))
                except (NotGiven, PassedOver) as problem:
                    passed.append(f"{row.url} {problem}")
    assert len(given) >= 4 and all(status in (None, each.status) for _, status, each in given)
    assert all(each.body for _, _, each in given if each.status == 200)
    assert all("expected" in line or "leads on" in line for line in passed)
